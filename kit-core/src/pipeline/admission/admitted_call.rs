//! Admits calls, and holds what an admitted call acquired.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::permits::Permits;
use super::steps::PendingAdmission;
use super::stream_permits::StreamPermits;
use super::{Admission, NO_TIMEOUT};
use crate::model::attempt::Stage;
use crate::model::completion::Completion;
use crate::model::context::Context;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

impl Admission {
    /// Admits a call, queues it, or refuses it: checks its deadline, then runs
    /// each policy of the stage in order. Returns the pending admission if a
    /// policy queued the call; finish it with [`admit_after`](Self::admit_after).
    ///
    /// # Errors
    /// The deadline has passed, or a policy refuses the call.
    #[inline]
    pub(crate) fn admit<'a>(
        &'a self,
        stage: Stage,
        cx: &Context,
        now: Instant,
        admitted: &mut AdmittedCall<'a>,
    ) -> Result<Option<Box<PendingAdmission<'a>>>, Status> {
        cx.check_deadline(now)?;
        if matches!(stage, Stage::Call | Stage::Plan) {
            admitted.cx = self.with_timeout(cx, now);
        }
        if !self.armed.load(Ordering::Acquire) {
            return Ok(None);
        }
        let AdmittedCall {
            cx: derived,
            permits,
        } = admitted;
        permits.deadline = derived.as_ref().unwrap_or(cx).deadline();
        match self.begin_steps(stage, cx, permits, now) {
            Ok(None) => {
                permits.start_recording();
                Ok(None)
            }
            Ok(Some(waiting)) => Ok(Some(Box::new(waiting))),
            Err(refusal) => Err(self.refuse(refusal)),
        }
    }

    /// Admits a call that a policy queued.
    ///
    /// The future is boxed so that calls that don't wait reserve no space for it.
    ///
    /// # Errors
    /// The policy that queued the call refuses it, or one further in does.
    #[cold]
    pub(crate) fn admit_after<'a, 'b>(
        &'a self,
        waiting: Box<PendingAdmission<'a>>,
        cx: &'b Context,
        admitted: &'b mut AdmittedCall<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'b>> {
        Box::pin(async move {
            match self.resume_steps(*waiting, cx, &mut admitted.permits).await {
                Ok(()) => {
                    admitted.permits.start_recording();
                    Ok(())
                }
                Err(refusal) => Err(self.refuse(refusal)),
            }
        })
    }

    /// The context with the timeout of the method, if it has one. A timeout past
    /// the end of the clock's range sets no deadline.
    fn with_timeout(&self, cx: &Context, now: Instant) -> Option<Context> {
        let timeout = self.timeout.load(Ordering::Relaxed);
        if timeout == NO_TIMEOUT {
            return None;
        }
        let deadline = now.checked_add(Duration::from_nanos(timeout))?;
        Some(cx.with_deadline(deadline))
    }
}

/// The context and permits of an admitted call; empty before its admission.
#[derive(Debug)]
pub(crate) struct AdmittedCall<'a> {
    /// The context with the method's timeout; `None` if it is the caller's.
    pub(crate) cx: Option<Context>,
    permits: Permits<'a>,
}

impl AdmittedCall<'_> {
    /// A call that no policy has seen.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            cx: None,
            permits: Permits::new(),
        }
    }

    /// Records the outcome in every policy. Returns the time if the clock was
    /// read for it.
    #[inline]
    pub(crate) fn record<T, E: ServiceError>(&mut self, outcome: &Result<T, E>) -> Option<Instant> {
        if !self.permits.is_recording() {
            return None;
        }
        let now = Instant::now();
        self.permits
            .record(Completion::with(outcome), now.into_std());
        Some(now)
    }

    /// Converts the permits into those of a response stream, which has the
    /// deadline of its caller. `None` if there is nothing to hold.
    pub(crate) fn into_stream_permits(
        self,
        admission: &Arc<Admission>,
        deadline: Option<Instant>,
    ) -> Option<StreamPermits> {
        StreamPermits::of(admission, self.permits, deadline)
    }
}
