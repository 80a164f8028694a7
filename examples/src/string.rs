//! Go kit's `stringsvc`: changes strings to upper case and counts them.

use kit::prelude::*;
use serde::{Deserialize, Serialize};

/// Works on strings.
#[kit::service(name = "pb.Strings")]
#[transport(http, grpc)]
pub trait Strings {
    /// Changes a string to upper case.
    #[endpoint(post = "/uppercase", idempotent)]
    async fn uppercase(&self, s: String) -> Result<UppercaseReply, StringError>;

    /// Counts the bytes of a string.
    #[endpoint(post = "/count", idempotent)]
    async fn count(&self, s: String) -> Result<CountReply, Status>;
}

/// A string in upper case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, kit::Message)]
pub struct UppercaseReply {
    /// The string.
    pub v: String,
}

/// The length of a string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, kit::Message)]
pub struct CountReply {
    /// The length, in bytes.
    pub v: u64,
}

/// Why a call of [`Strings`] failed.
#[derive(Debug, thiserror::Error, kit::ServiceError)]
pub enum StringError {
    /// The string is empty.
    #[error("empty string")]
    #[status(invalid_argument)]
    Empty,
    /// Anything else.
    #[error(transparent)]
    Status(#[from] Status),
}

/// The business logic, and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Basic;

#[kit::service]
impl Strings for Basic {
    async fn uppercase(&self, s: String) -> Result<UppercaseReply, StringError> {
        if s.is_empty() {
            return Err(StringError::Empty);
        }
        Ok(UppercaseReply {
            v: s.to_uppercase(),
        })
    }

    async fn count(&self, s: String) -> Result<CountReply, Status> {
        Ok(CountReply { v: s.len() as u64 })
    }
}
