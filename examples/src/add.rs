//! Go kit's `addsvc`: adds integers and joins strings, within limits.

use kit::prelude::*;
use serde::{Deserialize, Serialize};

/// Sums that do not fit in this are refused, as Go kit's `addsvc` does.
const LARGEST_SUM: i64 = i32::MAX as i64;

/// Joined strings longer than this are refused.
const LONGEST: usize = 10;

/// Adds numbers and joins strings.
#[kit::service(name = "pb.Add")]
#[transport(http, grpc)]
#[timeout("2s")]
pub trait Add {
    /// Sums two integers.
    #[endpoint(post = "/sum", idempotent)]
    async fn sum(&self, a: i64, b: i64) -> Result<SumReply, AddError>;

    /// Joins two strings.
    #[endpoint(post = "/concat", idempotent)]
    async fn concat(&self, a: String, b: String) -> Result<ConcatReply, AddError>;
}

/// The sum of two integers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, kit::Message)]
pub struct SumReply {
    /// The sum.
    pub v: i64,
}

/// Two strings as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, kit::Message)]
pub struct ConcatReply {
    /// The first string, then the second.
    pub v: String,
}

/// Why a call of [`Add`] failed.
#[derive(Debug, thiserror::Error, kit::ServiceError)]
pub enum AddError {
    /// Both numbers are zero.
    #[error("can't sum two zeroes")]
    #[status(invalid_argument)]
    TwoZeroes,
    /// The sum is larger than a 32-bit integer.
    #[error("integer overflow")]
    #[status(out_of_range)]
    Overflow,
    /// The joined string is too long.
    #[error("result exceeds {limit} characters")]
    #[status(resource_exhausted, http = 400)]
    TooLong {
        /// The longest result there may be, in bytes.
        limit: u32,
    },
    /// Anything else.
    #[error(transparent)]
    Status(#[from] Status),
}

/// The business logic, and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Basic;

#[kit::service]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<SumReply, AddError> {
        if a == 0 && b == 0 {
            return Err(AddError::TwoZeroes);
        }
        match a.checked_add(b) {
            Some(v) if v.abs() <= LARGEST_SUM => Ok(SumReply { v }),
            _ => Err(AddError::Overflow),
        }
    }

    async fn concat(&self, a: String, b: String) -> Result<ConcatReply, AddError> {
        if a.len() + b.len() > LONGEST {
            let limit = LONGEST as u32;
            return Err(AddError::TooLong { limit });
        }
        Ok(ConcatReply { v: a + &b })
    }
}
