//! The impls of the trait for clients, and the optional ones for `DynAdd` and
//! `MockAdd`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::VisitMut as _;
use syn::{Pat, TypeParamBound};

use super::contract_trait::head;
use super::policies;
use super::scope::{Scope, Statics};
use super::stub;
use crate::model::{Method, cfgs};

/// The impl of the trait for every client of its contract.
pub(crate) fn client(scope: &Scope<'_>) -> Option<TokenStream> {
    let c = scope.fresh("C");
    let generics = scope.declared(&[quote!(#c)]);
    let marker = scope.contract_marker();
    let endpoints = scope.endpoint_bounds(&quote!(__kit::Endpoint), "Endpoint");
    let supertraits = &scope.service.supertraits;
    let has_static = supertraits
        .iter()
        .find(|bound| matches!(bound, TypeParamBound::Lifetime(_)));
    let lifetime = has_static.map(|_| quote!(+ 'static));
    let bounds = scope.bounded(&[quote!(#c: #(#endpoints +)* __kit::Send + __kit::Sync #lifetime)]);
    let index = Index::new(scope);
    let declaration = index.declaration();
    let client = contract_impl(
        scope,
        &generics,
        &quote!(__kit::Client<#marker, #c>),
        &bounds,
        |position, method| {
            let call = policies::call(method, &scope.item(&method.marker));
            forward(scope, method, &index.of(position, method), &call)
        },
    )?;
    let dynamic = scope.service.dynamic.then(|| dynamic(scope, &index));
    let mock = scope.service.mock.then(|| mock(scope));
    Some(quote!(#declaration #client #dynamic #mock))
}

/// An impl of the trait for a type, with `body` of each method.
fn contract_impl(
    scope: &Scope<'_>,
    generics: &TokenStream,
    self_ty: &TokenStream,
    bounds: &TokenStream,
    body: impl Fn(usize, &Method) -> TokenStream,
) -> Option<TokenStream> {
    let contract = scope.contract();
    let unsafety = scope.service.unsafety;
    let stubs = stub::of_client(scope)?;
    let methods = scope
        .service
        .endpoints()
        .enumerate()
        .map(|(position, method)| {
            let marker = scope.item(&method.marker);
            let method = method.with_static_lifetimes(scope);
            let head = head(&method, &quote!(impl __kit::Call<#marker>));
            let (cfgs, body) = (method.cfgs(), body(position, &method));
            quote!(#(#cfgs)* #head { #body })
        });
    Some(quote! {
        // The impl returns a named future, which is more specific than the
        // trait's.
        #[allow(refining_impl_trait)]
        #unsafety impl #generics #contract for #self_ty #bounds {
            #(#methods)*
            #stubs
        }
    })
}

/// `self.__call::<add::Sum>(0, None, add::SumRequest { a, b })`
fn forward(
    scope: &Scope<'_>,
    method: &Method,
    index: &TokenStream,
    call: &TokenStream,
) -> TokenStream {
    let request = scope.request_name(method);
    let arguments = method.arguments.iter().map(|argument| &argument.ident);
    let cx = match &method.cx {
        Some(cx) => {
            let pat = &cx.typed.pat;
            quote!(__kit::Some(#pat))
        }
        None => quote!(__kit::None),
    };
    quote!(self.#call(#index, #cx, #request { #(#arguments),* }))
}

/// The impls behind `DynAdd`.
fn dynamic(scope: &Scope<'_>, index: &Index<'_>) -> TokenStream {
    let marker = scope.contract_marker();
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let dynamic = quote!(__kit::Dyn<#marker>);
    let implementation = contract_impl(scope, &generics, &dynamic, &bounds, |position, method| {
        let marker = scope.item(&method.marker);
        let call = quote!(__call::<#marker>);
        forward(scope, method, &index.of(position, method), &call)
    });
    let (s, contract) = (scope.fresh("S"), scope.contract());
    let with_service = scope.declared(&[quote!(#s)]);
    let bounds = scope.bounded(&[quote!(#s: #contract + __kit::Service)]);
    let methods = scope.service.endpoints().map(|method| {
        let (cfgs, marker) = (method.cfgs(), scope.item(&method.marker));
        quote!(#(#cfgs)* erasing.method::<#marker>();)
    });
    quote! {
        impl #with_service __kit::Erase<#s> for #marker #bounds {
            fn erase(erasing: &mut __kit::Erasing<#s>) {
                #(#methods)*
            }
        }
        #implementation
    }
}

/// The impls of `MockAdd`.
fn mock(scope: &Scope<'_>) -> TokenStream {
    let (generics, applied, bounds) = (scope.declared(&[]), scope.applied(&[]), scope.bounded(&[]));
    let name = &scope.service.names.mock;
    let mock = quote!(#name #applied);
    let implementation = contract_impl(scope, &generics, &mock, &bounds, |_, method| {
        let (field, idents) = (
            &method.ident,
            method.arguments.iter().map(|argument| &argument.ident),
        );
        let unused = method.cx.as_ref().map(|cx| {
            let pat = &cx.typed.pat;
            quote!(let _ = #pat;)
        });
        quote!(#unused self.#field.call((#(#idents,)*)))
    });
    let fields = scope.service.endpoints().map(|method| {
        let (cfgs, field) = (method.cfgs(), &method.ident);
        quote!(#(#cfgs)* #field: __kit::Default::default())
    });
    let clones = scope.service.endpoints().map(|method| {
        let (cfgs, field) = (method.cfgs(), &method.ident);
        quote!(#(#cfgs)* #field: __kit::Clone::clone(&self.#field))
    });
    let scripts = scope
        .service
        .endpoints()
        .map(|method| script(scope, method));
    let text = name.to_string();
    quote! {
        impl #generics #mock #bounds {
            /// Creates a mock without scripted responses.
            pub fn new() -> Self {
                Self { #(#fields),* }
            }
            #(#scripts)*
        }
        impl #generics __kit::Default for #mock #bounds {
            fn default() -> Self {
                Self::new()
            }
        }
        impl #generics __kit::Clone for #mock #bounds {
            fn clone(&self) -> Self {
                Self { #(#clones),* }
            }
        }
        impl #generics __kit::fmt::Debug for #mock #bounds {
            fn fmt(&self, f: &mut __kit::fmt::Formatter<'_>) -> __kit::fmt::Result {
                f.write_str(#text)
            }
        }
        #implementation
    }
}

/// `on_sum` and `sum_calls`.
fn script(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let (field, marker, name) = (&method.ident, scope.item(&method.marker), &method.name);
    let (on, calls) = (format_ident!("on_{name}"), format_ident!("{name}_calls"));
    let types = method
        .arguments
        .iter()
        .map(|argument| scope.ty(&argument.ty));
    let idents: Vec<_> = method
        .arguments
        .iter()
        .map(|argument| &argument.ident)
        .collect();
    let on_docs = format!(
        " Sets the response to calls of [`{}::{name}`].",
        scope.service.names.contract
    );
    let calls_docs = format!(
        " The number of calls of [`{}::{name}`].",
        scope.service.names.contract
    );
    let cfgs: Vec<_> = cfgs(&method.attributes).collect();
    quote! {
        #(#cfgs)*
        #[doc = #on_docs]
        pub fn #on(
            &self,
            __respond: impl __kit::Fn(#(#types),*) -> __kit::Outcome<#marker> + __kit::Send + __kit::Sync + 'static,
        ) -> &Self {
            self.#field.on(move |(#(#idents,)*)| __respond(#(#idents),*));
            self
        }
        #(#cfgs)*
        #[doc = #calls_docs]
        pub fn #calls(&self) -> __kit::usize {
            self.#field.calls()
        }
    }
}

impl Method {
    /// The method as generated code declares it: with the trait's lifetimes
    /// `'static`, and a name for each parameter.
    pub(crate) fn with_static_lifetimes(&self, scope: &Scope<'_>) -> Self {
        let mut method = self.clone();
        // `self` must have the hygiene of the generated body.
        if let Some(receiver) = &mut method.receiver {
            receiver.self_token = syn::Token![self](Span::call_site());
        }
        let where_clause = method.signature.generics.where_clause.take();
        method.signature.generics.where_clause = where_clause
            .map(|clause| scope.with_static_lifetimes(clause, Statics::visit_where_clause_mut));
        for argument in &mut method.arguments {
            let ty = scope.ty(&argument.ty);
            *argument.typed.ty = ty;
        }
        if let Some(cx) = &mut method.cx
            && !matches!(&*cx.typed.pat, Pat::Ident(_))
        {
            let name = Ident::new("__cx", Span::call_site());
            *cx.typed.pat = syn::parse_quote!(#name);
        }
        method
    }
}

/// The index of a method among those that exist.
///
/// Where a `#[cfg]` affects it, the compiler counts the variants of an enum.
enum Index<'a> {
    Literal,
    Counted(Vec<&'a Method>),
}

impl<'a> Index<'a> {
    fn new(scope: &Scope<'a>) -> Self {
        let methods: Vec<_> = scope.service.endpoints().collect();
        let conditional = |method: &&Method| method.cfgs().next().is_some();
        if methods.iter().any(conditional) {
            Self::Counted(methods)
        } else {
            Self::Literal
        }
    }

    fn declaration(&self) -> TokenStream {
        let Self::Counted(methods) = self else {
            return TokenStream::new();
        };
        let variants = methods.iter().map(|method| {
            let (cfgs, marker) = (method.cfgs(), &method.marker);
            quote!(#(#cfgs)* #marker)
        });
        quote! {
            #[allow(dead_code)]
            enum __Index { #(#variants),* }
        }
    }

    fn of(&self, position: usize, method: &Method) -> TokenStream {
        match self {
            Self::Literal => proc_macro2::Literal::usize_unsuffixed(position).into_token_stream(),
            Self::Counted(_) => {
                let marker = &method.marker;
                quote!(__Index::#marker as __kit::usize)
            }
        }
    }
}
