//! How a domain error becomes a [`Status`], and the same variant again on
//! the caller's side.

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
    /// The domain errors there are, for documents and consoles.
    const CASES: &'static [ErrorCase];

    /// The code that [`ServiceError::into_status`] will have; it allocates
    /// nothing, so that metrics and breakers may ask on every call.
    fn code(&self) -> Code;

    /// The status that this error holds, where it is no domain error: what
    /// policies ask for a refusal or the time of the next try.
    fn status(&self) -> Option<&Status> {
        None
    }

    /// What travels.
    fn into_status(self) -> Status;

    /// The variant that travelled as this status; anything that is not a
    /// domain error becomes the variant that holds a [`Status`].
    fn from_status(status: Status) -> Self;
}

/// One domain error of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorCase {
    /// The variant's name: `reason` on every wire.
    pub reason: &'static str,
    /// Its code.
    pub code: Code,
    /// The HTTP status it is answered with.
    pub http_status: u16,
    /// Its documentation, as written on the variant.
    pub docs: &'static str,
}

impl ErrorCase {
    /// A domain error, as the derive describes it. `http_status` of `None` is
    /// the code's own.
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
    /// This domain error as it travels, its fields apart.
    #[doc(hidden)]
    pub fn status(&self, message: String) -> Status {
        let status = Status::new(self.code, message).with_reason(self.reason);
        if self.http_status == self.code.http_status() {
            return status;
        }
        status.with_http_status(self.http_status)
    }

    /// Whether a status that arrived says that it is this domain error. The
    /// code is asked too: a failure of another service may pass through with a
    /// reason of the same name.
    #[doc(hidden)]
    pub fn is_case_of(&self, status: &Status) -> bool {
        status.code() == self.code && status.reason() == Some(self.reason)
    }
}

/// The fields of domain errors; derived code calls these.
#[doc(hidden)]
pub mod fields {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::model::status::Status;

    /// The status with one more field. A value that JSON can't hold stays
    /// behind, so that the caller gets the status as it is.
    pub fn write<T: Serialize>(status: Status, name: &'static str, value: &T) -> Status {
        match serde_json::to_value(value) {
            Ok(value) => status.with_field(name, value),
            Err(_) => status,
        }
    }

    /// A field of a status that arrived, where it is there and is a `T`.
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
