//! Ends a call at its deadline.
//!
//! Most calls end within one poll, so the timer is armed only once a call has
//! turned out to wait: a call that is ready costs a comparison, one that waits
//! costs one timer, however many layers look at the deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::context::Context;
use crate::service_error::ServiceError;
use crate::status::Status;

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

/// The longest that a call of a plain function may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeout {
    name: &'static str,
    limit: Duration,
}

impl Timeout {
    /// The limit of the function of that name.
    pub const fn new(name: &'static str, limit: Duration) -> Self {
        Self { name, limit }
    }

    /// Ends a call at the limit, or at the deadline of the call around it if
    /// that is sooner. The function sees the deadline as that of
    /// [`Context::current`], so that what it calls ends in time too, and its
    /// policies know a call that was cut from one that was given up.
    ///
    /// # Errors
    /// Those of the call, and [`Code::DeadlineExceeded`](crate::Code).
    pub async fn run<T, E: ServiceError>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let around = Context::current();
        let cx = around.with_timeout(self.limit);
        match within(cx.deadline(), cx.scope(call)).await {
            Ok(outcome) => outcome,
            Err(Elapsed) => Err(E::from_status(self.elapsed(&around, &cx))),
        }
    }

    #[cold]
    fn elapsed(&self, around: &Context, own: &Context) -> Status {
        let Self { name, limit } = self;
        Status::deadline_exceeded(match around.deadline() == own.deadline() {
            true => format!("`{name}` did not end before the deadline of the call around it"),
            false => format!("`{name}` did not end within {limit:?}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use super::*;
    use crate::code::Code;

    const LIMIT: Duration = Duration::from_millis(50);

    async fn forever() -> Result<(), Status> {
        Timeout::new("forever", LIMIT).run(pending()).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_ends_at_its_limit_and_says_so() {
        let start = Instant::now();
        let error = forever().await.expect_err("a function that never ends");
        assert_eq!(start.elapsed(), LIMIT);
        assert_eq!(error.code(), Code::DeadlineExceeded);
        assert_eq!(error.message(), "`forever` did not end within 50ms");
    }

    #[tokio::test(start_paused = true)]
    async fn a_sooner_deadline_of_the_call_around_a_function_holds() {
        let start = Instant::now();
        let cx = Context::new().with_timeout(LIMIT / 2);
        let error = cx.scope(forever()).await.expect_err("no end");
        assert_eq!(start.elapsed(), LIMIT / 2);
        let expected = "`forever` did not end before the deadline of the call around it";
        assert_eq!(error.message(), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_sees_its_limit_as_the_deadline() {
        let expected = Instant::now() + LIMIT;
        let call = async { Ok::<_, Status>(Context::current().deadline()) };
        let seen = Timeout::new("seen", LIMIT)
            .run(call)
            .await
            .expect("an answer");
        assert_eq!(seen, Some(expected));
        assert_eq!(Context::current().deadline(), None);
    }

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
