//! The completion of a call: its outcome without its types, for policies and
//! metrics.

use crate::model::code::Code;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

/// The completion of a call: its outcome without its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    pub(crate) code: Code,
    /// Whether an inner policy of this process refused the call. Such a
    /// completion is not evidence about the peer.
    pub(crate) refused_here: bool,
}

impl Completion {
    /// The completion of a call with this outcome.
    pub(crate) fn with<T, E: ServiceError>(outcome: &Result<T, E>) -> Self {
        match outcome {
            Ok(_) => Self::by(Code::Ok),
            Err(error) => Self {
                code: error.code(),
                refused_here: error.status().and_then(Status::refusal).is_some(),
            },
        }
    }

    /// A completion with this code.
    pub(crate) const fn by(code: Code) -> Self {
        Self {
            code,
            refused_here: false,
        }
    }
}

/// An observer of the end of a streamed response, after the handler has
/// returned.
///
/// The context of the call holds it until the transport has sent the end of the
/// stream. Dropping it before that counts the call as cancelled.
pub(crate) trait OnStreamEnd: Send {
    /// Records the completion of the stream.
    fn stream_ended(&mut self, completion: Completion);
}
