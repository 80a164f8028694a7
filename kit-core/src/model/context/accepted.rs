//! A call as a transport accepted it.
//!
//! The transport holds it for as long as the call lasts. When it goes, so does
//! the caller: whoever watches the context learns of it then.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Context, Incoming, Origin, Peer, ReplyMetadata, Within};
#[cfg(feature = "grpc")]
use crate::model::completion::Completion;
use crate::model::metadata::Metadata;

/// A call as a transport accepted it: makes the context that its handler
/// sees, cancels it when dropped, and holds the metadata for the reply.
#[derive(Debug)]
pub struct AcceptedCall {
    context: Context,
}

impl AcceptedCall {
    /// A call with what came in with it.
    pub fn new(metadata: Metadata, peer: Option<Peer>, extensions: http::Extensions) -> Self {
        let mut incoming = Incoming::new(Origin::Transport(metadata));
        incoming.peer = peer;
        incoming.extensions = extensions;
        Self {
            context: Context {
                deadline: None,
                within: Within::Call(Arc::new(incoming)),
                outgoing: None,
            },
        }
    }

    /// The same with the caller's deadline, that far from now.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        if let Some(deadline) = Instant::now().checked_add(timeout) {
            let own = self.context.deadline.unwrap_or(deadline);
            self.context.deadline = Some(own.min(deadline));
        }
        self
    }

    /// The context of the call.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Ends a call whose response streamed; one that is dropped before was
    /// cancelled.
    #[cfg(feature = "grpc")]
    pub(crate) fn finish(&self, ended: Completion) {
        let open = self.context.incoming().and_then(Incoming::take_open);
        if let Some(mut open) = open {
            open.stream_ended(ended);
        }
    }

    /// What the handler replied with besides its result, if anything.
    pub fn take_reply(&self) -> Option<ReplyMetadata> {
        self.context.incoming()?.take_reply()
    }
}

impl Drop for AcceptedCall {
    fn drop(&mut self) {
        let Within::Call(call) = &self.context.within else {
            return;
        };
        // With no other context left, nobody watches, and what is still open
        // goes with the last of it.
        if Arc::strong_count(call) > 1 {
            // Its end counts it as cancelled.
            let _ = call.take_open();
            call.end();
        }
    }
}
