//! What a server holds of a method, and how a call is made under it.
//!
//! It knows nothing of the types of a method, so that what it does is compiled
//! once for each kind of call and not once for each method.

use std::pin::pin;
use std::sync::Arc;

use tokio::time::Instant;

use crate::config::binding::Configured;
use crate::model::context::Context;
use crate::model::descriptor::{MethodMeta, Shape};
use crate::model::policies::Overrides;
use crate::model::service_error::ServiceError;
use crate::model::side::Side;
use crate::model::status::Status;
use crate::pipeline::admission::{Entered, Gate, Stage};
use crate::pipeline::attempt::{Attempt, Timer};
use crate::pipeline::catch_panic::{CatchPanic, panicked};
use crate::pipeline::streaming_call::StreamingCall;
use crate::policy::timeout::within;
use crate::telemetry::metrics::MethodMetrics;

/// What a server holds per method.
pub(crate) struct ServerState {
    pub(crate) meta: &'static MethodMeta,
    pub(crate) gate: Arc<Gate>,
    metrics: MethodMetrics,
    /// Kept for as long as the method is served.
    _configured: Configured,
}

impl ServerState {
    pub(crate) fn new(
        meta: &'static MethodMeta,
        overrides: Overrides,
        configured: Configured,
    ) -> Self {
        let declared = || {
            let policies = overrides.apply(meta.policies.server);
            Gate::of(Side::Server, meta, &policies)
        };
        Self {
            meta,
            gate: configured.gate(meta).unwrap_or_else(declared),
            _configured: configured,
            metrics: MethodMetrics::bind(Side::Server, meta),
        }
    }

    /// Makes a call under the policies of the method.
    pub(crate) async fn drive<A: Attempt>(
        &self,
        caller: &Context,
        call: A,
    ) -> Result<A::Value, A::Error> {
        let now = Instant::now();
        let mut timer = Timer::new(Some(&self.metrics), now);
        let mut ended = None;
        let mut entered = Entered::not_yet();
        let admitted = match self.gate.enter(Stage::Call, caller, now, &mut entered) {
            Ok(None) => Ok(()),
            Ok(Some(waiting)) => self.gate.enter_after(waiting, caller, &mut entered).await,
            Err(refusal) => Err(refusal),
        };
        let outcome = match admitted {
            Ok(()) => {
                let cx = entered.cx.as_ref().unwrap_or(caller);
                let made = {
                    // Pinned where it is made: to move a future is to copy it.
                    let future = pin!(call.attempt(cx, &mut timer));
                    within(cx.deadline(), CatchPanic { future }).await
                };
                let outcome = match made {
                    Ok(Ok(outcome)) => outcome,
                    Ok(Err(panic)) => Err(A::Error::from_status(panicked(self.meta, &*panic))),
                    Err(_) => Err(A::Error::from_status(self.elapsed())),
                };
                if outcome.is_ok() && self.streams() {
                    let pass = entered.stay_open(&self.gate, caller.deadline());
                    caller.hold_open(StreamingCall::new(timer.stay_open(), pass));
                    return outcome;
                }
                ended = entered.record(&outcome);
                outcome
            }
            Err(refusal) => {
                timer.begin();
                Err(A::Error::from_status(refusal))
            }
        };
        timer.finish_with(&outcome, ended);
        outcome
    }

    /// Whether a reply goes on once the handler has returned.
    fn streams(&self) -> bool {
        matches!(
            self.meta.shape,
            Shape::ServerStreaming | Shape::Bidirectional
        )
    }

    #[cold]
    fn elapsed(&self) -> Status {
        Status::deadline_exceeded(format!(
            "method `{}` did not end before its deadline",
            self.meta.name
        ))
    }
}
