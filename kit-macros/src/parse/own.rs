//! Recognizes kit's own attributes.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::{Attribute, Meta};

use super::unavailable;
use crate::diagnostic::Errors;

/// The attributes that a parameter may have.
pub(crate) const PARAMETER_ATTRIBUTES: &[&str] =
    &["path", "query", "header", "body", "tag", "sensitive"];

/// The name of an attribute of kit, written as `name` or `kit::name`.
pub(crate) fn own_name(attribute: &Attribute) -> Option<Ident> {
    let path = attribute.path();
    let last = path.segments.last()?;
    let name = last.ident.unraw();
    let text = name.to_string();
    let is_ours = matches!(
        text.as_str(),
        "endpoint" | "transport" | "middleware" | "service"
    ) || PARAMETER_ATTRIBUTES.contains(&text.as_str())
        || kit_grammar::Policy::named(&text).is_some()
        || unavailable::UNAVAILABLE.contains(&text.as_str());
    let is_unqualified = path.segments.len() == 1 && text != "service";
    let is_qualified = path.segments.len() == 2
        && matches!(
            path.segments[0].ident.to_string().as_str(),
            "kit" | "$crate"
        );
    (is_ours && (is_unqualified || is_qualified)).then_some(name)
}

/// The tokens in an attribute's parentheses; `None` for `#[name = ..]`.
pub(crate) fn arguments(attribute: &Attribute, errors: &mut Errors) -> Option<TokenStream> {
    match &attribute.meta {
        Meta::Path(_) => Some(TokenStream::new()),
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::NameValue(pair) => {
            errors.on(
                &pair.value,
                "the arguments of an attribute go in parentheses",
                format_args!("write `#[{}(..)]`", last_segment(attribute)),
            );
            None
        }
    }
}

fn last_segment(attribute: &Attribute) -> Ident {
    attribute.path().segments.last().map_or_else(
        || Ident::new("_", Span::call_site()),
        |last| last.ident.clone(),
    )
}
