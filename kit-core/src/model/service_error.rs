//! Domain errors: their conversion to a [`Status`] and back to the same variant
//! at the caller.

use std::error::Error;

use crate::model::code::Code;
use crate::model::status::Status;

/// An error type that a service method may return.
///
/// Derive it on an enum; [`Status`] implements it too, for methods with no
/// domain errors of their own.
///
/// ```
/// #[derive(Debug, thiserror::Error, kit::ServiceError)]
/// pub enum AddError {
///     #[error("can't sum two zeroes")]
///     #[status(invalid_argument)]
///     TwoZeroes,
///     #[error("result exceeds {limit} characters")]
///     #[status(resource_exhausted, http = 400)]
///     TooLong { limit: u32 },
///     #[error(transparent)]
///     Status(#[from] kit::Status),
/// }
///
/// use kit::ServiceError;
/// let status = AddError::TooLong { limit: 10 }.into_status();
/// assert_eq!(status.reason(), Some("TooLong"));
/// assert!(matches!(AddError::from_status(status), AddError::TooLong { limit: 10 }));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the error of a service method",
    label = "this error can't become a `kit::Status` and back",
    note = "derive it: `#[derive(Debug, thiserror::Error, kit::ServiceError)]`, or return `Result<_, kit::Status>`"
)]
pub trait ServiceError: Error + Send + Sync + Sized + 'static {
    /// All domain errors of the type, for documents and consoles.
    const CASES: &'static [ErrorCase];

    /// The code of [`ServiceError::into_status`]. It must not allocate, as
    /// metrics and breakers call it for every failed call.
    fn code(&self) -> Code;

    /// The status inside this error, if it is not a domain error. Policies read
    /// its refusal and its retry delay.
    fn status(&self) -> Option<&Status> {
        None
    }

    /// Converts the error into the status that is sent.
    fn into_status(self) -> Status;

    /// The variant that was sent as this status; a status that is not a domain
    /// error becomes the variant that holds a [`Status`].
    fn from_status(status: Status) -> Self;
}

/// A domain error of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorCase {
    /// The variant's name: `reason` on every wire.
    pub reason: &'static str,
    /// Its code.
    pub code: Code,
    /// Its HTTP status.
    pub http_status: u16,
    /// Its documentation, as written on the variant.
    pub docs: &'static str,
}

impl ErrorCase {
    /// A domain error, as the derive describes it; `http_status` defaults to that
    /// of the code.
    pub const fn new(
        reason: &'static str,
        code: Code,
        http_status: Option<u16>,
        docs: &'static str,
    ) -> Self {
        let http_status = match http_status {
            Some(status) => status,
            None => code.http_status(),
        };
        Self {
            reason,
            code,
            http_status,
            docs,
        }
    }
}

impl ErrorCase {
    /// The status of this domain error, without its fields.
    #[doc(hidden)]
    pub fn status(&self, message: String) -> Status {
        let status = Status::new(self.code, message).with_reason(self.reason);
        if self.http_status == self.code.http_status() {
            return status;
        }
        status.with_http_status(self.http_status)
    }

    /// Whether a received status is this domain error. The code must match too,
    /// as a forwarded failure of another service may have a reason of the same
    /// name.
    #[doc(hidden)]
    pub fn is_case_of(&self, status: &Status) -> bool {
        status.code() == self.code && status.reason() == Some(self.reason)
    }
}

/// Conversion of the fields of domain errors; called by derived code.
#[doc(hidden)]
pub mod fields {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::model::status::Status;

    /// Adds a field to a status. A value that can't be JSON is left out, so that
    /// the caller still gets the status.
    pub fn write<T: Serialize>(status: Status, name: &'static str, value: &T) -> Status {
        match serde_json::to_value(value) {
            Ok(value) => status.with_field(name, value),
            Err(_) => status,
        }
    }

    /// Reads a field of a received status, if it exists and is a `T`.
    pub fn read<T: DeserializeOwned>(status: &Status, name: &str) -> Option<T> {
        T::deserialize(status.field(name)?).ok()
    }
}

impl ServiceError for Status {
    const CASES: &'static [ErrorCase] = &[];

    fn code(&self) -> Code {
        self.code()
    }

    fn status(&self) -> Option<&Status> {
        Some(self)
    }

    fn into_status(self) -> Status {
        self
    }

    fn from_status(status: Status) -> Self {
        status
    }
}
