//! The context of a call: deadline, cancellation, metadata, peer.
//!
//! A [`Context`] is explicit where a method or middleware takes `&Context`,
//! and ambient otherwise: while a handler runs, [`Context::current`] is the
//! context of its call, so that calls made by the handler inherit the deadline
//! and the cancellation without an argument.
//!
//! A context is immutable. Deriving one (`with_…`) copies a few pointers; a call
//! without metadata allocates nothing for it.

mod accepted;
mod ambient;
mod incoming;
mod outgoing;
mod peer;
mod reply;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::code::Code;
use crate::model::completion::{Completion, OnStreamEnd};
use crate::model::metadata::Metadata;
use crate::model::status::Status;

pub use accepted::AcceptedCall;
use incoming::{Incoming, Origin};
use outgoing::Outgoing;
pub use peer::Peer;
pub use reply::{ReplyMetadata, ResponseMetadata};

/// The context of a call: deadline, cancellation, metadata, peer; see the
/// [module](self).
///
/// ```
/// use std::time::Duration;
/// use kit::Context;
///
/// let cx = Context::new().with_timeout(Duration::from_secs(2));
/// let shorter = cx.with_timeout(Duration::from_millis(50));
/// // A derived deadline is never later than that of its origin.
/// assert!(shorter.deadline() < cx.deadline());
/// assert_eq!(shorter.with_timeout(Duration::from_secs(60)).deadline(), shorter.deadline());
/// ```
#[derive(Clone, Default)]
pub struct Context {
    deadline: Option<Instant>,
    within: Within,
    /// Allocated only to send metadata, or to receive that of responses.
    outgoing: Option<Arc<Outgoing>>,
}

/// The call that a context belongs to.
#[derive(Clone, Default)]
enum Within {
    /// None, so no cancellation.
    #[default]
    Nothing,
    /// The call that a handler executes.
    Call(Arc<Incoming>),
    /// A call in process without metadata, made by the handler of this call:
    /// they share only the cancellation.
    Local(Arc<Incoming>),
}

impl Context {
    /// An empty context: no deadline, no metadata, no cancellation.
    pub fn new() -> Self {
        Self::empty()
    }

    pub(super) const fn empty() -> Self {
        Self {
            deadline: None,
            within: Within::Nothing,
            outgoing: None,
        }
    }

