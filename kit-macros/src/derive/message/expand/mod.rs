//! The expansion: model → implementations.
//!
//! Each field is one line per function, which calls a generic function of the
//! runtime. The line has the span of the field's type, so that rustc reports a type
//! without a protobuf form there.

mod broken;
mod enumeration;
mod functions;
mod one_of;
mod schema;
mod structs;

use proc_macro2::TokenStream;

use self::broken::Broken;
use self::enumeration::enumeration_impls;
use self::functions::message_impl;
use self::one_of::OneOf;
use self::structs::Struct;
use super::model::{Body, Enumeration, Model};

/// The implementations of a valid type.
pub(super) fn message(model: &Model<'_>) -> TokenStream {
    match &model.body {
        Body::Message(fields) => message_impl(model, &Struct { model, fields }),
        Body::OneOf(variants) => message_impl(model, &OneOf { model, variants }),
        Body::Enumeration(enumeration) => enumeration_impls(model, enumeration),
        Body::Unsupported => TokenStream::new(),
    }
}

/// The implementations of an invalid type, so that its uses are not reported as
/// errors.
pub(super) fn fallback(model: &Model<'_>) -> TokenStream {
    match &model.body {
        // Its parameter is unused, so rustc reports the type itself.
        Body::Enumeration(_) if model.generics.type_params().next().is_some() => TokenStream::new(),
        Body::Enumeration(_) => {
            let nothing = Enumeration {
                values: Vec::new(),
                other: None,
            };
            enumeration_impls(model, &nothing)
        }
        _ => message_impl(model, &Broken { model }),
    }
}
