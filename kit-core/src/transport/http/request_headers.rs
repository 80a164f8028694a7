//! The headers of a request, parsed and checked.

use std::time::Duration;

use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use http_body::Body as _;

use super::headers::JSON;
use super::media::{self, Accept};
use super::problem::with_header;
use super::router::Route;
use crate::model::status::Status;
use crate::transport::body::RequestBody;

/// The headers of a request that the transport uses, read in one pass.
#[derive(Debug)]
pub(super) struct RequestHeaders {
    accept: Accept,
    /// Whether the content type is JSON; `None` without one.
    content_type: Option<bool>,
    encoded: bool,
    /// Whether the content type is gRPC's.
    pub(super) is_grpc: bool,
    pub(super) has_request_id: bool,
    timeout: Result<Option<Duration>, BadTimeout>,
}

#[derive(Clone, Copy, Debug)]
struct BadTimeout;

impl RequestHeaders {
    /// Reads the headers. [`RequestHeaders::check`] reports what is invalid.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut read = Self {
            accept: Accept::default(),
            content_type: None,
            encoded: false,
            is_grpc: false,
            has_request_id: false,
            timeout: Ok(None),
        };
        for (name, value) in headers {
            match name.as_str() {
                "content-type" => {
                    let is_json = media::is_json(value);
                    read.content_type = Some(is_json);
                    read.is_grpc = !is_json && value.as_bytes().starts_with(b"application/grpc");
                }
                "accept" => read.accept.read(value),
                "content-encoding" => read.encoded |= value != "identity",
                "x-request-id" => read.has_request_id = true,
                "connect-timeout-ms" => read.timeout = timeout(value).map(Some),
                _ => {}
            }
        }
        read
    }

    /// The caller's time-out, if it has a valid one.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.timeout.unwrap_or_default()
    }

    /// Checks that the method can read the body, and the caller the response.
    pub(super) fn check(&self, route: &Route, body: &RequestBody) -> Result<(), Status> {
        if let Err(BadTimeout) = self.timeout {
            return Err(bad_timeout());
        }
        if route.route.status != StatusCode::NO_CONTENT.as_u16() && !self.accept.accepts_json() {
            return Err(not_acceptable());
        }
        if !route.has_body || body.is_end_stream() {
            return Ok(());
        }
        match self.content_type {
            Some(true) if self.encoded => Err(encoded()),
            Some(true) => Ok(()),
            Some(false) => Err(unsupported("the body is not `application/json` in UTF-8")),
            None => Err(unsupported("the body has no `content-type`")),
        }
    }
}

/// Parses the time-out: up to ten digits, as in the Connect protocol.
fn timeout(value: &HeaderValue) -> Result<Duration, BadTimeout> {
    let digits = value.as_bytes();
    if digits.is_empty() || digits.len() > 10 || !digits.iter().all(u8::is_ascii_digit) {
        return Err(BadTimeout);
    }
    let milliseconds = digits
        .iter()
        .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Ok(Duration::from_millis(milliseconds))
}

#[cold]
fn bad_timeout() -> Status {
    Status::invalid_argument(
        "header `connect-timeout-ms`: expected up to 10 digits, as in `connect-timeout-ms: 1500`",
    )
}

#[cold]
fn not_acceptable() -> Status {
    Status::invalid_argument("`accept` does not cover `application/json`, the only type available")
        .with_http_status(406)
}

#[cold]
fn unsupported(message: &'static str) -> Status {
    let status = Status::invalid_argument(message).with_http_status(415);
    with_header(status, header::ACCEPT, JSON.clone())
}

#[cold]
fn encoded() -> Status {
    let status = Status::invalid_argument("the body has a `content-encoding`: none is supported")
        .with_http_status(415);
    let identity = HeaderValue::from_static("identity");
    with_header(status, header::ACCEPT_ENCODING, identity)
}