    /// The time by which the call must have ended; `None` without a deadline. The
    /// clock is tokio's, so that a test may pause it.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The time left until the deadline: zero once it has passed, `None`
    /// where there is none.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// This context with a deadline, unless its own is earlier.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        let mut cx = self.clone();
        cx.deadline = Some(self.deadline.map_or(deadline, |own| own.min(deadline)));
        cx
    }

    /// This context with a deadline `timeout` from now, unless its own is
    /// earlier.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        match Instant::now().checked_add(timeout) {
            Some(deadline) => self.with_deadline(deadline),
            None => self.clone(),
        }
    }

    /// The received metadata of the call: HTTP headers, gRPC metadata.
    pub fn metadata(&self) -> &Metadata {
        static EMPTY: OnceLock<Metadata> = OnceLock::new();
        self.incoming()
            .and_then(|incoming| incoming.metadata())
            .unwrap_or_else(|| EMPTY.get_or_init(Metadata::new))
    }

    /// Metadata for the calls made with this context. Received metadata is not
    /// forwarded by default, as it may hold the caller's credentials.
    pub fn outgoing(&self) -> Option<&Metadata> {
        self.outgoing.as_ref()?.metadata.as_deref()
    }

    /// This context with metadata for the calls made with it, replacing any
    /// that it had.
    #[must_use]
    pub fn with_outgoing(&self, metadata: Metadata) -> Self {
        let metadata = Some(Arc::new(metadata));
        self.with(|outgoing| outgoing.metadata = metadata)
    }

    /// This context, with the response metadata of calls made with it stored in
    /// `received`.
    #[must_use]
    pub fn with_response_metadata(&self, received: &ResponseMetadata) -> Self {
        let received = Some(received.clone());
        self.with(|outgoing| outgoing.received = received)
    }

    /// The number of previous attempts: of the call that is made with this
    /// context, or of a call further up on whose behalf it is made. 0 for a first
    /// attempt.
    ///
    /// It is received with the call (`grpc-previous-rpc-attempts`, over HTTP too)
    /// and propagated to the calls made for it, so that a service deep in the
    /// call tree sees that one above it retries, and does not retry itself.
    pub fn previous_attempts(&self) -> u32 {
        let own = self.outgoing.as_ref().map(|sent| sent.previous_attempts);
        match (own, &self.within) {
            (Some(own @ 1..), _) => own,
            (_, Within::Call(incoming) | Within::Local(incoming)) => incoming.previous_attempts(),
            (_, Within::Nothing) => 0,
        }
    }

    /// This context with a number of previous attempts; for policies that
    /// retry.
    ///
    /// ```
    /// # use kit::Context;
    /// let second = Context::new().with_previous_attempts(1);
    /// assert_eq!(second.previous_attempts(), 1);
    /// ```
    #[must_use]
    pub fn with_previous_attempts(&self, attempts: u32) -> Self {
        self.with(|outgoing| outgoing.previous_attempts = attempts)
    }

    fn with(&self, change: impl FnOnce(&mut Outgoing)) -> Self {
        let mut outgoing = self.outgoing.as_deref().cloned().unwrap_or_default();
        change(&mut outgoing);
        Self {
            deadline: self.deadline,
            within: self.within.clone(),
            outgoing: Some(Arc::new(outgoing)),
        }
    }

    /// The slot for response metadata, if one was set.
    pub fn response_metadata(&self) -> Option<&ResponseMetadata> {
        self.outgoing.as_ref()?.received.as_ref()
    }

    /// The remote end that made the call.
    pub fn peer(&self) -> Option<&Peer> {
        self.incoming()?.peer.as_ref()
    }

    /// The extension of type `T` that other code (an axum layer, a connection
    /// hook) attached to the request.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.incoming()?.extensions.get()
    }

    /// The request id: the received `x-request-id`, or one that is generated on
    /// first use. `None` outside a call.
    pub fn request_id(&self) -> Option<&str> {
        Some(self.incoming()?.request_id())
    }

    /// Changes the metadata of the response. Outside a handler there is no
    /// response: it returns `None` and has no effect.
    ///
    /// ```no_run
    /// # async fn handler(cx: &kit::Context) -> Result<(), kit::InvalidMetadata> {
    /// cx.reply(|reply| reply.headers.insert("x-served-by", "blue"))
    ///     .unwrap_or(Ok(()))
    /// # }
    /// ```
    pub fn reply<R>(&self, change: impl FnOnce(&mut ReplyMetadata) -> R) -> Option<R> {
        Some(self.incoming()?.reply(change))
    }

    /// Waits until the caller has disconnected or the call has ended. A handler
    /// is dropped then and need not wait for it; tasks that it spawned may.
    ///
    /// Outside a call from a transport it never completes.
    pub async fn cancelled(&self) {
        match self.within() {
            Some(call) => call.wait_for_end().await,
            None => std::future::pending().await,
        }
    }

    /// Refuses a call whose deadline has passed.
    ///
    /// # Errors
    /// [`Code::DeadlineExceeded`].
    pub fn check_deadline(&self, now: Instant) -> Result<(), Status> {
        match self.deadline {
            Some(deadline) if deadline <= now => Err(expired()),
            _ => Ok(()),
        }
    }

    /// Keeps the call open until its transport reports the end of the response;
    /// a call in process ends when its handler returns.
    pub(crate) fn hold_open(&self, mut observer: impl OnStreamEnd + 'static) {
        match &self.within {
            Within::Call(incoming) if incoming.is_from_transport() => {
                incoming.hold_open(Box::new(observer));
            }
            _ => observer.stream_ended(Completion::by(Code::Ok)),
        }
    }

    /// The context that a service called in process sees: the outgoing metadata
    /// of this side is the received metadata of that side, as over a transport.
    pub(crate) fn for_local_call(&self) -> Self {
        // The number that a transport received is found through the parent call.
        if let Within::Call(incoming) = &self.within
            && let Origin::Local { sent: received, .. } = &incoming.origin
            && received.previous_attempts > 0
            && self
                .outgoing
                .as_ref()
                .is_none_or(|sent| sent.previous_attempts == 0)
        {
            return self
                .with_previous_attempts(received.previous_attempts)
                .for_local_call();
        }
        let parent = self.within().cloned();
        let within = match (&self.outgoing, parent) {
            (Some(sent), parent) => {
                let sent = Arc::clone(sent);
                Within::Call(Arc::new(Incoming::new(Origin::Local { sent, parent })))
            }
            (None, Some(parent)) => Within::Local(parent),
            (None, None) => Within::Nothing,
        };
        Self {
            deadline: self.deadline,
            within,
            outgoing: None,
        }
    }

    /// The received part of the call that this is the context of.
    fn incoming(&self) -> Option<&Incoming> {
        match &self.within {
            Within::Call(incoming) => Some(incoming),
            Within::Local(_) | Within::Nothing => None,
        }
    }

    /// The call from a transport whose cancellation applies to this context.
    fn within(&self) -> Option<&Arc<Incoming>> {
        match &self.within {
            Within::Nothing => None,
            Within::Call(incoming) => match &incoming.origin {
                Origin::Transport(_) => Some(incoming),
                Origin::Local { parent, .. } => parent.as_ref(),
            },
            Within::Local(parent) => Some(parent),
        }
    }
}

#[cold]
fn expired() -> Status {
    Status::deadline_exceeded("the deadline had passed before the call started")
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("deadline", &self.deadline)
            .field("peer", &self.peer())
            .field("metadata", self.metadata())
            .field("outgoing", &self.outgoing())
            .finish_non_exhaustive()
    }
}
