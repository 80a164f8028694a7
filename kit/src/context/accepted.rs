//! A call as a transport accepted it.
//!
//! The transport holds it for as long as the call lasts. When it goes, so does
//! the caller: whoever watches the context learns of it then.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::{Context, Incoming, Peer, Received, ReplyMetadata};
#[cfg(feature = "grpc")]
use crate::code::Code;
use crate::metadata::Metadata;
use crate::metrics::OpenCall;

/// A call as a transport accepted it: makes the context that its handler
/// sees, cancels it when dropped, and holds the metadata for the reply.
#[derive(Debug)]
pub struct AcceptedCall {
    context: Context,
}

impl AcceptedCall {
    /// A call with what came in with it.
    pub fn new(metadata: Metadata, peer: Option<Peer>, extensions: http::Extensions) -> Self {
        let incoming = Arc::new(Incoming {
            metadata: Received::Own(metadata),
            peer,
            extensions,
            request_id: OnceLock::new(),
            cancellation: OnceLock::new(),
            reply: OnceLock::new(),
            caller: None,
            open: Mutex::new(None),
        });
        Self {
            context: Context {
                deadline: None,
                cancelled_with: Some(Arc::clone(&incoming)),
                incoming: Some(incoming),
                outgoing: None,
                received: None,
            },
        }
    }

    /// The same with the caller's deadline, that far from now.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.context = self.context.with_timeout(timeout);
        self
    }

    /// The context of the call.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Counts a call whose response streamed as ended; one that is dropped
    /// before was cancelled.
    #[cfg(feature = "grpc")]
    pub(crate) fn finish(&self, code: Code) {
        if let Some(open) = self.take_open() {
            open.finish(code);
        }
    }

    fn take_open(&self) -> Option<OpenCall> {
        let incoming = self.context.incoming.as_ref()?;
        let mut open = incoming.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.take()
    }

    /// What the handler replied with besides its result, if anything.
    pub fn take_reply(&self) -> Option<ReplyMetadata> {
        let reply = self.context.incoming.as_ref()?.reply.get()?;
        Some(std::mem::take(
            &mut *reply.lock().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

impl Drop for AcceptedCall {
    fn drop(&mut self) {
        let _ = self.take_open();
        let Some(call) = &self.context.cancelled_with else {
            return;
        };
        if let Some(token) = call.cancellation.get_or_init(|| None) {
            token.cancel();
        }
    }
}
