//! External services: HTTP services that are not kit's own, such as axum routers
//! and tonic services, mounted under a prefix.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};

use crate::transport::body::{RequestBody, ResponseBody};

/// The boxed future of a response.
pub(crate) type ResponseFuture = Pin<Box<dyn Future<Output = Response<ResponseBody>> + Send>>;

/// An HTTP service that is not kit's own.
pub(crate) trait ExternalService: Send + Sync {
    /// Responds to one request.
    fn respond(&self, request: Request<RequestBody>) -> ResponseFuture;
}

/// An external service and the prefix of the paths that it serves.
pub(crate) struct External {
    pub(crate) prefix: String,
    pub(crate) service: Arc<dyn ExternalService>,
}

impl External {
    pub(crate) fn serves(&self, path: &str) -> bool {
        path.strip_prefix(self.prefix.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
