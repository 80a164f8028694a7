//! The received part of a call, shared by every context derived from it.
//!
//! Every call over a transport has one, and most handlers read none of it. So
//! the rarely used parts (a generated request id, response metadata, a watcher
//! of the cancellation) are in a box of their own, allocated on first use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio_util::sync::CancellationToken;

use super::outgoing::Outgoing;
use super::peer::Peer;
use super::reply::ReplyMetadata;
use crate::model::completion::OnStreamEnd;
use crate::model::metadata::{Metadata, PREVIOUS_ATTEMPTS};

/// The received part of a call.
pub(crate) struct Incoming {
    pub(crate) origin: Origin,
    pub(crate) peer: Option<Peer>,
    pub(crate) extensions: http::Extensions,
    has_ended: AtomicBool,
    rare: OnceLock<Box<Rare>>,
}

/// The origin of a call, with its metadata: owned for a call over a transport,
/// shared with the caller for a call in process.
pub(crate) enum Origin {
    Transport(Metadata),
    Local {
        sent: Arc<Outgoing>,
        /// The call whose handler made this one.
        parent: Option<Arc<Incoming>>,
    },
}

/// The parts that few calls use.
#[derive(Default)]
struct Rare {
    request_id: OnceLock<String>,
    cancellation: OnceLock<CancellationToken>,
    reply: Mutex<Option<ReplyMetadata>>,
    /// The observer of the end of a streamed response.
    open: Mutex<Option<Box<dyn OnStreamEnd>>>,
}

impl Incoming {
    pub(crate) fn new(origin: Origin) -> Self {
        Self {
            origin,
            peer: None,
            extensions: http::Extensions::new(),
            has_ended: AtomicBool::new(false),
            rare: OnceLock::new(),
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
            Origin::Local { parent, .. } => {
                parent.as_ref().map_or(0, |call| call.previous_attempts())
            }
        }
    }

    pub(crate) fn is_from_transport(&self) -> bool {
        matches!(self.origin, Origin::Transport(_))
    }

    pub(crate) fn request_id(&self) -> &str {
        self.rare().request_id.get_or_init(|| {
            let metadata = self.metadata();
            let received = metadata.and_then(|metadata| metadata.get("x-request-id"));
            received.map_or_else(generate_request_id, str::to_owned)
        })
    }

    pub(crate) fn reply<R>(&self, change: impl FnOnce(&mut ReplyMetadata) -> R) -> R {
        change(lock(&self.rare().reply).get_or_insert_default())
    }

    pub(crate) fn take_reply(&self) -> Option<ReplyMetadata> {
        lock(&self.rare.get()?.reply).take()
    }

    pub(crate) fn hold_open(&self, observer: Box<dyn OnStreamEnd>) {
        *lock(&self.rare().open) = Some(observer);
    }

    pub(crate) fn take_open(&self) -> Option<Box<dyn OnStreamEnd>> {
        lock(&self.rare.get()?.open).take()
    }

    /// Waits for the end of the call.
    pub(crate) async fn wait_for_end(&self) {
        let token = self.rare().cancellation.get_or_init(CancellationToken::new);
        // The reverse order of `end`, so that at least one of the two sees the
        // write of the other.
        if !self.has_ended.load(Ordering::SeqCst) {
            token.cancelled().await;
        }
    }

    /// Ends the call, and wakes all who wait for that.
    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        let rare = self.rare.get();
        if let Some(token) = rare.and_then(|rare| rare.cancellation.get()) {
            token.cancel();
        }
    }

    fn rare(&self) -> &Rare {
        self.rare.get_or_init(Box::default)
    }
}

/// Passes the response metadata to a caller in this process.
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

/// A request id, unique in this process and very likely everywhere. It is for
/// logs: it is predictable, and no security depends on it.
fn generate_request_id() -> String {
    use std::hash::{BuildHasher, RandomState};
    use std::sync::atomic::{AtomicU64, Ordering};

    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let process = *PROCESS.get_or_init(|| RandomState::new().hash_one(std::process::id()));
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{process:016x}{count:016x}")
}
