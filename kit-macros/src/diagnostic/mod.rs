//! Diagnostics: the errors that the macros report, and the spans that make rustc report
//! its own at the user's tokens.

mod diagnostic_spans;
mod errors;

pub(crate) use self::{
    diagnostic_spans::{codec_call, respanned, span_of},
    errors::Errors,
};
