//! The 17 canonical status codes.
//!
//! The set, the numbers and the mapping to HTTP are those of gRPC and
//! `google.rpc.Code`, so that a status means the same to a Go, Java or Python
//! peer as it does here.

use std::fmt;
use std::str::FromStr;

/// A canonical status code: how a call ended.
///
/// Numbers are gRPC's. [`Code::http_status`] and [`Code::from_http_status`]
/// give the HTTP mapping of `google.rpc.Code`.
///
/// ```
/// use kit::Code;
///
/// assert_eq!(Code::NotFound.number(), 5);
/// assert_eq!(Code::NotFound.http_status(), 404);
/// assert_eq!("not_found".parse(), Ok(Code::NotFound));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Code {
    /// The call succeeded.
    Ok = 0,
    /// The caller cancelled the call or disconnected.
    Cancelled = 1,
    /// The cause is unknown.
    Unknown = 2,
    /// The arguments are invalid, whatever the state of the system.
    InvalidArgument = 3,
    /// The deadline passed before the call ended.
    DeadlineExceeded = 4,
    /// The requested entity does not exist.
    NotFound = 5,
    /// The entity to create exists already.
    AlreadyExists = 6,
    /// The caller is authenticated, but not permitted to make the call.
    PermissionDenied = 7,
    /// A quota, a limit or a resource is exhausted.
    ResourceExhausted = 8,
    /// The system is not in the state that the call needs; a retry does not help.
    FailedPrecondition = 9,
    /// A conflict with a concurrent change; retry from the start.
    Aborted = 10,
    /// A position is past the end.
    OutOfRange = 11,
    /// The method is not implemented or not enabled.
    Unimplemented = 12,
    /// An invariant is violated: a bug.
    Internal = 13,
    /// The service can't be reached at present; a retry may help.
    Unavailable = 14,
    /// Data is lost or corrupted, irrecoverably.
    DataLoss = 15,
    /// The caller is not authenticated.
    Unauthenticated = 16,
}

impl Code {
    /// Every code, in the order of their numbers.
    pub const ALL: [Self; 17] = [
        Self::Ok,
        Self::Cancelled,
        Self::Unknown,
        Self::InvalidArgument,
        Self::DeadlineExceeded,
        Self::NotFound,
        Self::AlreadyExists,
        Self::PermissionDenied,
        Self::ResourceExhausted,
        Self::FailedPrecondition,
        Self::Aborted,
        Self::OutOfRange,
        Self::Unimplemented,
        Self::Internal,
        Self::Unavailable,
        Self::DataLoss,
        Self::Unauthenticated,
    ];

    /// The number on the wire of gRPC.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The code of a gRPC number; a number out of range is [`Code::Unknown`],
    /// as the gRPC specification requires.
    pub const fn from_number(number: u32) -> Self {
        if number < Self::ALL.len() as u32 {
            Self::ALL[number as usize]
        } else {
            Self::Unknown
        }
    }

    /// The name in snake case, as in problem documents and attributes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
            Self::InvalidArgument => "invalid_argument",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::PermissionDenied => "permission_denied",
            Self::ResourceExhausted => "resource_exhausted",
            Self::FailedPrecondition => "failed_precondition",
            Self::Aborted => "aborted",
            Self::OutOfRange => "out_of_range",
            Self::Unimplemented => "unimplemented",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::DataLoss => "data_loss",
            Self::Unauthenticated => "unauthenticated",
        }
    }

    /// The HTTP status that `google.rpc.Code` maps this code to.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Ok => 200,
            Self::Cancelled => 499,
            Self::InvalidArgument | Self::FailedPrecondition | Self::OutOfRange => 400,
            Self::DeadlineExceeded => 504,
            Self::NotFound => 404,
            Self::AlreadyExists | Self::Aborted => 409,
            Self::PermissionDenied => 403,
            Self::ResourceExhausted => 429,
            Self::Unimplemented => 501,
            Self::Unknown | Self::Internal | Self::DataLoss => 500,
            Self::Unavailable => 503,
            Self::Unauthenticated => 401,
        }
    }

    /// The code of an HTTP status that arrived without a problem document, for
    /// example from a proxy.
    ///
    /// It inverts [`Code::http_status`] where that is one to one, and follows
    /// gRPC's "HTTP to gRPC status code mapping" for the statuses of gateways.
    pub const fn from_http_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Ok,
            400 | 405 | 406 | 411 | 414 | 415 | 422 | 431 => Self::InvalidArgument,
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 | 410 => Self::NotFound,
            408 | 504 => Self::DeadlineExceeded,
            409 => Self::Aborted,
            412 | 428 => Self::FailedPrecondition,
            413 | 429 => Self::ResourceExhausted,
            416 => Self::OutOfRange,
            499 => Self::Cancelled,
            500 => Self::Internal,
            501 => Self::Unimplemented,
            502 | 503 => Self::Unavailable,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error of parsing a text that is not the name of a [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected one of the 17 status codes in snake case, as in `not_found`")
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .into_iter()
            .find(|code| code.name() == name)
            .ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_round_trip() {
        for code in Code::ALL {
            assert_eq!(Code::from_number(u32::from(code.number())), code);
            assert_eq!(code.name().parse(), Ok(code));
        }
    }

    #[test]
    fn number_out_of_range_is_unknown() {
        assert_eq!(Code::from_number(17), Code::Unknown);
        assert_eq!(Code::from_number(u32::MAX), Code::Unknown);
    }

    #[test]
    fn http_status_of_one_code_maps_back_to_it() {
        for code in Code::ALL {
            let shared = Code::ALL
                .into_iter()
                .filter(|other| other.http_status() == code.http_status())
                .count()
                > 1;
            if !shared {
                assert_eq!(Code::from_http_status(code.http_status()), code);
            }
        }
    }
}
