//! The derives: each parses, checks and expands its item.
//!
//! After an error they still emit an implementation, so that rustc checks the rest
//! of the crate as if the item were valid.

mod attributes;
mod message;
mod service_error;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diagnostic::Errors;

/// `#[derive(kit::Message)]`.
pub(crate) fn message(input: TokenStream) -> TokenStream {
    with_input(input, message::derive)
}

/// `#[derive(kit::ServiceError)]`.
pub(crate) fn service_error(input: TokenStream) -> TokenStream {
    with_input(input, service_error::derive)
}

fn with_input(
    input: TokenStream,
    derive: fn(&DeriveInput, &mut Errors) -> TokenStream,
) -> TokenStream {
    let item = match syn::parse2::<DeriveInput>(input) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let mut tokens = derive(&item, &mut errors);
    tokens.extend(errors.into_tokens());
    tokens
}

#[cfg(test)]
mod tests;
