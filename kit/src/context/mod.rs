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
mod reply;

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::code::Code;
use crate::metadata::Metadata;
use crate::metrics::OpenCall;
use crate::status::Status;

pub use accepted::AcceptedCall;
pub use reply::{ReplyMetadata, ResponseMetadata};

tokio::task_local! {
    static CURRENT: Context;
}

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
    incoming: Option<Arc<Incoming>>,
    /// The call whose caller may go away. It differs from `incoming` inside a
    /// service called in process, which has metadata of its own.
    cancelled_with: Option<Arc<Incoming>>,
    outgoing: Option<Arc<Metadata>>,
    received: Option<ResponseMetadata>,
}

/// What came in with a call, shared by every context derived from it.
struct Incoming {
    metadata: Received,
    peer: Option<Peer>,
    extensions: http::Extensions,
    request_id: OnceLock<String>,
    /// Made when somebody first watches; `None` inside once the call is over
    /// and nobody did.
    cancellation: OnceLock<Option<CancellationToken>>,
    /// Boxed, as few handlers reply with metadata and every call has this.
    reply: OnceLock<Box<Mutex<ReplyMetadata>>>,
    /// Where the caller of a call in process reads what was replied.
    caller: Option<ResponseMetadata>,
    /// What counts the call while its response streams.
    open: Mutex<Option<OpenCall>>,
}

/// Metadata that came in: a transport hands over its own; a call in process
/// shares its caller's.
enum Received {
    Own(Metadata),
    Shared(Arc<Metadata>),
}

impl Received {
    fn get(&self) -> &Metadata {
        match self {
            Self::Own(metadata) => metadata,
            Self::Shared(metadata) => metadata,
        }
    }
}

/// The other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// An IP address and port.
    Socket(SocketAddr),
    /// A process on the same machine, over a Unix socket.
    Unix,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address) => address.fmt(f),
            Self::Unix => f.write_str("unix"),
        }
    }
}

impl Context {
    /// A context with no deadline, no metadata and nobody who could cancel.
    pub fn new() -> Self {
        Self::default()
    }

