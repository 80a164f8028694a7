//! The two attempts of a call, run in the task of the caller.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use tokio::time::sleep;

use super::{Hedge, Hedging, Try};
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::policies::{OutcomeClass, OutcomeClasses};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

impl<M: Method<Request: Clone>> Middleware<M> for Hedge {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.call_at(self.clock.now(), cx, request, next)
    }
}

impl Hedge {
    /// Runs a call that arrived at the given time.
    pub(crate) async fn call_at<M: Method<Request: Clone>, E: Endpoint<M>>(
        &self,
        arrived: Instant,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let hedging = self.begin(arrived);
        let repeated = hedging.delay().map(|_| request.clone());
        let first = pin!(next.call(cx, request));
        let second = || {
            let request = repeated?;
            let cx = next_attempt(cx);
            Some(Box::pin(async move { next.call(&cx, request).await }))
        };
        self.race(hedging, first, second).await
    }

    /// Calls a function, and again if the first call is slow. In the second
    /// call [`Context::current`] counts one more previous attempt, which is
    /// sent to the peer (`grpc-previous-rpc-attempts`, as in gRPC's own
    /// hedging by its proposal A6).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use std::time::Duration;
    /// use kit::Status;
    /// use kit::policy::hedge::{Hedge, HedgeConfig};
    ///
    /// let hedge = Hedge::new(HedgeConfig::new().after(Duration::from_millis(5)));
    /// let mut calls = 0;
    /// let outcome: Result<i32, Status> = hedge
    ///     .run(|| {
    ///         calls += 1;
    ///         let call = calls;
    ///         async move { if call == 1 { std::future::pending().await } else { Ok(call) } }
    ///     })
    ///     .await;
    /// assert_eq!(outcome.ok(), Some(2));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error of the first attempt, if neither succeeds.
    pub async fn run<T, E, F, Fut>(&self, mut call: F) -> Result<T, E>
    where
        E: ServiceError,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let hedging = self.begin(self.clock.now());
        let first = pin!(call());
        // The function runs inside of the context too, as it may read the
        // context before it creates its future.
        let second = move || {
            let cx = next_attempt(&Context::current());
            Some(Box::pin(cx.scope(async move { call().await })))
        };
        self.race(hedging, first, second).await
    }

    /// Runs both attempts. The second is boxed: most calls never need it, and
    /// should not reserve the space.
    async fn race<T, E, First, Second>(
        &self,
        mut hedging: Hedging<'_>,
        mut first: Pin<&mut First>,
        second: impl FnOnce() -> Option<Pin<Box<Second>>>,
    ) -> Result<T, E>
    where
        E: ServiceError,
        First: Future<Output = Result<T, E>>,
        Second: Future<Output = Result<T, E>>,
    {
        if let Some(outcome) = in_time(first.as_mut(), &hedging).await {
            return self.settle(hedging, outcome, Try::First);
        }
        let second = if hedging.fire(self.clock.now()) {
            second()
        } else {
            None
        };
        let Some(second) = second else {
            let outcome = first.await;
            return self.settle(hedging, outcome, Try::First);
        };
        let mut both = Both {
            first,
            second,
            first_error: None,
            second_error: None,
        };
        let (outcome, by) = poll_fn(|task| both.poll(task)).await;
        let second_failed = both.second_error.as_ref();
        if second_failed.is_some_and(|error| is_refused_here(error)) {
            hedging.refused(self.clock.now());
        }
        self.settle(hedging, outcome, by)
    }

    fn settle<T, E: ServiceError>(
        &self,
        hedging: Hedging<'_>,
        outcome: Result<T, E>,
        by: Try,
    ) -> Result<T, E> {
        if is_response(&outcome) {
            hedging.succeeded(by, self.clock.now());
        }
        outcome
    }
}

/// The context of the second attempt. It counts as a repetition of the same
/// work, as a retry does: policies further in need not repeat it once more.
fn next_attempt(cx: &Context) -> Context {
    cx.with_previous_attempts(cx.previous_attempts().saturating_add(1))
}

/// Returns the outcome, unless the call is still running when the second
/// attempt is due. The timer is started only for a call that waits.
async fn in_time<Fut: Future>(
    mut call: Pin<&mut Fut>,
    hedging: &Hedging<'_>,
) -> Option<Fut::Output> {
    let Some(delay) = hedging.delay() else {
        return Some(call.await);
    };
    let polled = poll_fn(|task| Poll::Ready(call.as_mut().poll(task))).await;
    if let Poll::Ready(outcome) = polled {
        return Some(outcome);
    }
    let mut timer = pin!(sleep(delay));
    poll_fn(|task| match call.as_mut().poll(task) {
        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
        Poll::Pending => timer.as_mut().poll(task).map(|()| None),
    })
    .await
}

/// Two attempts in flight. One that has failed is not polled again.
struct Both<'a, First, Second, E> {
    first: Pin<&'a mut First>,
    second: Pin<Box<Second>>,
    first_error: Option<E>,
    second_error: Option<E>,
}

impl<T, E, First, Second> Both<'_, First, Second, E>
where
    E: ServiceError,
    First: Future<Output = Result<T, E>>,
    Second: Future<Output = Result<T, E>>,
{
    fn poll(&mut self, task: &mut TaskContext<'_>) -> Poll<(Result<T, E>, Try)> {
        if let Some(outcome) = poll_try(self.first.as_mut(), &mut self.first_error, task) {
            return Poll::Ready((outcome, Try::First));
        }
        if let Some(outcome) = poll_try(self.second.as_mut(), &mut self.second_error, task) {
            return Poll::Ready((outcome, Try::Second));
        }
        if self.second_error.is_none() {
            return Poll::Pending;
        }
        match self.first_error.take() {
            Some(error) => Poll::Ready((Err(error), Try::First)),
            None => Poll::Pending,
        }
    }
}

/// Returns the response of an attempt; stores its failure.
fn poll_try<T, E, Fut>(
    call: Pin<&mut Fut>,
    failed: &mut Option<E>,
    task: &mut TaskContext<'_>,
) -> Option<Result<T, E>>
where
    E: ServiceError,
    Fut: Future<Output = Result<T, E>>,
{
    if failed.is_some() {
        return None;
    }
    match call.poll(task) {
        Poll::Pending => None,
        Poll::Ready(outcome) if is_response(&outcome) => Some(outcome),
        Poll::Ready(outcome) => {
            *failed = outcome.err();
            None
        }
    }
}

/// Whether the peer served the call, even if the result is a domain error.
fn is_response<T, E: ServiceError>(outcome: &Result<T, E>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => OutcomeClasses::DEFAULT.of(error.code()) == OutcomeClass::Success,
    }
}

fn is_refused_here<E: ServiceError>(error: &E) -> bool {
    error.status().and_then(Status::refusal).is_some()
}
