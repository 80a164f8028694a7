//! The client's side: the trait itself, implemented by calls.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::contract_trait::head;
use super::scope::Scope;
use super::stub;
use crate::model::Method;

/// The impl of the trait for every client of its contract.
pub(crate) fn client(scope: &Scope<'_>) -> Option<TokenStream> {
    let c = scope.fresh("C");
    let generics = scope.declared(&[quote!(#c)]);
    let (marker, contract) = (scope.contract_marker(), scope.contract());
    let endpoints = scope.endpoint_bounds(&quote!(__kit::Endpoint), "Endpoint");
    let bounds = scope.bounded(&[quote!(#c: #(#endpoints +)* __kit::Send + __kit::Sync)]);
    let index = Index::new(scope);
    let declaration = index.declaration();
    let stubs = stub::of_client(scope)?;
    let calls = scope
        .service
        .endpoints()
        .enumerate()
        .map(|(position, method)| call(scope, method, &index.of(position, method)));
    Some(quote! {
        #declaration
        impl #generics #contract for __kit::Client<#marker, #c> #bounds {
            #(#calls)*
            #stubs
        }
    })
}

fn call(scope: &Scope<'_>, method: &Method, index: &TokenStream) -> TokenStream {
    let output = scope.ty(&method.returns.whole()).to_token_stream();
    let lived = method.lived(scope);
    let head = head(&lived, &output, &quote!(__kit));
    let cfgs = method.cfgs();
    let (marker, request) = (scope.item(&method.marker), scope.request(method));
    let arguments = method.arguments.iter().map(|argument| &argument.ident);
    let cx = match &method.cx {
        Some(cx) => {
            let pat = &cx.typed.pat;
            quote!(__kit::Some(#pat))
        }
        None => quote!(__kit::None),
    };
    quote! {
        #(#cfgs)*
        #head {
            self.call::<#marker>(#index, #cx, #request { #(#arguments),* })
        }
    }
}

impl Method {
    /// The method with the trait's lifetimes `'static`.
    pub(crate) fn lived(&self, scope: &Scope<'_>) -> Self {
        let mut method = self.clone();
        // `self` must have the hygiene of the body that names it.
        if let Some(receiver) = &mut method.receiver {
            receiver.self_token = syn::Token![self](proc_macro2::Span::call_site());
        }
        for argument in &mut method.arguments {
            let ty = scope.ty(&argument.ty);
            *argument.typed.ty = ty;
        }
        if let Some(cx) = &mut method.cx {
            let name = Ident::new("cx", proc_macro2::Span::call_site());
            *cx.typed.pat = syn::parse_quote!(#name);
        }
        method
    }
}

/// A method's place among those that exist.
///
/// The compiler counts where a `#[cfg]` decides it.
enum Index<'a> {
    Literal,
    Counted(Vec<&'a Method>),
}

impl<'a> Index<'a> {
    fn new(scope: &Scope<'a>) -> Self {
        let methods: Vec<_> = scope.service.endpoints().collect();
        if methods.iter().any(|method| method.cfgs().next().is_some()) {
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
        quote!(enum __Index { #(#variants),* })
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
