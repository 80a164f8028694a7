//! Names and values of headers that both sides use.

use http::{HeaderName, HeaderValue};

/// The caller's time-out, in milliseconds.
pub(super) static TIMEOUT: HeaderName = HeaderName::from_static("connect-timeout-ms");
pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(super) static JSON: HeaderValue = HeaderValue::from_static("application/json");
