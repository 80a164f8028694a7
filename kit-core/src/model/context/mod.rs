//! What surrounds a call: deadline, cancellation, metadata, peer.
//!
//! A [`Context`] is explicit where a method or middleware takes `&Context`,
//! and ambient otherwise: while a handler runs, [`Context::current`] is the
//! context of the call it answers, so that a call made inside it inherits the
//! deadline and the cancellation with nothing passed by hand.
//!
//! It is never mutated. Deriving one (`with_…`) copies a few pointers; nothing
//! is allocated for a call that carries no metadata.

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
#[cfg(feature = "transport")]
#[cfg(any(feature = "http", feature = "grpc"))]
pub(crate) use incoming::PREVIOUS_ATTEMPTS;
use incoming::{Incoming, Origin};
use outgoing::Outgoing;
pub use peer::Peer;
pub use reply::{ReplyMetadata, ResponseMetadata};

/// What surrounds a call; see the [module](self).
///
/// ```
/// use std::time::Duration;
/// use kit::Context;
///
/// let cx = Context::new().with_timeout(Duration::from_secs(2));
/// let shorter = cx.with_timeout(Duration::from_millis(50));
/// // A derived deadline never moves later than the one it came from.
/// assert!(shorter.deadline() < cx.deadline());
/// assert_eq!(shorter.with_timeout(Duration::from_secs(60)).deadline(), shorter.deadline());
/// ```
#[derive(Clone, Default)]
pub struct Context {
    deadline: Option<Instant>,
    within: Within,
    /// Allocated for those who send metadata, or read what comes back.
    outgoing: Option<Arc<Outgoing>>,
}

/// The call that something is done in.
#[derive(Clone, Default)]
enum Within {
    /// None: nobody could cancel.
    #[default]
    Nothing,
    /// The call that a handler answers.
    Call(Arc<Incoming>),
    /// A call in process, which came with nothing, made inside this one: all
    /// they share is who may go away.
    Local(Arc<Incoming>),
}

impl Context {
    /// A context with no deadline, no metadata and nobody who could cancel.
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

    /// When the call must have ended. The clock is tokio's, so that a test
    /// may pause it.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The time left until the deadline: zero once it has passed, `None`
    /// where there is none.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// This context with a deadline, unless its own is sooner.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        let mut cx = self.clone();
        cx.deadline = Some(self.deadline.map_or(deadline, |own| own.min(deadline)));
        cx
    }

    /// This context with a deadline that far from now, unless its own is
    /// sooner.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        match Instant::now().checked_add(timeout) {
            Some(deadline) => self.with_deadline(deadline),
            None => self.clone(),
        }
    }

    /// Metadata that came with the call: HTTP headers, gRPC metadata.
    pub fn metadata(&self) -> &Metadata {
        static EMPTY: OnceLock<Metadata> = OnceLock::new();
        self.incoming()
            .and_then(|incoming| incoming.metadata())
            .unwrap_or_else(|| EMPTY.get_or_init(Metadata::new))
    }

    /// Metadata for the calls made with this context; what came in is not
    /// sent on by itself, as it may hold the caller's credentials.
    pub fn outgoing(&self) -> Option<&Metadata> {
        self.outgoing.as_ref()?.metadata.as_deref()
    }

    /// This context with metadata for the calls made with it, in place of
    /// what it had.
    #[must_use]
    pub fn with_outgoing(&self, metadata: Metadata) -> Self {
        let metadata = Some(Arc::new(metadata));
        self.with(|outgoing| outgoing.metadata = metadata)
    }

    /// This context, with the metadata of replies to calls made with it kept
    /// in `received`.
    #[must_use]
    pub fn with_response_metadata(&self, received: &ResponseMetadata) -> Self {
        let received = Some(received.clone());
        self.with(|outgoing| outgoing.received = received)
    }

    /// How often the work that this context is for was tried before: the call
    /// that is made with it, or one on whose behalf it is made. 0 is a first
    /// try.
    ///
    /// It came with the call (`grpc-previous-rpc-attempts`, over HTTP too) and
    /// goes on with the calls made for it, so that a floor far below knows
    /// that a floor far above tries again, and need not do so itself.
    pub fn previous_attempts(&self) -> u32 {
        let own = self.outgoing.as_ref().map(|sent| sent.previous_attempts);
        match (own, &self.within) {
            (Some(own @ 1..), _) => own,
            (_, Within::Call(incoming) | Within::Local(incoming)) => incoming.previous_attempts(),
            (_, Within::Nothing) => 0,
        }
    }

    /// This context for calls whose work was tried that often before; for
    /// policies that try again.
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

    /// Where the metadata of replies goes, if somebody asked for it.
    pub fn response_metadata(&self) -> Option<&ResponseMetadata> {
        self.outgoing.as_ref()?.received.as_ref()
    }

    /// Who called.
    pub fn peer(&self) -> Option<&Peer> {
        self.incoming()?.peer.as_ref()
    }

    /// What a neighbour (an axum layer, a connection hook) attached to the
    /// request.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.incoming()?.extensions.get()
    }

    /// The request's id: `x-request-id` as it came, or one made when first
    /// asked for. `None` outside a call from a transport.
    pub fn request_id(&self) -> Option<&str> {
        Some(self.incoming()?.request_id())
    }

    /// Changes the metadata that goes back with the reply. Outside a handler
    /// there is no reply, and nothing happens.
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

    /// Waits until the caller has gone away or the call has ended. A handler
    /// is dropped then and need not watch; work that it spawned may.
    ///
    /// Outside a call from a transport it waits for ever.
    pub async fn cancelled(&self) {
        match self.within() {
            Some(call) => call.ended().await,
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

    /// Has the call go on until its transport says that the response
    /// has ended; a call in process ends where its handler returns.
    pub(crate) fn hold_open(&self, mut call: impl OnStreamEnd + 'static) {
        match &self.within {
            Within::Call(incoming) if incoming.is_from_transport() => {
                incoming.hold_open(Box::new(call));
            }
            _ => call.stream_ended(Completion::by(Code::Ok)),
        }
    }

    /// The context a service sees that is called in process: what this side
    /// sends is what that side receives, as over any transport.
    pub(crate) fn for_local_call(&self) -> Self {
        // What a transport brought is found through the call around.
        if let Within::Call(incoming) = &self.within
            && let Origin::Local { sent: came, .. } = &incoming.origin
            && came.previous_attempts > 0
            && self
                .outgoing
                .as_ref()
                .is_none_or(|sent| sent.previous_attempts == 0)
        {
            return self
                .with_previous_attempts(came.previous_attempts)
                .for_local_call();
        }
        let around = self.within().cloned();
        let within = match (&self.outgoing, around) {
            (Some(sent), around) => {
                let sent = Arc::clone(sent);
                Within::Call(Arc::new(Incoming::new(Origin::Local { sent, around })))
            }
            (None, Some(around)) => Within::Local(around),
            (None, None) => Within::Nothing,
        };
        Self {
            deadline: self.deadline,
            within,
            outgoing: None,
        }
    }

    /// What came in with the call that this is the context of.
    fn incoming(&self) -> Option<&Incoming> {
        match &self.within {
            Within::Call(incoming) => Some(incoming),
            Within::Local(_) | Within::Nothing => None,
        }
    }

    /// The call whose caller may go away.
    fn within(&self) -> Option<&Arc<Incoming>> {
        match &self.within {
            Within::Nothing => None,
            Within::Call(incoming) => match &incoming.origin {
                Origin::Transport(_) => Some(incoming),
                Origin::Local { around, .. } => around.as_ref(),
            },
            Within::Local(around) => Some(around),
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
