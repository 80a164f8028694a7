//! Rules about the trait as a whole.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{TraitItem, TypeParamBound};

use crate::diagnostic::Errors;
use crate::features;
use crate::model::{Method, Service};
use crate::parse::route::Route;

/// The client implements the trait, so it can be neither unsafe nor auto.
pub(crate) fn check_kind(service: &Service, errors: &mut Errors) {
    let name = &service.names.contract;
    if let Some(token) = service.unsafety {
        errors.on(
            token,
            format_args!("service `{name}` is an unsafe trait, which its client can't implement"),
            "remove `unsafe`",
        );
    }
    if let Some(token) = service.auto {
        errors.on(
            token,
            format_args!("service `{name}` is an auto trait, which has no methods"),
            "remove `auto`",
        );
    }
}

/// The client implements the trait, so it must implement the supertraits.
pub(crate) fn check_supertraits(service: &Service, errors: &mut Errors) {
    for bound in service
        .supertraits
        .iter()
        .filter(|bound| !client_has(bound))
    {
        let text = bound.to_token_stream().to_string().replace(' ', "");
        errors.on(
            bound,
            format_args!(
                "service `{}` extends `{text}`, which `{}` can't implement",
                service.names.contract, service.names.client,
            ),
            "a service may extend `Send`, `Sync`, `Sized` and `'static`; write other bounds where the service is used",
        );
    }
}

/// Whether every client implements a supertrait.
pub(crate) fn client_has(bound: &TypeParamBound) -> bool {
    match bound {
        TypeParamBound::Lifetime(_) => true,
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            let name = last
                .map(|segment| segment.ident.to_string())
                .unwrap_or_default();
            matches!(name.as_str(), "Send" | "Sync" | "Sized") && bound.lifetimes.is_none()
        }
        _ => false,
    }
}

/// The client has no values for constants and types of the trait.
pub(crate) fn check_items(service: &Service, errors: &mut Errors) {
    for item in &service.others {
        if is_broken_method(item) {
            continue;
        }
        errors.on(
            without_attributes(item),
            format_args!(
                "every item of service `{}` must be an endpoint, which is an `async fn`",
                service.names.contract
            ),
            "move it out of the trait, or into a second trait",
        );
    }
}

/// Whether it is a method with a syntax error, which rustc reports.
fn is_broken_method(item: &TokenStream) -> bool {
    let mut trees = item.clone().into_iter();
    trees.any(|tree| matches!(tree, proc_macro2::TokenTree::Ident(ident) if ident == "fn"))
        && syn::parse2::<TraitItem>(item.clone()).is_err()
}

/// The keyword and the name of an item, to point at.
fn without_attributes(item: &TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(TraitItem::Const(item)) => {
            let (token, ident) = (item.const_token, item.ident);
            quote!(#token #ident)
        }
        Ok(TraitItem::Type(item)) => {
            let (token, ident) = (item.type_token, item.ident);
            quote!(#token #ident)
        }
        _ => item.clone(),
    }
}

/// A transport needs its feature, which has the codecs.
pub(crate) fn check_features(service: &Service, errors: &mut Errors) {
    let mut check = |name: &str, built: bool, key: Option<&proc_macro2::Ident>, other: &str| {
        if built {
            return;
        }
        let rule = format!("transport `{name}` needs kit's cargo feature `{name}`, which is off");
        let help = format!(
            "write `features = [\"{name}\"]` for kit in Cargo.toml, or `#[transport({other})]` here"
        );
        match key {
            Some(key) => errors.on(key, rule, help),
            None => errors.at(Span::call_site(), rule, help),
        }
    };
    if let Some(http) = &service.transports.http {
        check("http", features::HTTP, http.key.as_ref(), "grpc");
    }
    if let Some(grpc) = &service.transports.grpc {
        check("grpc", features::GRPC, Some(grpc), "http");
    }
}

/// The prefix is part of every path, so it is reported once.
pub(crate) fn check_prefix(service: &Service, errors: &mut Errors) {
    let http = service.transports.http.as_ref();
    let Some(prefix) = http.and_then(|http| http.prefix.as_ref()) else {
        return;
    };
    if let Err((rule, help)) = Route::parse(&prefix.value()) {
        errors.on(prefix, rule, help);
    }
}

/// A method uses all or some of the transports of its trait.
pub(crate) fn check_narrowing(service: &Service, method: &Method, errors: &mut Errors) {
    let Some(own) = &method.transports else {
        return;
    };
    let help =
        |name: &str| format!("add `{name}` to the trait's `#[transport(..)]`, or remove it here");
    if let Some(http) = &own.http {
        if service.transports.http.is_none() {
            errors.on(
                &http.key,
                format_args!(
                    "method `{}` selects transport `http`, which its trait does not have",
                    method.name
                ),
                help("http"),
            );
        }
        if let Some(prefix) = &http.prefix {
            errors.on(
                prefix,
                "a prefix is the same for all methods of a service",
                "move it to the trait's `#[transport(http(prefix = ..))]`, or write it in the path",
            );
        }
    }
    if let Some(grpc) = &own.grpc
        && service.transports.grpc.is_none()
    {
        errors.on(
            grpc,
            format_args!(
                "method `{}` selects transport `grpc`, which its trait does not have",
                method.name
            ),
            help("grpc"),
        );
    }
}
