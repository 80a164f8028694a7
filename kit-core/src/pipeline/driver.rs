//! How a call is made under the policies of its method, on either side.
//!
//! The steps are the same: let the call in or refuse it, make it until its
//! deadline, record how it ended. A server also turns a panic of the method
//! into a failure of the call, and keeps a call open while its response
//! streams. A client takes the ambient context where the call has no other, and
//! drives a whole call, a plan or one attempt of it, by its [`Stage`].

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
use crate::pipeline::admission::Entered;
use crate::policy::timeout::{late, within};

impl MethodState {
    /// Answers a call under the policies of a server's method.
    pub(crate) async fn serve<A: Attempt>(
        &self,
        caller: &Context,
        call: A,
    ) -> Result<A::Value, A::Error> {
        let now = Instant::now();
        let mut timer = Timer::new(Some(&self.metrics), now);
        let mut ended = None;
        let mut entered = Entered::not_yet();
        let outcome = match self.admit(Stage::Call, caller, now, &mut entered).await {
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
                if outcome.is_ok() && self.streams_responses() {
                    let pass = entered.stay_open(&self.admission, caller.deadline());
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

    /// Whether a response goes on once the handler has returned.
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

/// Makes a call, a plan or one attempt under the policies of a client's method.
#[derive(Clone, Copy)]
pub(crate) struct ClientDriver<'a> {
    state: &'a MethodState,
    stage: Stage,
}

impl<'a> ClientDriver<'a> {
    pub(crate) const fn new(state: &'a MethodState, stage: Stage) -> Self {
        Self { state, stage }
    }

    /// An attempt ends with its call, whose deadline it has: one timer. A plan
    /// looks at it by itself, as a fallback may answer in its place.
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

impl<'a> ClientDriver<'a> {
    /// The driver that [`erased`](Driver::erased) made; `None` of another's.
    #[cfg(feature = "transport")]
    pub(crate) fn of(erased: ErasedDriver<'a>) -> Option<Self> {
        let state = erased.state.downcast_ref()?;
        Some(Self::new(state, erased.stage))
    }
}

impl ClientDriver<'_> {
    /// Makes a call under the policies of the method.
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
        let mut entered = Entered::not_yet();
        let mut ended = None;
        let outcome = match state.admit(stage, cx, now, &mut entered).await {
            Ok(()) => {
                let cx = entered.cx.as_ref().unwrap_or(cx);
                let made = {
                    // Pinned where it is made: to move a future is to copy it.
                    let call = pin!(call.attempt(cx, &mut timer));
                    within(self.deadline(cx), call).await
                };
                let outcome = made.unwrap_or_else(|_| Err(self.late()));
                ended = entered.record(&outcome);
                outcome
            }
            Err(refusal) => Err(A::Error::from_status(refusal)),
        };
        timer.finish_with(&outcome, ended);
        outcome
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
