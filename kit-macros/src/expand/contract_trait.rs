//! The trait itself, with `async fn` desugared, and three hidden functions.
//!
//! An impl has no path to the generated module, so a server gets the policies and
//! middleware of its impl through provided functions of the trait: a plain impl
//! inherits them, `#[kit::service]` on an impl overrides them.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::middleware;
use super::scope::Scope;
use super::stub;
use crate::model::Method;

/// The trait.
pub(crate) fn contract_trait(scope: &Scope<'_>) -> TokenStream {
    let methods = scope
        .service
        .methods
        .iter()
        .map(|method| match method.broken {
            true => stub::declaration(method, &scope.private),
            false => declaration(method, &scope.private),
        });
    let others = scope.service.others.iter().cloned();
    let hidden = [overrides(scope), middleware::provided(scope), mount(scope)];
    wrapped(scope, methods.chain(others).chain(hidden).collect())
}

/// The trait with the given items.
pub(crate) fn wrapped(scope: &Scope<'_>, items: TokenStream) -> TokenStream {
    let service = scope.service;
    // `check` has reported `auto`; with it, rustc would report more errors.
    let (attributes, vis, unsafety) = (&service.attributes, &service.vis, &service.unsafety);
    let (trait_token, ident, generics) = (
        &service.trait_token,
        &service.names.contract,
        &service.generics,
    );
    let supertraits = stub::supertraits(scope);
    let where_clause = &generics.where_clause;
    quote! {
        #(#attributes)*
        #vis #unsafety #trait_token #ident #generics #supertraits #where_clause {
            #items
        }
    }
}

/// A method as the trait declares it.
fn declaration(method: &Method, private: &TokenStream) -> TokenStream {
    let (attributes, output) = (&method.attributes, method.returns.whole());
    let span = method.returns_span();
    let future = quote_spanned!(span=> impl #private::Future<Output = #output> + #private::Send);
    let head = head(method, &future);
    quote!(#(#attributes)* #head;)
}

/// A method's signature with another return type.
pub(crate) fn head(method: &Method, output: &TokenStream) -> TokenStream {
    let inputs = inputs(method);
    let ident = &method.ident;
    let generics = &method.signature.generics;
    let where_clause = &generics.where_clause;
    quote!(fn #ident #generics (#(#inputs),*) -> #output #where_clause)
}

/// The receiver, the context and the arguments.
fn inputs(method: &Method) -> Vec<TokenStream> {
    let receiver = method.receiver.iter().map(ToTokens::to_token_stream);
    let cx = method.cx.iter().map(|cx| bare(&cx.typed));
    let arguments = method
        .arguments
        .iter()
        .map(|argument| bare(&argument.typed));
    receiver.chain(cx).chain(arguments).collect()
}

/// A parameter without doc comments, which rustc does not allow there.
fn bare(typed: &syn::PatType) -> TokenStream {
    let mut typed = typed.clone();
    typed
        .attrs
        .retain(|attribute| !attribute.path().is_ident("doc"));
    typed.into_token_stream()
}

impl Method {
    /// The span of errors about the future: that of the user's return type, with
    /// the hygiene of generated code.
    pub(crate) fn returns_span(&self) -> Span {
        Span::call_site().located_at(self.signature.output.span())
    }
}

fn overrides(scope: &Scope<'_>) -> TokenStream {
    let private = &scope.private;
    quote! {
        #[doc(hidden)]
        fn __kit_overrides(_: &'static #private::str) -> #private::Overrides
        where
            Self: #private::Sized,
        {
            #private::Overrides::NONE
        }
    }
}

/// `__kit_mount`. A trait with lifetimes has none: inside it, `Self` implements the
/// trait for one lifetime, but a server needs `'static`.
fn mount(scope: &Scope<'_>) -> TokenStream {
    if scope.service.generics.lifetimes().next().is_some() {
        return TokenStream::new();
    }
    let private = &scope.private;
    let marker = scope.contract_marker();
    let bounds = scope.args_bounds();
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, deprecated)]
        fn __kit_mount(self, routes: &mut #private::Routes)
        where
            Self: #private::Sized + #private::Send + #private::Sync + 'static,
            #(#bounds,)*
        {
            #private::mount::<#marker, Self>(self, routes);
        }
    }
}
