//! Services that are not kit's own, such as axum routers and tonic services,
//! mounted under a prefix.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};

use crate::transport::body::{RequestBody, ResponseBody};

/// The future of an answer.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Response<ResponseBody>> + Send>>;

/// A service that is not kit's own.
pub(crate) trait ExternalService: Send + Sync {
    /// Answers one request.
    fn answer(&self, request: Request<RequestBody>) -> Answer;
}

/// An external service and the paths it answers.
pub(crate) struct External {
    pub(crate) prefix: String,
    pub(crate) service: Arc<dyn ExternalService>,
}

impl External {
    pub(crate) fn answers(&self, path: &str) -> bool {
        path.strip_prefix(self.prefix.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
