//! A status in headers: `grpc-status`, `grpc-message` and
//! `grpc-status-details-bin`, and the status of a response without them.

use std::time::Duration;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, TE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, percent_encode};

use crate::model::code::Code;
use crate::model::metadata::Metadata;
use crate::model::status::Status;

pub(super) const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(super) const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
pub(super) const GRPC_DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
pub(super) const GRPC_PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");
pub(super) const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
pub(super) const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
pub(super) const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
pub(super) const CONTENT_TYPE_GRPC: HeaderValue = HeaderValue::from_static("application/grpc");

/// Printable ASCII is not escaped, except the escape character itself.
const MESSAGE: &AsciiSet = &CONTROLS.add(b'%');

/// The trailers of a call that succeeded.
pub(super) fn ok_trailers() -> HeaderMap {
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
    trailers
}

/// Adds a failure to headers or trailers. `service` is the domain of its
/// reason.
pub(super) fn write(status: &Status, service: &str, headers: &mut HeaderMap) {
    if let Some(metadata) = status.metadata() {
        write_metadata(metadata, headers);
    }
    headers.insert(
        GRPC_STATUS,
        HeaderValue::from(u16::from(status.code().number())),
    );
    if !status.message().is_empty() {
        let message = percent_encode(status.message().as_bytes(), MESSAGE).to_string();
        if let Ok(message) = HeaderValue::try_from(message) {
            headers.insert(GRPC_MESSAGE, message);
        }
    }
    if let Some(wait) = status.retry_after() {
        headers.insert(GRPC_PUSHBACK, pushback(wait));
    }
    if let Some(details) = status.to_rpc(service) {
        let mut metadata = Metadata::from(std::mem::take(headers));
        // The name is a constant that ends in `-bin`.
        let _ = metadata.insert_bin(GRPC_DETAILS.as_str(), details);
        *headers = metadata.into_headers();
    }
}

/// The status in headers or trailers, if they have one: `Ok(())` for
/// `grpc-status: 0`. A failure keeps the other headers as its metadata.
/// `service` is the service that was called.
pub(super) fn read(headers: &HeaderMap, service: &str) -> Option<Result<(), Status>> {
    let number = headers.get(GRPC_STATUS)?;
    if number == "0" {
        return Some(Ok(()));
    }
    Some(Err(failure(number, headers, service)))
}

#[cold]
fn failure(number: &HeaderValue, headers: &HeaderMap, service: &str) -> Status {
    let code = number
        .to_str()
        .ok()
        .and_then(|number| number.parse().ok())
        .map_or(Code::Unknown, Code::from_number);
    let message = headers
        .get(GRPC_MESSAGE)
        .map_or_else(String::new, |message| {
            percent_decode(message.as_bytes())
                .decode_utf8_lossy()
                .into_owned()
        });
    let metadata = Metadata::from(headers.clone());
    let details = metadata
        .get_bin(GRPC_DETAILS.as_str())
        .and_then(|details| Status::from_rpc(details, service).ok())
        // Details of another failure do not describe this one.
        .filter(|details| details.code() == code && details.message() == message);
    let mut status = details.unwrap_or_else(|| Status::new(code, message));
    if let Some(pushback) = headers.get(GRPC_PUSHBACK) {
        status = with_pushback(status, pushback);
    }
    let metadata = received_metadata(metadata.into_headers());
    if metadata.is_empty() {
        return status;
    }
    status.with_metadata(metadata)
}

