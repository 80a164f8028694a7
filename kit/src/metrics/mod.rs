//! Calls, errors, durations and calls in flight, per method and side.
//!
//! Handles are bound when a server or client is built: a call looks nothing
//! up and allocates nothing.

use tokio::time::Instant;

use crate::code::Code;
use crate::descriptor::MethodMeta;
use crate::service_error::ServiceError;

/// Which end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The end that calls.
    Client,
    /// The end that answers.
    Server,
}

/// The metrics of one method on one side.
#[derive(Clone, Debug)]
pub(crate) struct MethodMetrics;

impl MethodMetrics {
    pub(crate) fn bind(_side: Side, _meta: &'static MethodMeta) -> Self {
        Self
    }

    /// Counts a call as begun.
    pub(crate) fn start(&self, _now: Instant) -> CallTimer<'_> {
        CallTimer { _metrics: self }
    }
}

/// A call under way. Dropped without an end, it counts as cancelled.
pub(crate) struct CallTimer<'a> {
    _metrics: &'a MethodMetrics,
}

impl CallTimer<'_> {
    /// Counts the call as ended with an outcome.
    pub(crate) fn finish_with<T, E: ServiceError>(self, outcome: &Result<T, E>) {
        let code = match outcome {
            Ok(_) => Code::Ok,
            Err(error) => error.code(),
        };
        self.finish(code);
    }

    fn finish(self, _code: Code) {}
}
