//! The status of a failed call: a code, a message, and details for programs.
//!
//! A [`Status`] is one pointer wide, so that a `Result` with it stays small and
//! successful calls don't pay for the size of errors.

pub(crate) mod refusal;
mod refused;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::model::code::Code;
use crate::model::metadata::Metadata;
use crate::model::status::refusal::Refusal;

/// A failed call: a [`Code`], a message for people, and details for programs.
///
/// Over HTTP it is an RFC 9457 problem document, over gRPC the trailers
/// `grpc-status`, `grpc-message` and `grpc-status-details-bin`.
///
/// ```
/// use kit::{Code, Status};
///
/// let status = Status::new(Code::NotFound, "no item 7").with_reason("NoSuchItem");
/// assert_eq!(status.code(), Code::NotFound);
/// assert_eq!(status.message(), "no item 7");
/// assert_eq!(status.to_string(), "not_found: no item 7");
/// ```
#[derive(Clone)]
pub struct Status(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: Code,
    message: Cow<'static, str>,
    reason: Option<Cow<'static, str>>,
    fields: Vec<(Cow<'static, str>, serde_json::Value)>,
    details: Vec<Detail>,
    metadata: Option<Metadata>,
    http_status: Option<u16>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn Error + Send + Sync>>,
    refusal: Option<Refusal>,
}

/// A typed detail of a status: a protobuf message and its type, as in
/// `google.protobuf.Any`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The type, as in `type.googleapis.com/google.rpc.RetryInfo`.
    pub type_url: String,
    /// The message, encoded as protobuf.
    pub value: Bytes,
}

impl Status {
    /// A status with a code and a message for people.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            reason: None,
            fields: Vec::new(),
            details: Vec::new(),
            metadata: None,
            http_status: None,
            retry_after: None,
            source: None,
            refusal: None,
        }))
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The reason, a stable name of this failure within its service: the variant
    /// of a [`ServiceError`](crate::ServiceError), `reason` in a problem document
    /// and in `google.rpc.ErrorInfo`.
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Sets the reason; see [`Status::reason`].
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.0.reason = Some(reason.into());
        self
    }

    /// The fields, values that belong to the reason: those of a refusal first,
    /// then the others in the order they were added.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &serde_json::Value)> {
        let refused = self.0.refusal.iter().flat_map(Refusal::fields);
        let own = self.0.fields.iter().map(|(name, value)| (&**name, value));
        refused.chain(own)
    }

    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<&serde_json::Value> {
        self.fields()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Adds a field, a value that belongs to the reason.
    #[must_use]
    pub fn with_field(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<serde_json::Value>,
    ) -> Self {
        self.0.fields.push((name.into(), value.into()));
        self
    }

    /// The typed details, encoded.
    pub fn details(&self) -> &[Detail] {
        &self.0.details
    }

    /// Adds an encoded detail; see [`Status::with_detail`] for a typed one.
    #[must_use]
    pub fn with_raw_detail(mut self, detail: Detail) -> Self {
        self.0.details.push(detail);
        self
    }

    /// The metadata that is sent with the status.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.0.metadata.as_ref()
    }

    /// Sets the metadata that is sent with the status: headers of an HTTP
    /// response, trailers of a gRPC one.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Metadata) -> Self {
        self.0.metadata = Some(metadata);
        self
    }

    /// The HTTP status: the one set by [`Status::with_http_status`], by default
    /// that of the code.
    pub fn http_status(&self) -> u16 {
        self.0
            .http_status
            .unwrap_or_else(|| self.0.code.http_status())
    }

    /// Sets an HTTP status other than that of the code.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    /// How long to wait before the next attempt, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Sets how long the caller is to wait before the next attempt: `Retry-After`
    /// over HTTP, `google.rpc.RetryInfo` and `grpc-retry-pushback-ms` over
    /// gRPC. [`Duration::MAX`] means not to retry.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The refusal that caused this status, if a policy of this process refused
    /// the call. A refusal by a peer arrives only as the fields `policy` and
    /// `state`.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.refusal.as_ref()
    }

    /// Sets the refusal that caused this status.
    #[must_use]
    pub(crate) fn with_refusal(mut self, refusal: Refusal) -> Self {
        self.0.refusal = Some(refusal);
        self
    }

    /// Sets the error that caused this one. It is never sent: callers must not see
    /// the internals of a server.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut out = f.debug_struct("Status");
        out.field("code", &inner.code)
            .field("message", &inner.message);
        if let Some(reason) = &inner.reason {
            out.field("reason", reason);
        }
        if self.fields().next().is_some() {
            let fields: Vec<_> = self.fields().collect();
            out.field("fields", &fields);
        }
        if !inner.details.is_empty() {
            out.field("details", &inner.details);
        }
        if let Some(source) = &inner.source {
            out.field("source", source);
        }
        out.finish_non_exhaustive()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.message.is_empty() {
            return f.write_str(self.0.code.name());
        }
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl Error for Status {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

macro_rules! constructors {
    ($($name:ident => $code:ident,)+) => {
        /// A constructor for each code, with a message.
        impl Status {
            $(
                #[doc = concat!("A status with [`Code::", stringify!($code), "`].")]
                pub fn $name(message: impl Into<Cow<'static, str>>) -> Self {
                    Self::new(Code::$code, message)
                }
            )+
        }
    };
}

constructors! {
    cancelled => Cancelled,
    unknown => Unknown,
    invalid_argument => InvalidArgument,
    deadline_exceeded => DeadlineExceeded,
    not_found => NotFound,
    already_exists => AlreadyExists,
    permission_denied => PermissionDenied,
    resource_exhausted => ResourceExhausted,
    failed_precondition => FailedPrecondition,
    aborted => Aborted,
    out_of_range => OutOfRange,
    unimplemented => Unimplemented,
    internal => Internal,
    unavailable => Unavailable,
    data_loss => DataLoss,
    unauthenticated => Unauthenticated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_pointer_wide() {
        assert_eq!(size_of::<Status>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Status>>(), size_of::<usize>());
    }

    #[test]
    fn display_has_the_code_and_the_message() {
        assert_eq!(
            Status::internal("disk on fire").to_string(),
            "internal: disk on fire"
        );
        assert_eq!(Status::cancelled("").to_string(), "cancelled");
    }

    #[test]
    fn explicit_http_status_overrides_that_of_the_code() {
        let status = Status::resource_exhausted("too long");
        assert_eq!(status.http_status(), 429);
        assert_eq!(status.with_http_status(400).http_status(), 400);
    }

    #[test]
    fn the_source_is_kept() {
        let status = Status::unavailable("no response").with_source("refused");
        assert_eq!(
            status.source().map(ToString::to_string).as_deref(),
            Some("refused")
        );
    }
}