/// Whole milliseconds, rounded up: a shorter wait would have the caller retry
/// too soon. A negative number means never to retry.
fn pushback(wait: Duration) -> HeaderValue {
    if wait == Duration::MAX {
        return HeaderValue::from_static("-1");
    }
    let milliseconds = wait.as_nanos().div_ceil(1_000_000);
    HeaderValue::from(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}

/// Adds a pushback to a status. A `RetryInfo` among the details has the same
/// wait to the nanosecond and takes precedence; only the pushback can mean
/// never to retry. gRPC gives a value that is not a number the same meaning.
fn with_pushback(status: Status, pushback: &HeaderValue) -> Status {
    let milliseconds = pushback
        .to_str()
        .ok()
        .and_then(|number| number.parse().ok());
    match (milliseconds, status.retry_after()) {
        (None, _) => status.with_retry_after(Duration::MAX),
        (Some(_), Some(_)) => status,
        (Some(milliseconds), None) => status.with_retry_after(Duration::from_millis(milliseconds)),
    }
}

/// The status of a response that is HTTP and not gRPC, by the table "HTTP to
/// gRPC status code mapping".
#[cold]
pub(super) fn from_http(http: StatusCode) -> Status {
    let code = match http.as_u16() {
        400 => Code::Internal,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 | 502 | 503 | 504 => Code::Unavailable,
        _ => Code::Unknown,
    };
    Status::new(code, format!("the response is HTTP {http}, not gRPC"))
}

/// The status of a stream that was reset, by the table "HTTP2 error code to
/// status code mapping", or of a connection that broke.
#[cold]
pub(super) fn from_h2(error: h2::Error) -> Status {
    let (code, what) = match error.reason() {
        Some(h2::Reason::REFUSED_STREAM) => (Code::Unavailable, "the peer refused the stream"),
        Some(h2::Reason::CANCEL) => (Code::Cancelled, "the peer cancelled the stream"),
        Some(h2::Reason::ENHANCE_YOUR_CALM) => {
            (Code::ResourceExhausted, "the peer demands fewer requests")
        }
        Some(h2::Reason::INADEQUATE_SECURITY) => (
            Code::PermissionDenied,
            "the peer requires a secure connection",
        ),
        Some(_) if error.is_go_away() => (Code::Unavailable, "the peer closed the connection"),
        Some(_) if error.is_reset() => (Code::Internal, "the stream was reset"),
        _ => (Code::Unavailable, "the connection broke"),
    };
    Status::new(code, format!("{what}: {error}")).with_source(error)
}

/// Adds metadata to outgoing headers or trailers, except the names of gRPC and
/// HTTP themselves.
pub(super) fn write_metadata(metadata: &Metadata, headers: &mut HeaderMap) {
    for (name, value) in metadata.as_headers() {
        if !is_reserved(name) {
            headers.append(name, value.clone());
        }
    }
}

/// The metadata in received headers, without the names of gRPC itself.
pub(super) fn received_metadata(mut headers: HeaderMap) -> Metadata {
    for name in [
        CONTENT_TYPE,
        TE,
        GRPC_STATUS,
        GRPC_MESSAGE,
        GRPC_DETAILS,
        GRPC_PUSHBACK,
        GRPC_TIMEOUT,
        GRPC_ENCODING,
        GRPC_ACCEPT_ENCODING,
    ] {
        headers.remove(name);
    }
    Metadata::from(headers)
}

fn is_reserved(name: &HeaderName) -> bool {
    name.as_str().starts_with("grpc-")
        || [CONTENT_TYPE, CONTENT_LENGTH, TE, TRANSFER_ENCODING, HOST].contains(name)
        // HTTP/2 forbids these headers: a message with one is malformed.
        || ["connection", "keep-alive", "proxy-connection", "upgrade"].contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_survives_its_headers() {
        for message in ["", "no item 7", "naïve 100 %\r\n\t\u{0}", "日本語"] {
            let status = Status::not_found(message)
                .with_reason("NoItem")
                .with_field("id", 7);
            let status = status.with_metadata({
                let mut metadata = Metadata::new();
                metadata.insert("x-a", "1").expect("valid");
                metadata.insert("grpc-status", "0").expect("valid");
                metadata
            });
            let mut headers = HeaderMap::new();
            write(&status, "pb.Add", &mut headers);
            assert_eq!(headers.get_all(GRPC_STATUS).iter().count(), 1);
            let back = read(&headers, "pb.Add")
                .expect("there is a status")
                .expect_err("a failure");
            assert_eq!(back.code(), Code::NotFound);
            assert_eq!(back.message(), message);
            assert_eq!(back.reason(), Some("NoItem"));
            assert_eq!(back.field("id"), Some(&7.into()));
            assert!(back.details().is_empty(), "{:?}", back.details());
            let metadata = back.metadata().expect("metadata");
            assert_eq!(metadata.get("x-a"), Some("1"));
            assert_eq!(metadata.len(), 1);
        }
    }

    #[test]
    fn a_wait_is_sent_as_pushback_and_kept_to_the_nanosecond() {
        let check = |wait, pushback: &str| {
            let mut headers = HeaderMap::new();
            write(
                &Status::unavailable("").with_retry_after(wait),
                "pb.Add",
                &mut headers,
            );
            assert_eq!(headers[GRPC_PUSHBACK], pushback);
            let back = read(&headers, "pb.Add")
                .expect("a status")
                .expect_err("a failure");
            assert_eq!(back.retry_after(), Some(wait));
            assert!(back.metadata().is_none());
        };
        check(Duration::ZERO, "0");
        check(Duration::from_millis(1500), "1500");
        check(Duration::from_nanos(1), "1");
        check(Duration::MAX, "-1");
    }

    #[test]
    fn a_pushback_of_another_implementation_is_read() {
        for (pushback, wait) in [
            ("0", Duration::ZERO),
            ("250", Duration::from_millis(250)),
            ("-1", Duration::MAX),
            ("-250", Duration::MAX),
            ("soon", Duration::MAX),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(GRPC_STATUS, HeaderValue::from_static("14"));
            headers.insert(GRPC_PUSHBACK, HeaderValue::from_static(pushback));
            let back = read(&headers, "pb.Add")
                .expect("a status")
                .expect_err("a failure");
            assert_eq!(back.retry_after(), Some(wait), "{pushback}");
        }
    }

    #[test]
    fn messages_are_percent_encoded() {
        let mut headers = HeaderMap::new();
        write(&Status::internal("100 % é\n"), "pb.Add", &mut headers);
        assert_eq!(headers[GRPC_MESSAGE], "100 %25 %C3%A9%0A");
    }

    #[test]
    fn a_missing_status_differs_from_an_invalid_one() {
        let mut headers = HeaderMap::new();
        assert!(read(&headers, "pb.Add").is_none());
        for (number, code) in [
            ("5", Code::NotFound),
            ("99", Code::Unknown),
            ("x", Code::Unknown),
        ] {
            headers.insert(GRPC_STATUS, HeaderValue::from_static(number));
            let status = read(&headers, "pb.Add")
                .expect("there is a status")
                .expect_err("a failure");
            assert_eq!(status.code(), code, "{number}");
        }
        headers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
        assert!(matches!(read(&headers, "pb.Add"), Some(Ok(()))));
    }
}
