//! What came in with a call, shared by every context derived from it.
//!
//! Most handlers look at none of it, and every call over a transport has one:
//! so what few need (an id that must be made, a reply's metadata, somebody who
//! watches) is in a box of its own, made when it is first asked for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio_util::sync::CancellationToken;

use super::outgoing::Outgoing;
use super::peer::Peer;
use super::reply::ReplyMetadata;
use crate::model::completion::OnStreamEnd;
use crate::model::metadata::Metadata;

/// Tells a peer how often a call was tried before. The name is gRPC's.
pub(crate) const PREVIOUS_ATTEMPTS: &str = "grpc-previous-rpc-attempts";

/// What came in with a call.
pub(crate) struct Incoming {
    pub(crate) origin: Origin,
    pub(crate) peer: Option<Peer>,
    pub(crate) extensions: http::Extensions,
    has_ended: AtomicBool,
    seldom: OnceLock<Box<Seldom>>,
}

/// Where a call came from, with its metadata: a transport hands over its own,
/// a call in process shares its caller's.
pub(crate) enum Origin {
    Transport(Metadata),
    Local {
        sent: Arc<Outgoing>,
        /// The call that it was made in.
        around: Option<Arc<Incoming>>,
    },
}

/// What few calls need.
#[derive(Default)]
struct Seldom {
    request_id: OnceLock<String>,
    cancellation: OnceLock<CancellationToken>,
    reply: Mutex<Option<ReplyMetadata>>,
    /// What waits for the end of the call while its response streams.
    open: Mutex<Option<Box<dyn OnStreamEnd>>>,
}

impl Incoming {
    pub(crate) fn new(origin: Origin) -> Self {
        Self {
            origin,
            peer: None,
            extensions: http::Extensions::new(),
            has_ended: AtomicBool::new(false),
            seldom: OnceLock::new(),
        }
    }

    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        match &self.origin {
            Origin::Transport(metadata) => Some(metadata),
            Origin::Local { sent, .. } => sent.metadata.as_deref(),
        }
    }

    /// See [`Context::previous_attempts`](super::Context::previous_attempts).
    pub(crate) fn previous_attempts(&self) -> u32 {
        match &self.origin {
            Origin::Transport(metadata) => metadata
                .get(PREVIOUS_ATTEMPTS)
                .and_then(|attempts| attempts.parse().ok())
                .unwrap_or(0),
            Origin::Local { sent, .. } if sent.previous_attempts > 0 => sent.previous_attempts,
            Origin::Local { around, .. } => {
                around.as_ref().map_or(0, |call| call.previous_attempts())
            }
        }
    }

    pub(crate) fn is_from_transport(&self) -> bool {
        matches!(self.origin, Origin::Transport(_))
    }

    pub(crate) fn request_id(&self) -> &str {
        self.seldom().request_id.get_or_init(|| {
            let came = self.metadata().and_then(|came| came.get("x-request-id"));
            came.map_or_else(request_id, str::to_owned)
        })
    }

    pub(crate) fn reply<R>(&self, change: impl FnOnce(&mut ReplyMetadata) -> R) -> R {
        change(lock(&self.seldom().reply).get_or_insert_default())
    }

    pub(crate) fn take_reply(&self) -> Option<ReplyMetadata> {
        lock(&self.seldom.get()?.reply).take()
    }

    pub(crate) fn hold_open(&self, call: Box<dyn OnStreamEnd>) {
        *lock(&self.seldom().open) = Some(call);
    }

    pub(crate) fn take_open(&self) -> Option<Box<dyn OnStreamEnd>> {
        lock(&self.seldom.get()?.open).take()
    }

    /// Waits for the end of the call.
    pub(crate) async fn ended(&self) {
        let token = self
            .seldom()
            .cancellation
            .get_or_init(CancellationToken::new);
        // The other order than in `end`, so that one of the two sees the other.
        if !self.has_ended.load(Ordering::SeqCst) {
            token.cancelled().await;
        }
    }

    /// Tells all who wait for the end of the call.
    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        let seldom = self.seldom.get();
        if let Some(token) = seldom.and_then(|seldom| seldom.cancellation.get()) {
            token.cancel();
        }
    }

    fn seldom(&self) -> &Seldom {
        self.seldom.get_or_init(Box::default)
    }
}

/// Hands what was replied to a caller in this process.
impl Drop for Incoming {
    fn drop(&mut self) {
        if let Origin::Local { sent, .. } = &self.origin
            && let Some(received) = &sent.received
            && let Some(reply) = self.take_reply()
        {
            received.set(reply);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
