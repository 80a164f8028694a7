//! `#[derive(kit::ServiceError)]`.

mod expand;
mod model;
mod parse;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diagnostic::Errors;

/// Parses, checks and expands an error type.
pub(crate) fn derive(item: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let model = parse::read(item, errors);
    match (&model.carrier, errors.is_empty()) {
        (Some(carrier), true) => expand::service_error(&model, carrier),
        // A union can't be an `Error`, so an implementation would cause another error.
        _ if matches!(item.data, syn::Data::Union(_)) => TokenStream::new(),
        _ => expand::fallback(&model),
    }
}
