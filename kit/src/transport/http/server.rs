//! Answers HTTP/JSON.

use crate::endpoint::Endpoint;
use crate::transport::Remote;

/// Routes of HTTP/JSON methods.
#[derive(Debug, Default)]
pub struct Router;

impl Router {
    pub(crate) fn add<M: Remote, E: Endpoint<M> + 'static>(
        &mut self,
        _endpoint: std::sync::Arc<E>,
    ) {
    }
}
