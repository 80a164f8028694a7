//! The metadata that a caller sends with its calls, and its slot for the
//! metadata of their responses.

use std::sync::Arc;

use super::reply::ResponseMetadata;
use crate::model::metadata::Metadata;

/// The sent part of the calls made with a context.
#[derive(Clone, Default)]
pub(super) struct Outgoing {
    pub(super) metadata: Option<Arc<Metadata>>,
    pub(super) received: Option<ResponseMetadata>,
    /// 0 means unspecified.
    pub(super) previous_attempts: u32,
}
