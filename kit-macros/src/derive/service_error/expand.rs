//! The expansion: model → implementation.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, parse_quote};

use super::model::{Carrier, Case, Model};

/// The implementation for a valid type.
pub(super) fn service_error(model: &Model<'_>, carrier: &Carrier<'_>) -> TokenStream {
    let private = model.container.private();
    let Carrier { ident, member } = carrier;
    let cases = cases(model);
    let codes = model.cases.iter().map(|case| {
        let (variant, code) = (case.ident, &case.code);
        quote!(Self::#variant { .. } => #private::Code::#code)
    });
    let into = into_status(model);
    let from = from_status(model);
    let body = quote! {
        const CASES: &'static [#private::ErrorCase] = &[#(#cases),*];

        fn code(&self) -> #private::Code {
            match self {
                #(#codes,)*
                Self::#ident { #member: status } => #private::Status::code(status),
            }
        }

        fn status(&self) -> #private::core::option::Option<&#private::Status> {
            match self {
                Self::#ident { #member: status } => #private::core::option::Option::Some(status),
                // An enum of one variant has no other.
                #[allow(unreachable_patterns)]
                _ => #private::core::option::Option::None,
            }
        }

        fn into_status(self) -> #private::Status {
            // Format the message first: the match moves the fields.
            let message = #private::std::string::ToString::to_string(&self);
            match self {
                #(#into)*
                Self::#ident { #member: status } => status,
            }
        }

        fn from_status(status: #private::Status) -> Self {
            #(#from)*
            Self::#ident { #member: status }
        }
    };
    implementation(model, &body)
}

/// The implementation for an invalid type; none of it runs.
pub(super) fn fallback(model: &Model<'_>) -> TokenStream {
    let private = model.container.private();
    let body = quote! {
        const CASES: &'static [#private::ErrorCase] = &[];

        fn code(&self) -> #private::Code {
            #private::Code::Unknown
        }

        fn into_status(self) -> #private::Status {
            #private::std::process::abort()
        }

        fn from_status(_: #private::Status) -> Self {
            #private::std::process::abort()
        }
    };
    implementation(model, &body)
}

fn implementation(model: &Model<'_>, body: &TokenStream) -> TokenStream {
    let private = model.container.private();
    let ident = model.ident;
    let mut generics = model.generics.clone();
    let types: Vec<Ident> = generics.type_params().map(|ty| ty.ident.clone()).collect();
    if !types.is_empty() {
        let clause = generics.make_where_clause();
        for ty in types {
            clause.predicates.push(parse_quote! {
                #ty: #private::serde::Serialize + #private::serde::de::DeserializeOwned
                    + #private::core::marker::Send + #private::core::marker::Sync + 'static
            });
        }
        clause
            .predicates
            .push(parse_quote!(Self: #private::std::error::Error));
    }
    generics.params = generics
        .params
        .into_iter()
        .filter(|parameter| !matches!(parameter, GenericParam::Lifetime(_)))
        .collect();
    let (parameters, _, clause) = generics.split_for_impl();
    let arguments = model
        .generics
        .params
        .iter()
        .map(|parameter| match parameter {
            GenericParam::Lifetime(_) => quote!('static),
            GenericParam::Type(ty) => ty.ident.to_token_stream(),
            GenericParam::Const(value) => value.ident.to_token_stream(),
        });
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
        impl #parameters #private::ServiceError for #ident <#(#arguments),*> #clause {
            #body
        }
    }
}

fn cases<'a>(model: &'a Model<'_>) -> impl Iterator<Item = TokenStream> + 'a {
    let private = model.container.private();
    model.cases.iter().map(move |case| {
        let (reason, code, docs) = (reason(case), &case.code, &case.docs);
        let http = match case.http {
            Some(status) => quote!(#private::core::option::Option::Some(#status)),
            None => quote!(#private::core::option::Option::None),
        };
        quote!(#private::ErrorCase::new(#reason, #private::Code::#code, #http, #docs))
    })
}

/// The variant's name.
fn reason(case: &Case<'_>) -> String {
    let name = case.ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

fn into_status<'a>(model: &'a Model<'_>) -> impl Iterator<Item = TokenStream> + 'a {
    let private = model.container.private();
    model.cases.iter().enumerate().map(move |(index, case)| {
        let ident = case.ident;
        let bindings = bindings(case);
        let fields = case.fields.iter().zip(values(case)).map(|(field, value)| {
            let (key, ty) = (&field.key, field.ty);
            quote_spanned! {at(ty)=>
                let status = #private::error_fields::write::<#ty>(status, #key, &#value);
            }
        });
        quote! {
            Self::#ident #bindings => {
                let status = Self::CASES[#index].status(message);
                #(#fields)*
                status
            }
        }
    })
}

/// Restores a variant if its reason, its code and all its fields are present;
/// otherwise the status is kept whole.
fn from_status<'a>(model: &'a Model<'_>) -> impl Iterator<Item = TokenStream> + 'a {
    let private = model.container.private();
    model.cases.iter().enumerate().map(move |(index, case)| {
        let ident = case.ident;
        let bindings = bindings(case);
        let values = values(case);
        let reads = case.fields.iter().map(|field| {
            let (key, ty) = (&field.key, field.ty);
            quote_spanned!(at(ty)=> #private::error_fields::read::<#ty>(&status, #key))
        });
        quote! {
            if Self::CASES[#index].is_case_of(&status) {
                if let (#(#private::core::option::Option::Some(#values),)*) = (#(#reads,)*) {
                    return Self::#ident #bindings;
                }
            }
        }
    })
}

fn values(case: &Case<'_>) -> Vec<Ident> {
    (0..case.fields.len())
        .map(|index| format_ident!("__{}", index, span = Span::mixed_site()))
        .collect()
}

/// `{ limit: __0 }`, which is a pattern and a constructor.
fn bindings(case: &Case<'_>) -> TokenStream {
    let members = case.fields.iter().map(|field| &field.member);
    let values = values(case);
    quote!({ #(#members: #values),* })
}

/// The span of the user's type, with the hygiene of the expansion.
fn at(tokens: &dyn ToTokens) -> Span {
    Span::call_site().located_at(tokens.to_token_stream().span())
}
