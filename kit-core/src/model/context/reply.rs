//! Metadata that goes back with a reply, and where a caller reads it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::model::metadata::Metadata;

/// Metadata that a handler sends back.
#[derive(Clone, Debug, Default)]
pub struct ReplyMetadata {
    /// Sent before the reply: HTTP headers, gRPC initial metadata.
    pub headers: Metadata,
    /// Sent after the reply: HTTP headers too, gRPC trailing metadata.
    pub trailers: Metadata,
}

/// The metadata of a reply, as a caller receives it.
///
/// ```no_run
/// # async fn call() -> Result<(), kit::Status> { Ok(()) }
/// # async fn example() -> Result<(), kit::Status> {
/// use kit::{Context, ResponseMetadata};
///
/// let received = ResponseMetadata::new();
/// Context::current().with_response_metadata(&received).scope(call()).await?;
/// println!("{:?}", received.headers().get("x-served-by"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct ResponseMetadata(Arc<Mutex<ReplyMetadata>>);

impl ResponseMetadata {
    /// A place for the metadata of one reply.
    pub fn new() -> Self {
        Self::default()
    }

    /// What came before the reply: HTTP headers, gRPC initial metadata.
    pub fn headers(&self) -> Metadata {
        self.lock().headers.clone()
    }

    /// What came after the reply: gRPC trailing metadata.
    pub fn trailers(&self) -> Metadata {
        self.lock().trailers.clone()
    }

    /// Keeps what came with a reply; for transports.
    pub fn set(&self, reply: ReplyMetadata) {
        *self.lock() = reply;
    }

    /// Keeps what came before the reply; for transports.
    pub fn set_headers(&self, headers: Metadata) {
        self.lock().headers = headers;
    }

    /// Keeps what came after the reply; for transports.
    pub fn set_trailers(&self, trailers: Metadata) {
        self.lock().trailers = trailers;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, ReplyMetadata> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
