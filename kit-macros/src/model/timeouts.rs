//! The timeouts of a method, by side.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::parse::{Timeout, TimeoutValue};

/// The maximum duration of a call, by side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeouts {
    pub(crate) client: Option<TimeoutValue>,
    pub(crate) server: Option<TimeoutValue>,
}

impl Timeouts {
    pub(super) fn new(contract: Option<&Timeout>, own: Option<&Timeout>) -> Self {
        let mut timeouts = Self::default();
        // By side: a client timeout of the method does not replace a server
        // timeout of the trait.
        for timeout in [contract, own].into_iter().flatten() {
            if timeout.sides.client() {
                timeouts.client = Some(timeout.value.clone());
            }
            if timeout.sides.server() {
                timeouts.server = Some(timeout.value.clone());
            }
        }
        timeouts
    }
}

impl TimeoutValue {
    /// The expression of the duration.
    pub(crate) fn expression(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Constant(expr) => expr.to_token_stream(),
            Self::Literal(duration) => duration_expression(*duration, private),
        }
    }
}

/// The expression of a duration.
pub(crate) fn duration_expression(duration: Duration, private: &TokenStream) -> TokenStream {
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    if nanoseconds.is_multiple_of(1_000_000) {
        let milliseconds = Literal::u64_unsuffixed(nanoseconds / 1_000_000);
        quote!(#private::millis(#milliseconds))
    } else {
        let nanoseconds = Literal::u64_unsuffixed(nanoseconds);
        quote!(#private::Duration::from_nanos(#nanoseconds))
    }
}
