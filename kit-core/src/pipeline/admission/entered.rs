//! A call on its way through the policies of its method.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::permits::Permits;
use super::steps::Waiting;
use super::stream_permits::StreamPermits;
use super::{Admission, NO_TIMEOUT};
use crate::model::attempt::Stage;
use crate::model::completion::Completion;
use crate::model::context::Context;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

impl Admission {
    /// Lets a call in, tells it to wait, or refuses it: one that came late,
    /// then by each policy of the stage in its turn.
    ///
    /// # Errors
    /// The refusal, or that the deadline has passed.
    #[inline]
    pub(crate) fn enter<'a>(
        &'a self,
        stage: Stage,
        cx: &Context,
        now: Instant,
        entered: &mut Entered<'a>,
    ) -> Result<Option<Box<Waiting<'a>>>, Status> {
        cx.check_deadline(now)?;
        if matches!(stage, Stage::Call | Stage::Plan) {
            entered.cx = self.limited(cx, now);
        }
        if !self.armed.load(Ordering::Acquire) {
            return Ok(None);
        }
        let Entered {
            cx: derived,
            permits,
        } = entered;
        permits.deadline = derived.as_ref().unwrap_or(cx).deadline();
        match self.admit(stage, cx, permits, now) {
            Ok(None) => {
                permits.watch();
                Ok(None)
            }
            Ok(Some(waiting)) => Ok(Some(Box::new(waiting))),
            Err(refusal) => Err(self.refused(refusal)),
        }
    }

    /// Lets in a call that was told to wait.
    ///
    /// A box, so that the calls that don't wait have no room for it.
    ///
    /// # Errors
    /// The refusal, by the policy that it waited for or one further in.
    #[cold]
    pub(crate) fn enter_after<'a, 'b>(
        &'a self,
        waiting: Box<Waiting<'a>>,
        cx: &'b Context,
        entered: &'b mut Entered<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'b>> {
        Box::pin(async move {
            match self.admit_after(*waiting, cx, &mut entered.permits).await {
                Ok(()) => {
                    entered.permits.watch();
                    Ok(())
                }
                Err(refusal) => Err(self.refused(refusal)),
            }
        })
    }

    /// The context with the timeout of the method. A timeout that the clock
    /// can't reach sets no limit.
    fn limited(&self, cx: &Context, now: Instant) -> Option<Context> {
        let timeout = self.timeout.load(Ordering::Relaxed);
        if timeout == NO_TIMEOUT {
            return None;
        }
        let deadline = now.checked_add(Duration::from_nanos(timeout))?;
        Some(cx.with_deadline(deadline))
    }
}

/// A call that was let in, once it was.
#[derive(Debug)]
pub(crate) struct Entered<'a> {
    /// The context that it goes on with, where that is another.
    pub(crate) cx: Option<Context>,
    permits: Permits<'a>,
}

impl Entered<'_> {
    /// A call that nobody has been asked about.
    #[inline]
    pub(crate) const fn not_yet() -> Self {
        Self {
            cx: None,
            permits: Permits::new(),
        }
    }

    /// Tells every policy how the call ended, and returns when, where that was
    /// looked up.
    #[inline]
    pub(crate) fn record<T, E: ServiceError>(&mut self, outcome: &Result<T, E>) -> Option<Instant> {
        if !self.permits.is_watched() {
            return None;
        }
        let now = Instant::now();
        self.permits.tell(Completion::with(outcome), now.into_std());
        Some(now)
    }

    /// Keeps what it took until the reply, which streams, has ended; the
    /// stream's deadline is its caller's. `None` where there is nothing to
    /// keep.
    pub(crate) fn stay_open(
        self,
        admission: &Arc<Admission>,
        deadline: Option<Instant>,
    ) -> Option<StreamPermits> {
        StreamPermits::of(admission, self.permits, deadline)
    }
}
