//! The impl of `Message`, from the functions of each form of type.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Type, TypeParamBound, parse_quote};

use crate::derive::message::model::{Body, Model};

/// The functions of `Message` for one form of type.
pub(super) trait Functions {
    fn encoded_len(&self) -> TokenStream;
    fn encode(&self) -> TokenStream;
    fn merge(&self) -> TokenStream;
    fn schema(&self) -> TokenStream;
}

/// The impl of `Message`.
pub(super) fn message_impl(model: &Model<'_>, functions: &dyn Functions) -> TokenStream {
    let private = model.container.private();
    let ident = model.ident;
    let name = model.name();
    let generics = bounded(model);
    let (parameters, _, clause) = generics.split_for_impl();
    let arguments = arguments(model.generics);
    let encoded_len = functions.encoded_len();
    let encode = functions.encode();
    let merge = functions.merge();
    let schema = functions.schema();
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
        impl #parameters #private::proto::Message for #ident #arguments #clause {
            const NAME: &'static #private::core::primitive::str = #name;

            fn encoded_len(&self) -> #private::core::primitive::usize {
                #encoded_len
            }

            fn encode(&self, out: &mut #private::BytesMut) {
                #encode
            }

            fn merge(
                current: #private::core::option::Option<Self>,
                input: &mut #private::proto::Reader<'_>,
            ) -> #private::core::result::Result<Self, #private::proto::DecodeError> {
                #merge
            }

            fn schema() -> #private::proto::MessageSchema {
                #schema
            }
        }
    }
}

/// The type's generics with the bounds that their use in fields needs: a parameter
/// that is the type of a field must be a `Field`; one within a list, an option or a
/// map must be `Repeatable`.
fn bounded(model: &Model<'_>) -> Generics {
    let mut generics = model.generics.clone();
    // `check` has reported a type that borrows; an implementation for `'static`
    // prevents a second error by the compiler.
    generics.params = generics
        .params
        .into_iter()
        .filter(|parameter| !matches!(parameter, GenericParam::Lifetime(_)))
        .collect();
    let private = model.container.private();
    let types: Vec<&Type> = match &model.body {
        Body::Message(fields) => fields.iter().map(|field| field.ty).collect(),
        Body::OneOf(variants) => variants.iter().filter_map(|variant| variant.ty).collect(),
        Body::Enumeration(_) | Body::Unsupported => Vec::new(),
    };
    let in_one_of = matches!(model.body, Body::OneOf(_));
    let parameters: Vec<Ident> = generics.type_params().map(|p| p.ident.clone()).collect();
    for parameter in parameters {
        let is_field = |ty: &Type| parameter == ty.to_token_stream().to_string();
        let only_fields = types
            .iter()
            .filter(|ty| mentions(ty.to_token_stream(), &parameter))
            .all(|ty| is_field(ty));
        let bound: TypeParamBound = if only_fields && !in_one_of {
            parse_quote!(#private::proto::Field)
        } else {
            parse_quote!(#private::proto::Repeatable)
        };
        let clause = generics.make_where_clause();
        clause.predicates.push(parse_quote!(#parameter: #bound));
    }
    generics
}

fn mentions(tokens: TokenStream, ident: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == *ident,
        TokenTree::Group(group) => mentions(group.stream(), ident),
        _ => false,
    })
}

/// `<'static, T, N>` of a type.
fn arguments(generics: &Generics) -> TokenStream {
    let arguments = generics.params.iter().map(|parameter| match parameter {
        GenericParam::Lifetime(_) => quote!('static),
        GenericParam::Type(ty) => ty.ident.to_token_stream(),
        GenericParam::Const(value) => value.ident.to_token_stream(),
    });
    quote!(<#(#arguments),*>)
}
