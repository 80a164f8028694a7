//! Runs a call under the policies of its method, on either side.
//!
//! Both sides take the same steps: admit or refuse the call, run it until its
//! deadline, record how it completed. A server also turns a panic of the
//! handler into a failed call, and keeps a call open while its response
//! streams. A client uses the ambient context if the call has none of its own,
//! and drives a whole call, a plan or a single attempt, depending on the
//! [`Stage`].

use std::fmt;
use std::future::Future;
use std::pin::pin;

use tokio::time::Instant;

use super::catch_panic::{CatchPanic, panicked};
use super::method_state::MethodState;
use super::streaming_call::StreamingCall;
use super::timer::Timer;
use crate::model::attempt::{Attempt, CallClock as _, Driver, ErasedDriver, Stage};
use crate::model::context::Context;
use crate::model::descriptor::Shape;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::pipeline::admission::AdmittedCall;
use crate::policy::timeout::{late, within};

impl MethodState {
    /// Serves a call under the policies of a server's method.
    pub(crate) async fn serve<A: Attempt>(
        &self,
        caller: &Context,
        call: A,
    ) -> Result<A::Value, A::Error> {
        let now = Instant::now();
        let mut timer = Timer::new(Some(&self.metrics), now);
        let mut ended_at = None;
        let mut admitted = AdmittedCall::new();
        let outcome = match self.admit(Stage::Call, caller, now, &mut admitted).await {
            Ok(()) => {
                let cx = admitted.cx.as_ref().unwrap_or(caller);
                let completed = {
                    // Pinned in place, as moving a future copies it.
                    let future = pin!(call.attempt(cx, &mut timer));
                    within(cx.deadline(), CatchPanic { future }).await
                };
                let outcome = match completed {
                    Ok(Ok(outcome)) => outcome,
                    Ok(Err(panic)) => Err(A::Error::from_status(panicked(self.meta, &*panic))),
                    Err(_) => Err(A::Error::from_status(self.elapsed())),
                };
                if outcome.is_ok() && self.streams_responses() {
                    let permits = admitted.into_stream_permits(&self.admission, caller.deadline());
                    caller.hold_open(StreamingCall::new(timer.into_stream_timer(), permits));
                    return outcome;
                }
                ended_at = admitted.record(&outcome);
                outcome
            }
            Err(refusal) => {
                timer.begin();
                Err(A::Error::from_status(refusal))
            }
        };
        timer.finish_with(&outcome, ended_at);
        outcome
    }

    /// Whether the response still streams after the handler has returned.
    fn streams_responses(&self) -> bool {
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

/// Drives a call, a plan or one attempt under the policies of a client's method.
#[derive(Clone, Copy)]
pub(crate) struct ClientDriver<'a> {
    state: &'a MethodState,
    stage: Stage,
}

impl<'a> ClientDriver<'a> {
    pub(crate) const fn new(state: &'a MethodState, stage: Stage) -> Self {
        Self { state, stage }
    }

    /// Restores the driver that [`erased`](Driver::erased) made; `None` if
    /// `erased` came from another type of driver.
    #[cfg(feature = "transport")]
    pub(crate) fn of(erased: ErasedDriver<'a>) -> Option<Self> {
        let state = erased.state.downcast_ref()?;
        Some(Self::new(state, erased.stage))
    }

    /// The deadline to enforce at this stage. An attempt shares the deadline of
    /// its call, which has the only timer. A plan enforces the deadline itself,
    /// as a fallback may replace the failure.
    fn deadline(self, cx: &Context) -> Option<Instant> {
        match self.stage {
            Stage::Call => cx.deadline(),
            Stage::Plan | Stage::Sending | Stage::Attempt => None,
        }
    }

    #[cold]
    fn late<E: ServiceError>(self) -> E {
        E::from_status(late(self.state.meta.name))
    }
}

impl ClientDriver<'_> {
    /// Runs the call under the policies of the method.
    pub(crate) async fn drive<A: Attempt>(
        self,
        cx: Option<&Context>,
        call: A,
    ) -> Result<A::Value, A::Error> {
        let Self { state, stage } = self;
        let now = Instant::now();
        let counted = (stage != Stage::Attempt).then_some(&state.metrics);
        let mut timer = Timer::new(counted, now);
        timer.begin();
        let ambient;
        let cx = match cx {
            Some(cx) => cx,
            None => {
                ambient = Context::current();
                &ambient
            }
        };
        let mut admitted = AdmittedCall::new();
        let mut ended_at = None;
        let outcome = match state.admit(stage, cx, now, &mut admitted).await {
            Ok(()) => {
                let cx = admitted.cx.as_ref().unwrap_or(cx);
                let completed = {
                    // Pinned in place, as moving a future copies it.
                    let call = pin!(call.attempt(cx, &mut timer));
                    within(self.deadline(cx), call).await
                };
                let outcome = completed.unwrap_or_else(|_| Err(self.late()));
                ended_at = admitted.record(&outcome);
                outcome
            }
            Err(refusal) => Err(A::Error::from_status(refusal)),
        };
        timer.finish_with(&outcome, ended_at);
        outcome
    }
}

impl<'a> Driver<'a> for ClientDriver<'a> {
    fn drive<A: Attempt>(
        self,
        cx: Option<&Context>,
        call: A,
    ) -> impl Future<Output = Result<A::Value, A::Error>> + Send {
        Self::drive(self, cx, call)
    }

    fn erased(self) -> ErasedDriver<'a> {
        ErasedDriver {
            state: self.state,
            stage: self.stage,
        }
    }
}

impl fmt::Debug for ClientDriver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientDriver")
            .field("method", &self.state.meta.name)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
