//! Stubs for methods and items that can't be expanded.
//!
//! After an error, the trait is still declared as the user wrote it, its client
//! implements it, and its generated types exist, so that rustc reports no other
//! errors in the crate. A program with a stub is never built.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{FnArg, Pat, TraitItem};

use super::scope::{Scope, mentions};
use crate::model::{Method, client_has};

/// A method as the trait declares it.
pub(crate) fn declaration(method: &Method, private: &TokenStream) -> TokenStream {
    let attributes = &method.attributes;
    match &method.body {
        Some(body) => {
            let mut signature = method.signature.clone();
            signature.inputs = inputs(method, true).into_iter().collect();
            quote!(#(#attributes)* #[allow(async_fn_in_trait, unused)] #signature #body)
        }
        None => {
            let head = head(method, private);
            quote!(#(#attributes)* #head;)
        }
    }
}

/// The signature, with `async` desugared.
fn head(method: &Method, private: &TokenStream) -> TokenStream {
    let signature = &method.signature;
    let (safety, abi, ident) = (&signature.safety, &signature.abi, &signature.ident);
    let (generics, where_clause) = (&signature.generics, &signature.generics.where_clause);
    let inputs = inputs(method, false);
    let output = method.returns.whole();
    let output = match signature.asyncness {
        Some(_) => quote!(-> impl #private::Future<Output = #output>),
        None => signature.output.to_token_stream(),
    };
    quote!(#safety #abi fn #ident #generics (#(#inputs),*) #output #where_clause)
}

/// The parameters; without a body, a pattern that is not a name becomes `_`.
fn inputs(method: &Method, has_body: bool) -> Vec<FnArg> {
    let receiver = method.receiver.iter().cloned().map(FnArg::Receiver);
    let cx = method.cx.iter().map(|cx| cx.typed.clone());
    let arguments = method
        .arguments
        .iter()
        .map(|argument| argument.typed.clone());
    let mut seen: Vec<Ident> = Vec::new();
    let typed = cx.chain(arguments).map(|mut typed| {
        typed.attrs.clear();
        let is_name = match &*typed.pat {
            Pat::Ident(pat) if pat.mutability.is_none() && !seen.contains(&pat.ident) => {
                seen.push(pat.ident.clone());
                true
            }
            _ => false,
        };
        if !is_name && !has_body {
            *typed.pat = syn::parse_quote!(_);
        }
        FnArg::Typed(typed)
    });
    receiver.chain(typed).collect()
}

/// The impl of `Method` for the marker, without metadata.
pub(crate) fn method(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let (marker, request) = (scope.item(&method.marker), scope.item(&method.request));
    let cfgs = method.cfgs();
    quote! {
        #(#cfgs)*
        impl #generics __kit::Method for #marker #bounds {
            type Request = #request;
            type Response = ();
            type Error = __kit::Status;
            const META: &'static __kit::MethodMeta = &__kit::MethodMeta::new("", "", "");
        }
    }
}

/// The client's items for what can't be expanded; `None` if a client can't implement
/// the trait.
pub(crate) fn of_client(scope: &Scope<'_>) -> Option<TokenStream> {
    let service = scope.service;
    let mut stubs = TokenStream::new();
    for item in &service.others {
        stubs.extend(item_of_client(item.clone())?);
    }
    for method in service.methods.iter().filter(|method| method.broken) {
        if method.body.is_some() {
            continue;
        }
        let method = method.with_static_lifetimes(scope);
        let head = head(&method, &quote!(__kit));
        let cfgs = method.cfgs();
        // An opaque type needs a body that returns a value of it.
        if mentions(
            &method.signature.output,
            &Ident::new("impl", Span::call_site()),
        ) {
            return None;
        }
        let body = match method.signature.asyncness {
            Some(_) => quote!(__kit::core::future::pending()),
            None => quote!(loop {}),
        };
        stubs.extend(quote! {
            #(#cfgs)*
            #[allow(unused)]
            #head { #body }
        });
    }
    Some(stubs)
}

/// A constant or a type of the trait, with a dummy value.
fn item_of_client(item: TokenStream) -> Option<TokenStream> {
    match syn::parse2::<TraitItem>(item).ok()? {
        TraitItem::Const(item) => Some(if item.default.is_some() {
            TokenStream::new()
        } else {
            let (ident, ty) = (&item.ident, &item.ty);
            quote!(const #ident: #ty = __kit::core::panic!("no value");)
        }),
        TraitItem::Type(item) if item.bounds.is_empty() && item.generics.params.is_empty() => {
            let ident = &item.ident;
            Some(quote!(type #ident = ();))
        }
        _ => None,
    }
}

/// The supertraits, without those that `check` has reported.
pub(crate) fn supertraits(scope: &Scope<'_>) -> TokenStream {
    let kept = scope
        .service
        .supertraits
        .iter()
        .filter(|bound| client_has(bound));
    let kept: Vec<_> = kept.collect();
    let colon = (!kept.is_empty()).then(|| quote!(:));
    quote!(#colon #(#kept)+*)
}
