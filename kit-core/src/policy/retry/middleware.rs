//! Applies retries to a call of a method, or to any function.

use std::future::Future;
use std::pin::pin;
use std::time::Instant;

use tokio::time::sleep;

use super::{Attempts, Failed, Retry};
use crate::model::code::Code;
use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::policy::timeout::within;

impl<M: Method<Request: Clone>> Middleware<M> for Retry {
    fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> impl Future<Output = Outcome<M>> + Send {
        self.call_at(self.clock.now(), cx, request, next)
    }
}

impl Retry {
    /// Runs a call that arrived at the given time.
    pub(crate) async fn call_at<M: Method<Request: Clone>, E: Endpoint<M>>(
        &self,
        arrived: Instant,
        cx: &Context,
        mut request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        let mut attempts = self.begin(arrived);
        loop {
            let (sent, kept) = if attempts.is_last() {
                (request, None)
            } else {
                (request.clone(), Some(request))
            };
            let derived = attempts.context(cx);
            let attempt_cx = derived.as_ref().unwrap_or(cx);
            let limit = self.attempt_limit(derived.as_ref());
            let outcome = {
                let call = pin!(next.call(attempt_cx, sent));
                within(limit, call).await
            };
            let error = match outcome {
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(error)) => error,
                Err(_) => self.timed_out(),
            };
            request = attempts.wait(cx, error, kept).await?;
        }
    }

    /// Calls a function until it succeeds or the policy gives up. The deadline
    /// is that of [`Context::current`], in which each attempt after the first
    /// counts as a retry.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use kit::Status;
    /// use kit::policy::retry::{Retry, RetryConfig};
    ///
    /// let retry = Retry::new(RetryConfig::new());
    /// let mut calls = 0;
    /// let outcome = retry
    ///     .run(|| {
    ///         calls += 1;
    ///         let call = calls;
    ///         async move { if call < 3 { Err(Status::unavailable("busy")) } else { Ok(call) } }
    ///     })
    ///     .await;
    /// assert_eq!(outcome.ok(), Some(3));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error of the last attempt.
    pub async fn run<T, E, F, Fut>(&self, mut call: F) -> Result<T, E>
    where
        E: ServiceError,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut attempts = self.begin(self.clock.now());
        loop {
            let outcome = if attempts.needs_context() {
                let current = Context::current();
                let cx = attempts.context(&current).unwrap_or(current);
                let limit = self.attempt_limit(Some(&cx));
                // The function runs inside of the context too, as it may read
                // the context before it creates its future.
                cx.scope(within(limit, async { call().await })).await
            } else {
                Ok(call().await)
            };
            let error = match outcome {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) => error,
                Err(_) => self.timed_out(),
            };
            attempts.wait(&Context::current(), error, Some(())).await?;
        }
    }

    /// The deadline of the attempt with this context; `None` if it has only
    /// the limits of the whole call.
    fn attempt_limit(&self, derived: Option<&Context>) -> Option<tokio::time::Instant> {
        self.attempt_timeout()?;
        derived?.deadline()
    }

    #[cold]
    fn timed_out<E: ServiceError>(&self) -> E {
        let limit = self.attempt_timeout().unwrap_or_default();
        E::from_status(Status::deadline_exceeded(format!(
            "no response within {limit:?}, the limit of one attempt"
        )))
    }
}

impl Attempts<'_> {
    fn needs_context(&self) -> bool {
        self.failed() > 0 || self.retry.attempt_timeout().is_some()
    }

    /// The context of an attempt, if it differs from that of the call.
    fn context(&self, cx: &Context) -> Option<Context> {
        if !self.needs_context() {
            return None;
        }
        let cx = match self.retry.attempt_timeout() {
            Some(timeout) => cx.with_timeout(timeout),
            None => cx.clone(),
        };
        if self.failed() == 0 {
            return Some(cx);
        }
        let previous = cx.previous_attempts().saturating_add(self.failed());
        Some(cx.with_previous_attempts(previous))
    }

    /// Waits until the next attempt and returns what was kept for it, or
    /// returns the error to give up.
    async fn wait<R, E: ServiceError>(
        &mut self,
        cx: &Context,
        error: E,
        kept: Option<R>,
    ) -> Result<R, E> {
        let mut failed = Failed::of(&error);
        // The deadline is sent to the peer, which may report the timeout.
        if failed.code() == Code::DeadlineExceeded && self.retry.attempt_timeout().is_some() {
            failed = failed.timed_out();
        }
        let now = self.retry.clock.now();
        let deadline = cx.deadline().map(tokio::time::Instant::into_std);
        let wait = self.after(failed, now, deadline, cx.previous_attempts());
        let (Some(wait), Some(kept)) = (wait, kept) else {
            return Err(error);
        };
        if !wait.is_zero() {
            sleep(wait).await;
        }
        Ok(kept)
    }
}
