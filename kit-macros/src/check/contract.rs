//! Rules about the trait as a whole.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::TraitItem;

use crate::diagnostic::Errors;
use crate::features::implemented_transports;
use crate::model::{Method, Service, client_has};
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
    let selected = service.transports.selected();
    for (transport, key) in selected.filter(|(transport, _)| transport.is_off()) {
        let word = transport.word;
        let mut others = implemented_transports().filter(|other| *other != transport);
        let other = others.next().map_or(word, |other| other.word);
        let rule = format!("transport `{word}` needs kit's cargo feature `{word}`, which is off");
        let help = format!(
            "write `features = [\"{word}\"]` for kit in Cargo.toml, or `#[transport({other})]` here"
        );
        match key {
            Some(key) => errors.on(key, rule, help),
            None => errors.at(Span::call_site(), rule, help),
        }
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
    for (transport, key) in own.selected() {
        if service.transports.has(transport) {
            continue;
        }
        let word = transport.word;
        errors.on(
            key,
            format_args!(
                "method `{}` selects transport `{word}`, which its trait does not have",
                method.name
            ),
            format_args!("add `{word}` to the trait's `#[transport(..)]`, or remove it here"),
        );
    }
    let prefix = own.http.as_ref().and_then(|http| http.prefix.as_ref());
    if let Some(prefix) = prefix {
        errors.on(
            prefix,
            "a prefix is the same for all methods of a service",
            "move it to the trait's `#[transport(http(prefix = ..))]`, or write it in the path",
        );
    }
}