    /// The context of the call that this task is answering, or an empty one.
    pub fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_default()
    }

    /// Runs a future with this as its [`Context::current`].
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// use std::time::Duration;
    /// use kit::Context;
    ///
    /// let cx = Context::new().with_timeout(Duration::from_secs(1));
    /// let deadline = cx.scope(async { Context::current().deadline() }).await;
    /// assert_eq!(deadline, cx.deadline());
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.clone(), future)
    }

    /// Runs a function with this as its [`Context::current`].
    #[cfg(feature = "grpc")]
    pub(crate) fn enter<R>(&self, function: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self.clone(), function)
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
        match &self.incoming {
            Some(incoming) => incoming.metadata.get(),
            None => EMPTY.get_or_init(Metadata::new),
        }
    }

    /// Metadata for the calls made with this context; what came in is not
    /// sent on by itself, as it may hold the caller's credentials.
    pub fn outgoing(&self) -> Option<&Metadata> {
        self.outgoing.as_deref()
    }

    /// This context with metadata for the calls made with it, in place of
    /// what it had.
    #[must_use]
    pub fn with_outgoing(&self, metadata: Metadata) -> Self {
        let mut cx = self.clone();
        cx.outgoing = Some(Arc::new(metadata));
        cx
    }

    /// This context, with the metadata of replies to calls made with it kept
    /// in `received`.
    #[must_use]
    pub fn with_response_metadata(&self, received: &ResponseMetadata) -> Self {
        let mut cx = self.clone();
        cx.received = Some(received.clone());
        cx
    }

    /// Where the metadata of replies goes, if somebody asked for it.
    pub fn response_metadata(&self) -> Option<&ResponseMetadata> {
        self.received.as_ref()
    }

    /// Who called.
    pub fn peer(&self) -> Option<&Peer> {
        self.incoming.as_ref()?.peer.as_ref()
    }

    /// What a neighbour (an axum layer, a connection hook) attached to the
    /// request.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.incoming.as_ref()?.extensions.get()
    }

    /// The request's id: `x-request-id` as it came, or one made when first
    /// asked for. `None` outside a call from a transport.
    pub fn request_id(&self) -> Option<&str> {
        let incoming = self.incoming.as_ref()?;
        let id =
            incoming
                .request_id
                .get_or_init(|| match incoming.metadata.get().get("x-request-id") {
                    Some(id) => id.to_owned(),
                    None => request_id(),
                });
        Some(id)
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
        let incoming = self.incoming.as_ref()?;
        let reply = incoming.reply.get_or_init(Box::default);
        let result = change(&mut reply.lock().unwrap_or_else(PoisonError::into_inner));
        Some(result)
    }

    /// Waits until the caller has gone away or the call has ended. A handler
    /// is dropped then and need not watch; work that it spawned may.
    ///
    /// Outside a call from a transport it waits for ever.
    pub async fn cancelled(&self) {
        let Some(call) = &self.cancelled_with else {
            return std::future::pending().await;
        };
        let watched = || Some(CancellationToken::new());
        if let Some(token) = call.cancellation.get_or_init(watched) {
            token.cancelled().await;
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

    /// Counts the call as going on until its transport says that the response
    /// has ended; a call in process ends where its handler returns.
    pub(crate) fn hold_open(&self, call: OpenCall) {
        match (&self.incoming, &self.cancelled_with) {
            (Some(incoming), Some(accepted)) if Arc::ptr_eq(incoming, accepted) => {
                *incoming.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(call);
            }
            _ => call.finish(Code::Ok),
        }
    }

    /// The context a service sees that is called in process: what this side
    /// sends is what that side receives, as over any transport.
    pub(crate) fn for_local_call(&self) -> Self {
        let incoming = (self.outgoing.is_some() || self.received.is_some()).then(|| {
            Arc::new(Incoming {
                metadata: Received::Shared(self.outgoing.clone().unwrap_or_default()),
                peer: None,
                extensions: http::Extensions::new(),
                request_id: OnceLock::new(),
                cancellation: OnceLock::new(),
                reply: OnceLock::new(),
                caller: self.received.clone(),
                open: Mutex::new(None),
            })
        });
        Self {
            deadline: self.deadline,
            incoming,
            cancelled_with: self.cancelled_with.clone(),
            outgoing: None,
            received: None,
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
            .field("outgoing", &self.outgoing)
            .finish_non_exhaustive()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let Some(caller) = &self.caller else {
            return;
        };
        let Some(reply) = self.reply.take() else {
            return;
        };
        let reply = reply.into_inner().unwrap_or_else(PoisonError::into_inner);
        caller.set(reply);
    }
}

/// An id that is unique among this process's requests and very likely among
/// all: it tells requests apart in logs and guards nothing.
fn request_id() -> String {
    use std::hash::{BuildHasher, RandomState};
    use std::sync::atomic::{AtomicU64, Ordering};

    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let process = *PROCESS.get_or_init(|| RandomState::new().hash_one(std::process::id()));
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{process:016x}{count:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(metadata: Metadata) -> AcceptedCall {
        AcceptedCall::new(metadata, None, http::Extensions::new())
    }

    #[tokio::test]
    async fn the_ambient_context_is_the_innermost_scope() {
        let outer = Context::new().with_timeout(Duration::from_secs(5));
        let inner = outer.with_timeout(Duration::from_secs(1));
        outer
            .scope(async {
                assert_eq!(Context::current().deadline(), outer.deadline());
                inner
                    .scope(async {
                        assert_eq!(Context::current().deadline(), inner.deadline());
                    })
                    .await;
                assert_eq!(Context::current().deadline(), outer.deadline());
            })
            .await;
        assert_eq!(Context::current().deadline(), None);
    }

    #[tokio::test]
    async fn dropping_the_call_cancels_what_watches_it() {
        let call = accepted(Metadata::new());
        let cx = call.context().clone();
        let watch = tokio::spawn(async move { cx.cancelled().await });
        tokio::task::yield_now().await;
        assert!(!watch.is_finished());
        drop(call);
        watch.await.expect("the watcher ends");
    }

    #[tokio::test]
    async fn a_watcher_that_comes_late_still_learns() {
        let call = accepted(Metadata::new());
        let cx = call.context().clone();
        drop(call);
        tokio::time::timeout(Duration::from_secs(5), cx.cancelled())
            .await
            .expect("the call has ended already");
    }

    #[test]
    fn a_local_call_receives_what_was_sent_and_nothing_else() {
        let mut came = Metadata::new();
        came.insert("authorization", "secret").expect("valid");
        let call = accepted(came);
        assert!(call.context().for_local_call().metadata().is_empty());

        let mut sent = Metadata::new();
        sent.insert("x-tenant", "blue").expect("valid");
        let inner = call.context().with_outgoing(sent).for_local_call();
        assert_eq!(inner.metadata().get("x-tenant"), Some("blue"));
        assert_eq!(inner.metadata().get("authorization"), None);
        assert!(inner.outgoing().is_none());
    }

    #[test]
    fn a_local_caller_reads_what_was_replied() {
        let received = ResponseMetadata::new();
        let inner = Context::new()
            .with_response_metadata(&received)
            .for_local_call();
        inner
            .reply(|reply| reply.headers.insert("x-a", "1"))
            .expect("a call has a reply")
            .expect("valid");
        drop(inner);
        assert_eq!(received.headers().get("x-a"), Some("1"));
    }

    #[test]
    fn the_callers_request_id_is_kept_and_a_missing_one_is_made_once() {
        let mut metadata = Metadata::new();
        metadata.insert("x-request-id", "abc").expect("valid");
        assert_eq!(accepted(metadata).context().request_id(), Some("abc"));

        let call = accepted(Metadata::new());
        let id = call.context().request_id().map(str::to_owned);
        assert!(id.is_some());
        assert_eq!(call.context().clone().request_id().map(str::to_owned), id);
    }
}
