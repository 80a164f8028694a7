//! How a call ended, as far as policies and metrics need to know.

use crate::model::code::Code;
use crate::model::service_error::ServiceError;
use crate::model::status::Status;

/// How a call ended: what is left of an outcome once its types are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    pub(crate) code: Code,
    /// Whether a policy of this process refused the call further in, so that
    /// it says nothing of the peer.
    pub(crate) refused_here: bool,
}

impl Completion {
    /// The end of a call with this outcome.
    pub(crate) fn with<T, E: ServiceError>(outcome: &Result<T, E>) -> Self {
        match outcome {
            Ok(_) => Self::by(Code::Ok),
            Err(error) => Self {
                code: error.code(),
                refused_here: error.status().and_then(Status::refusal).is_some(),
            },
        }
    }

    /// An end with this code.
    pub(crate) const fn by(code: Code) -> Self {
        Self {
            code,
            refused_here: false,
        }
    }
}

/// Counts a call whose response streams on after its handler has returned.
///
/// The context of the call keeps it until the transport has sent the end of the
/// stream. One that is dropped before its end was cancelled.
pub(crate) trait OnStreamEnd: Send {
    /// Records how the stream ended.
    fn stream_ended(&mut self, completion: Completion);
}
