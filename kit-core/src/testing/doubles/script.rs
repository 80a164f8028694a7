//! A script: the responses to the calls of one method, in order.

use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::context::Context;
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::testing::doubles::never::never;

/// The responses of a [`Scripted`](super::Scripted) peer to the calls of one
/// method, in order, and the requests that it received. Clones share the
/// script.
///
/// ```
/// # use kit::prelude::*;
/// # #[kit::service] pub trait Add {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?.block_on(async {
/// use std::time::Duration;
/// use kit::testing::Scripted;
///
/// let scripted = Scripted::new();
/// let sum = scripted.on::<add::Sum>()
///     .delay(Duration::from_millis(20)).ok(3)
///     .respond_with(|_, request| Ok(request.a * 100));
/// let add = AddClient::new(scripted);
///
/// let start = tokio::time::Instant::now();
/// assert_eq!(add.sum(1, 2).await?, 3);
/// assert_eq!(start.elapsed(), Duration::from_millis(20));
/// assert_eq!(add.sum(4, 5).await?, 400);
///
/// let received: Vec<_> = sum.take_requests().iter().map(|request| request.b).collect();
/// assert_eq!(received, [2, 5]);
/// # Ok::<(), Status>(())
/// # }).expect("both calls get a response");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Script<M: Method>(Arc<Mutex<Progress<M>>>);

/// The responses that are left, and the requests received.
struct Progress<M: Method> {
    /// The delay of the response that is added next.
    delay: Duration,
    responses: VecDeque<Response<M>>,
    /// The number of responses added.
    expected: usize,
    calls: usize,
    /// With the number of the call: with many threads, requests may be recorded
    /// in another order than responses are taken.
    requests: Vec<(usize, M::Request)>,
}

struct Response<M: Method> {
    delay: Duration,
    /// `None` never responds.
    respond: Option<Respond<M>>,
}

type Respond<M> = Box<dyn FnOnce(&Context, &<M as Method>::Request) -> Outcome<M> + Send>;

impl<M: Method> Script<M> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Progress {
            delay: Duration::ZERO,
            responses: VecDeque::new(),
            expected: 0,
            calls: 0,
            requests: Vec::new(),
        })))
    }

    /// The next call gets this response.
    pub fn ok(self, response: M::Response) -> Self {
        self.respond_with(move |_, _| Ok(response))
    }

    /// The next call fails with this error.
    pub fn fail(self, error: impl Into<M::Error>) -> Self {
        let error = error.into();
        self.respond_with(move |_, _| Err(error))
    }

    /// The next call gets the result of a function. The function's context is the
    /// one that a service would see, with the deadline and the metadata that the
    /// client sends.
    pub fn respond_with(
        self,
        respond: impl FnOnce(&Context, &M::Request) -> Outcome<M> + Send + 'static,
    ) -> Self {
        self.then(Some(Box::new(respond)))
    }

    /// The next call gets no response: it ends at its deadline, or when its
    /// caller gives up.
    pub fn hang(self) -> Self {
        self.then(None)
    }

    /// Delays the response that is added next, on tokio's clock. Several delays
    /// add up.
    pub fn delay(self, time: Duration) -> Self {
        self.progress().delay += time;
        self
    }

    fn then(self, respond: Option<Respond<M>>) -> Self {
        let mut progress = self.progress();
        let delay = std::mem::take(&mut progress.delay);
        progress.responses.push_back(Response { delay, respond });
        progress.expected += 1;
        drop(progress);
        self
    }

    /// The number of calls so far, those past the end of the script included.
    pub fn calls(&self) -> usize {
        self.progress().calls
    }

    /// The number of responses left.
    pub fn left(&self) -> usize {
        self.progress().responses.len()
    }

    /// Takes the requests received since the last time, in order. A stream in
    /// one has not been read: its messages are still in it.
    pub fn take_requests(&self) -> Vec<M::Request> {
        let mut requests = std::mem::take(&mut self.progress().requests);
        requests.sort_unstable_by_key(|(call, _)| *call);
        requests.into_iter().map(|(_, request)| request).collect()
    }

    pub(super) async fn respond(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        let (call, response) = self.next_response();
        let Some(Response { delay, respond }) = response else {
            self.record(call, request);
            return Err(M::Error::from_status(past_the_end::<M>(call)));
        };
        // Under no lock, so that a function may use its own script.
        let outcome = respond.map(|respond| respond(cx, &request));
        self.record(call, request);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        match outcome {
            Some(outcome) => outcome,
            None => never::<M>(cx).await,
        }
    }

    /// The number of a call, counted from one, and its response.
    fn next_response(&self) -> (usize, Option<Response<M>>) {
        let mut progress = self.progress();
        progress.calls += 1;
        (progress.calls, progress.responses.pop_front())
    }

    fn record(&self, call: usize, request: M::Request) {
        self.progress().requests.push((call, request));
    }

    fn progress(&self) -> MutexGuard<'_, Progress<M>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cold]
fn past_the_end<M: Method>(call: usize) -> Status {
    Status::unimplemented(format!(
        "the script of method `{}` has no response to call {call}: add one",
        M::META.name
    ))
}

/// A script, its method's type erased.
pub(super) trait AnyScript: Any + Send + Sync {
    /// The expected and the actual number of calls, where they differ.
    fn difference(&self) -> Option<String>;
}

impl<M: Method> AnyScript for Script<M> {
    fn difference(&self) -> Option<String> {
        let progress = self.progress();
        if progress.calls == progress.expected {
            return None;
        }
        let calls = if progress.expected == 1 {
            "call"
        } else {
            "calls"
        };
        Some(format!(
            "method `{}` of `{}`: expected {} {calls}, got {}",
            M::META.name,
            M::META.service,
            progress.expected,
            progress.calls
        ))
    }
}

impl<M: Method> Clone for Script<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Method> fmt::Debug for Script<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("method", &M::META.name)
            .field("calls", &self.calls())
            .field("left", &self.left())
            .finish()
    }
}
