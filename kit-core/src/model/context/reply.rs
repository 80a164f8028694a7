//! The metadata of a response, on the server and at the caller.

use std::sync::{Arc, Mutex, PoisonError};

use crate::model::metadata::Metadata;

/// The response metadata that a handler sends.
#[derive(Clone, Debug, Default)]
pub struct ReplyMetadata {
    /// Sent before the response: HTTP headers, gRPC initial metadata.
    pub headers: Metadata,
    /// Sent after the response: HTTP headers too, gRPC trailing metadata.
    pub trailers: Metadata,
}

/// A slot for the metadata of a response, which a caller reads after the call.
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
    /// An empty slot for the metadata of one response.
    pub fn new() -> Self {
        Self::default()
    }

    /// Metadata received before the response: HTTP headers, gRPC initial
    /// metadata.
    pub fn headers(&self) -> Metadata {
        self.lock().headers.clone()
    }

    /// Metadata received after the response: gRPC trailing metadata.
    pub fn trailers(&self) -> Metadata {
        self.lock().trailers.clone()
    }

    /// Stores all metadata of a response; for transports.
    pub fn set(&self, reply: ReplyMetadata) {
        *self.lock() = reply;
    }

    /// Stores metadata received before the response; for transports.
    pub fn set_headers(&self, headers: Metadata) {
        self.lock().headers = headers;
    }

    /// Stores metadata received after the response; for transports.
    pub fn set_trailers(&self, trailers: Metadata) {
        self.lock().trailers = trailers;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, ReplyMetadata> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
