//! Ends a call at its deadline.
//!
//! Most calls complete in one poll, so the timer is started only when a call
//! turns out to wait. A call that is ready costs one comparison; a call that
//! waits costs one timer, however many layers check the deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::model::status::Status;

pin_project! {
    /// A future that ends at a deadline.
    pub(crate) struct Within<F> {
        #[pin]
        future: F,
        deadline: Option<Instant>,
        #[pin]
        timer: Option<Sleep>,
    }
}

/// The error of a future that did not complete by its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// Runs `future` until `deadline`, or to completion without one.
pub(crate) fn within<F: Future>(deadline: Option<Instant>, future: F) -> Within<F> {
    Within {
        future,
        deadline,
        timer: None,
    }
}

/// The status of a method that did not respond before its deadline.
#[cold]
pub(crate) fn late(method: &str) -> Status {
    Status::deadline_exceeded(format!(
        "no response from method `{method}` before the deadline"
    ))
}

impl<F: Future> Future for Within<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(output) = this.future.poll(task) {
            return Poll::Ready(Ok(output));
        }
        let Some(deadline) = *this.deadline else {
            return Poll::Pending;
        };
        if this.timer.is_none() {
            this.timer.set(Some(sleep_until(deadline)));
        }
        match this.timer.as_pin_mut().map(|timer| timer.poll(task)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(Elapsed)),
            _ => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_slow_call_fails_at_the_limit_not_later() {
        let start = Instant::now();
        let limit = Duration::from_millis(50);
        let outcome = within(Some(start + limit), pending::<()>()).await;
        assert_eq!(outcome, Err(Elapsed));
        assert_eq!(start.elapsed(), limit);
    }

    #[tokio::test(start_paused = true)]
    async fn ready_call_succeeds_after_its_deadline() {
        let outcome = within(Some(Instant::now()), ready(7)).await;
        assert_eq!(outcome, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn call_without_a_deadline_runs_to_completion() {
        let call = tokio::time::sleep(Duration::from_secs(86_400));
        assert_eq!(within(None, call).await, Ok(()));
    }
}
