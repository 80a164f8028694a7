//! Our attributes where no `#[kit::service]` reads them.
//!
//! A policy guards a plain `async fn`; all else says where it belongs, so that
//! none is ignored in silence, and leaves the item as it is.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Token, Visibility};

use crate::diagnostic::Errors;
use crate::function::function;

/// Where an attribute belongs.
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
    /// Nowhere in this version.
    Unavailable,
}

/// What the attribute does where no `#[kit::service]` reads it.
pub(crate) fn alone(
    name: &str,
    home: Placement,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let known = kit_grammar::Policy::named(name).filter(|_| home == Placement::Policy);
    let expanded = known.and_then(|known| function(known, arguments, &item));
    expanded.unwrap_or_else(|| refuse(name, home, item))
}

/// Says where the attribute belongs.
fn refuse(name: &str, home: Placement, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let found = Found::of(&item);
    let span = Span::call_site();
    let (rule, help) = match (home, found) {
        (Placement::Unavailable, _) => (
            format!("`#[{name}]` is not available in this version"),
            "remove it; `#[middleware]` takes what you write yourself".to_owned(),
        ),
        (_, Found::Service) => (
            format!("`#[{name}]` stands before `#[kit::service]`, which therefore can't see it"),
            format!("move `#[{name}]` below `#[kit::service]`"),
        ),
        (Placement::Policy, Found::Function) if name == "middleware" => (
            "a plain function has no request that a `#[middleware]` could be given".to_owned(),
            "write what it does in the function, or make the function a method of a `#[kit::service]`"
                .to_owned(),
        ),
        (Placement::Policy, Found::Function) => (
            format!("`#[{name}]` guards the body of a function, and this one has none"),
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

/// What the attribute stands on.
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
