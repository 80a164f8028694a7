//! `#[derive(kit::Message)]`.

mod check;
mod expand;
mod model;
mod names;
mod parse;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diagnostic::Errors;

/// Parses, checks and expands a type.
pub(crate) fn derive(item: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let model = parse::read(item, errors);
    check::check(&model, errors);
    if errors.is_empty() {
        expand::message(&model)
    } else {
        expand::fallback(&model)
    }
}
