//! Ends a call at its deadline.
//!
//! Most calls end within one poll, so the timer is armed only once a call has
//! turned out to wait: a call that is ready costs a comparison, one that waits
//! costs one timer, however many layers look at the deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::model::status::Status;

pin_project! {
    /// A future that is given up at a deadline.
    pub(crate) struct Within<F> {
        #[pin]
        future: F,
        deadline: Option<Instant>,
        #[pin]
        timer: Option<Sleep>,
    }
}

/// Nothing came by the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// Runs `future` until `deadline`, or to its end where there is none.
pub(crate) fn within<F: Future>(deadline: Option<Instant>, future: F) -> Within<F> {
    Within {
        future,
        deadline,
        timer: None,
    }
}

/// What a caller is told of a method that did not answer in time.
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
    async fn a_ready_call_wins_over_a_deadline_that_has_passed() {
        let outcome = within(Some(Instant::now()), ready(7)).await;
        assert_eq!(outcome, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_deadline_a_call_takes_its_time() {
        let call = tokio::time::sleep(Duration::from_secs(86_400));
        assert_eq!(within(None, call).await, Ok(()));
    }
}
