//! An attempt at a call, and the driver that runs attempts under policies.
//!
//! A [`Driver`] makes calls under the policies of a client's method. A channel
//! over a transport passes it an [`Attempt`] whose types are erased, so that the
//! policies are compiled once; any other endpoint passes an attempt with the
//! types of its method.

use std::any::Any;
use std::fmt;
use std::future::Future;

use tokio::time::Instant;

use super::context::Context;
use super::service_error::ServiceError;

/// An attempt at a call that has not been sent yet; its types are those of the
/// method, or erased.
#[doc(hidden)]
pub trait Attempt: Send {
    /// The value of a successful call.
    type Value: Send;
    /// The error of a failed call.
    type Error: ServiceError;

    /// Makes the call. It starts the timer once the request is known to be valid.
    fn attempt<T: CallClock>(
        self,
        cx: &Context,
        timer: &mut T,
    ) -> impl Future<Output = Result<Self::Value, Self::Error>> + Send;
}

/// Measures a call from its start. A request that can't be decoded does not
/// count as a call of the method.
#[doc(hidden)]
pub trait CallClock: Send {
    /// Starts counting the call, unless it was started before.
    fn begin(&mut self);

    /// The time at which the call arrived.
    fn arrived(&self) -> Instant;
}

/// Makes calls under the policies of one method of a client.
#[doc(hidden)]
pub trait Driver<'a>: Send {
    /// Makes a call; `cx` defaults to the ambient context.
    fn drive<A: Attempt>(
        self,
        cx: Option<&Context>,
        call: A,
    ) -> impl Future<Output = Result<A::Value, A::Error>> + Send;

    /// The driver with its type erased, for channels.
    fn erased(self) -> ErasedDriver<'a>;
}

/// The policies that a call goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub(crate) enum Stage {
    /// All of them.
    Call,
    /// Only the deadline. A plan may serve a call itself, so it is outside the
    /// policies that decide on what is sent.
    Plan,
    /// Those that apply once per call, whatever the number of attempts.
    Sending,
    /// Those that apply to each attempt.
    Attempt,
}

/// A driver with its type erased, so that code that takes it is compiled once.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "transport"),
    allow(dead_code, reason = "only channels read it")
)]
pub struct ErasedDriver<'a> {
    pub(crate) state: &'a (dyn Any + Send + Sync),
    pub(crate) stage: Stage,
}

impl fmt::Debug for ErasedDriver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErasedDriver")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
