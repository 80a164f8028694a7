//! Kit's attributes outside of a `#[kit::service]`.
//!
//! A policy wraps a plain `async fn`. Any other attribute is an error that names
//! its proper place, so that none is silently ignored; the item is left as it is.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Token, Visibility};

use crate::diagnostic::Errors;
use crate::function::function;

/// The items that an attribute belongs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// A method of a service's trait.
    Method,
    /// A service's trait or its methods.
    Contract,
    /// A parameter.
    Parameter,
    /// A service's trait, impl or methods, or a plain `async fn`.
    Policy,
    /// None in this version.
    Unavailable,
}

/// Expands an attribute that no `#[kit::service]` reads.
pub(crate) fn expand_outside_service(
    name: &str,
    placement: Placement,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let known = kit_grammar::Policy::named(name).filter(|_| placement == Placement::Policy);
    let expanded = known.and_then(|known| function(known, arguments, &item));
    expanded.unwrap_or_else(|| report_misplaced(name, placement, item))
}

/// Reports where the attribute belongs.
fn report_misplaced(name: &str, placement: Placement, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let found = Found::of(&item);
    let span = Span::call_site();
    let (rule, help) = match (placement, found) {
        (Placement::Unavailable, _) => (
            format!("`#[{name}]` is not available in this version"),
            "remove it, or write a middleware of your own for `#[middleware]`".to_owned(),
        ),
        (_, Found::Service) => (
            format!("`#[{name}]` is above `#[kit::service]`, which therefore can't read it"),
            format!("move `#[{name}]` below `#[kit::service]`"),
        ),
        (Placement::Policy, Found::Function) if name == "middleware" => (
            "`#[middleware]` needs a request, which a plain function does not have".to_owned(),
            "move its code into the function, or make the function a method of a `#[kit::service]`"
                .to_owned(),
        ),
        (Placement::Policy, Found::Function) => (
            format!("`#[{name}]` wraps the body of a function, but this function has none"),
            "write it on the function of an impl, or `#[kit::service]` before the trait".to_owned(),
        ),
        (Placement::Method, _) => (
            format!("`#[{name}]` belongs on a method of a trait with `#[kit::service]`"),
            "write `#[kit::service]` before the trait".to_owned(),
        ),
        (Placement::Contract, _) => (
            format!("`#[{name}]` belongs on a trait with `#[kit::service]`, or on its methods"),
            "write `#[kit::service]` before the trait".to_owned(),
        ),
        (Placement::Policy, _) => (
            format!(
                "`#[{name}]` belongs on a trait or an impl with `#[kit::service]`, or on its methods"
            ),
            "write `#[kit::service]` before the trait or the impl".to_owned(),
        ),
        (Placement::Parameter, _) => (
            format!(
                "`#[{name}]` belongs on a parameter of a method of a trait with `#[kit::service]`"
            ),
            "write it before the parameter, and `#[kit::service]` before the trait".to_owned(),
        ),
    };
    errors.at(span, rule, help);
    let errors = errors.into_tokens();
    quote!(#errors #item)
}

/// The item that has the attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// An item with `#[kit::service]` after this attribute.
    Service,
    Function,
    Other,
}

impl Found {
    fn of(item: &TokenStream) -> Self {
        let parse = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            input.parse::<Visibility>()?;
            let is_service = attributes.iter().any(|attribute| {
                let last = attribute.path().segments.last();
                last.is_some_and(|last| last.ident == "service")
            });
            let is_function = input.peek(Token![fn]) || input.peek2(Token![fn]);
            input.parse::<TokenStream>()?;
            Ok(match (is_service, is_function) {
                (true, _) => Self::Service,
                (false, true) => Self::Function,
                (false, false) => Self::Other,
            })
        };
        parse.parse2(item.clone()).unwrap_or(Self::Other)
    }
}
