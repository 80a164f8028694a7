//! A call that a transport has accepted.
//!
//! The transport holds it for the duration of the call. Dropping it means that
//! the caller has disconnected or the call has ended, and cancels the context.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Context, Incoming, Origin, Peer, ReplyMetadata, Within};
use crate::model::completion::Completion;
use crate::model::metadata::Metadata;
use crate::model::service_error::ServiceError;

/// A call that a transport has accepted: it owns the context that the handler
/// sees, cancels it when dropped, and holds the metadata of the response.
#[derive(Debug)]
pub struct AcceptedCall {
    context: Context,
}

impl AcceptedCall {
    /// A call with the metadata, peer and extensions of its request.
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

    /// Sets the caller's deadline, as a timeout from now; an earlier one is kept.
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

    /// Completes a call with a streamed response; dropping it without this
    /// counts it as cancelled.
    pub fn finish<E: ServiceError>(&self, outcome: &Result<(), E>) {
        let open = self.context.incoming().and_then(Incoming::take_open);
        if let Some(mut open) = open {
            open.stream_ended(Completion::with(outcome));
        }
    }

    /// Takes the metadata that the handler set for the response, if any.
    pub fn take_reply(&self) -> Option<ReplyMetadata> {
        self.context.incoming()?.take_reply()
    }
}

impl Drop for AcceptedCall {
    fn drop(&mut self) {
        let Within::Call(call) = &self.context.within else {
            return;
        };
        // Without another context there is no watcher, and an open stream is
        // dropped with the last one.
        if Arc::strong_count(call) > 1 {
            // Dropping it counts the call as cancelled.
            let _ = call.take_open();
            call.end();
        }
    }
}
