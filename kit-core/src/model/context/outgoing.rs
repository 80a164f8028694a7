//! What a caller sends with its calls, and where it reads what comes back.

use std::sync::Arc;

use super::reply::ResponseMetadata;
use crate::model::metadata::Metadata;

/// What goes out with the calls made with a context, and what comes back.
#[derive(Clone, Default)]
pub(super) struct Outgoing {
    pub(super) metadata: Option<Arc<Metadata>>,
    pub(super) received: Option<ResponseMetadata>,
    /// 0 says nothing.
    pub(super) previous_attempts: u32,
}
