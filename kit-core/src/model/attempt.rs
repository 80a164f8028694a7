//! A call that is yet to be made, and what makes it.
//!
//! A [`Driver`] makes calls under the policies of a client's method. A channel
//! over a transport hands it an [`Attempt`] whose types are erased, so that the
//! policies are compiled once; any other endpoint hands it a call with the types of its method.

use std::any::Any;
use std::fmt;
use std::future::Future;

use tokio::time::Instant;

use super::context::Context;
use super::service_error::ServiceError;

/// A call that is yet to be made, with the types of its method or with none.
#[doc(hidden)]
pub trait Attempt: Send {
    /// What the call returns when it succeeds.
    type Value: Send;
    /// What the call returns when it fails.
    type Error: ServiceError;

    /// Makes the call; the timer starts once the call is known to be one.
    fn attempt<T: CallClock>(
        self,
        cx: &Context,
        timer: &mut T,
    ) -> impl Future<Output = Result<Self::Value, Self::Error>> + Send;
}

/// Measures a call from when it begins: a request that cannot be read is no
/// call of its method.
#[doc(hidden)]
pub trait CallClock: Send {
    /// Starts to count the call, unless it has begun before.
    fn begin(&mut self);

    /// When the call arrived.
    fn arrived(&self) -> Instant;
}

/// Makes calls under the policies of one method of a client.
#[doc(hidden)]
pub trait Driver<'a>: Send {
    /// Makes a call; with the ambient context where there is no other.
    fn drive<A: Attempt>(
        self,
        cx: Option<&Context>,
        call: A,
    ) -> impl Future<Output = Result<A::Value, A::Error>> + Send;

    /// The same driver without its type, for channels that make calls whose
    /// types are erased.
    fn erased(self) -> ErasedDriver<'a>;
}

/// Which policies a call goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub(crate) enum Stage {
    /// All of them.
    Call,
    /// None but the deadline: a plan may answer a call, so it
    /// stands outside of those that look at what is sent.
    Plan,
    /// Those that are asked once a call, however often it is tried.
    Sending,
    /// Those that are asked once an attempt.
    Attempt,
}

/// A driver whose type is erased, so that what takes it is compiled once.
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
