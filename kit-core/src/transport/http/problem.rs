//! Problem documents (RFC 9457): the form of a failed call's status.

use std::time::Duration;

use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use super::quota;
use crate::model::code::Code;
use crate::model::metadata::Metadata;
use crate::model::status::refusal::Refusal;
use crate::model::status::{Detail, Status};
use crate::transport::body::ResponseBody;

/// Decodes base64 with or without padding, as other encoders omit it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

static PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// The document, as written.
#[derive(Serialize)]
struct ProblemOut<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "no_fields", serialize_with = "write_fields")]
    fields: &'a Status,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<AnyDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

/// The document, as read; any member may be missing.
#[derive(Deserialize)]
struct ProblemIn {
    title: Option<String>,
    detail: Option<String>,
    code: Option<String>,
    reason: Option<String>,
    #[serde(default)]
    fields: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    details: Vec<AnyDetail>,
    retry_after_ms: Option<u64>,
}

/// A `google.protobuf.Any`, its value in base64.
#[derive(Serialize, Deserialize)]
struct AnyDetail {
    #[serde(rename = "@type")]
    type_url: String,
    value: String,
}

fn no_fields(status: &Status) -> bool {
    status.fields().next().is_none()
}

fn write_fields<S: Serializer>(status: &&Status, into: S) -> Result<S::Ok, S::Error> {
    let mut map = into.serialize_map(None)?;
    for (name, value) in status.fields() {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// The response of a call that failed.
#[cold]
pub(crate) fn respond(status: &Status) -> Response<ResponseBody> {
    let http_status =
        StatusCode::from_u16(status.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let document = ProblemOut {
        r#type: "about:blank",
        title: http_status
            .canonical_reason()
            .unwrap_or_else(|| status.code().name()),
        status: http_status.as_u16(),
        detail: status.message(),
        code: status.code().name(),
        reason: status.reason(),
        fields: status,
        details: status.details().iter().map(any).collect(),
        retry_after_ms: status.retry_after().map(milliseconds),
    };
    let json = serde_json::to_vec(&document).unwrap_or_else(|_| b"{}".to_vec());
    let mut response = Response::new(ResponseBody::full(json));
    *response.status_mut() = http_status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, PROBLEM.clone());
    // The header can't express "never"; the document can.
    if let Some(wait) = status.retry_after().filter(|wait| *wait != Duration::MAX) {
        // The header has whole seconds.
        let seconds = milliseconds(wait).div_ceil(1000);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(quota) = status.refusal().and_then(Refusal::quota) {
        quota::write(headers, quota);
    }
    if let Some(metadata) = status.metadata() {
        extend(headers, metadata.as_headers());
    }
    response
}

fn any(detail: &Detail) -> AnyDetail {
    AnyDetail {
        type_url: detail.type_url.clone(),
        value: STANDARD.encode(&detail.value),
    }
}

/// Whole milliseconds, rounded up: a shorter wait would have the caller retry
/// too soon.
fn milliseconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// Adds metadata to the headers of a message, except headers that frame or
/// describe the message itself.
pub(super) fn extend(headers: &mut HeaderMap, metadata: &HeaderMap) {
    for (name, value) in metadata {
        if !is_framing(name) {
            headers.append(name, value.clone());
        }
    }
}

/// Adds a header to the response that a status becomes.
pub(super) fn with_header(status: Status, name: HeaderName, value: HeaderValue) -> Status {
    let mut headers = HeaderMap::new();
    headers.insert(name, value);
    status.with_metadata(Metadata::from(headers))
}

fn is_framing(name: &HeaderName) -> bool {
    matches!(
        *name,
        header::CONTENT_LENGTH
            | header::CONTENT_TYPE
            | header::CONTENT_ENCODING
            | header::TRANSFER_ENCODING
            | header::CONNECTION
            | header::UPGRADE
            | header::TE
            | header::TRAILER
            | header::HOST
    ) || name == "keep-alive"
}

/// The status of a response that is not a success.
#[cold]
pub(super) fn read(http_status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Status {
    let from_http = Code::from_http_status(http_status.as_u16());
    let json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(super::media::is_json);
    let document = json
        .then(|| serde_json::from_slice::<ProblemIn>(body).ok())
        .flatten();
    let (mut status, code) = match document {
        Some(document) => {
            let code = document.code.as_deref().and_then(|code| code.parse().ok());
            let code = code.filter(|code| *code != Code::Ok).unwrap_or(from_http);
            (read_document(document, code), code)
        }
        None => (
            Status::new(from_http, undocumented(http_status, body)),
            from_http,
        ),
    };
    if http_status.as_u16() != code.http_status() {
        status = status.with_http_status(http_status.as_u16());
    }
    if status.retry_after().is_none()
        && let Some(wait) = retry_after(headers)
    {
        status = status.with_retry_after(wait);
    }
    status
}

fn read_document(document: ProblemIn, code: Code) -> Status {
    let message = document.detail.or(document.title).unwrap_or_default();
    let mut status = Status::new(code, message);
    if let Some(reason) = document.reason {
        status = status.with_reason(reason);
    }
    for (name, value) in document.fields {
        status = status.with_field(name, value);
    }
    for detail in document.details {
        if let Ok(value) = LENIENT.decode(&detail.value) {
            status = status.with_raw_detail(Detail {
                type_url: detail.type_url,
                value: Bytes::from(value),
            });
        }
    }
    match document.retry_after_ms {
        Some(u64::MAX) => status.with_retry_after(Duration::MAX),
        Some(wait) => status.with_retry_after(Duration::from_millis(wait)),
        None => status,
    }
}

/// The message for a response without a problem document, as of a proxy.
fn undocumented(http_status: StatusCode, body: &[u8]) -> String {
    const SHOWN: usize = 200;
    let text = String::from_utf8_lossy(&body[..body.len().min(SHOWN)]);
    let text = text.trim();
    if text.is_empty() {
        format!("HTTP {http_status}")
    } else {
        format!("HTTP {http_status}: {text}")
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    async fn parts(status: &Status) -> (StatusCode, HeaderMap, Bytes) {
        let (head, body) = respond(status).into_parts();
        let body = body.collect().await.expect("bytes").to_bytes();
        (head.status, head.headers, body)
    }

    #[tokio::test]
    async fn an_infinite_wait_survives_without_a_header() {
        let status = Status::unavailable("gone").with_retry_after(Duration::MAX);
        let (code, headers, body) = parts(&status).await;
        assert!(!headers.contains_key(header::RETRY_AFTER));
        let back = read(code, &headers, &body);
        assert_eq!(back.retry_after(), Some(Duration::MAX));
    }

    #[tokio::test]
    async fn waits_are_rounded_up() {
        let check = async |nanoseconds, milliseconds: &str, seconds: &str| {
            let wait = Duration::from_nanos(nanoseconds);
            let status = Status::unavailable("").with_retry_after(wait);
            let (_, headers, body) = parts(&status).await;
            let body = String::from_utf8_lossy(&body);
            let expected = format!(r#""retry_after_ms":{milliseconds}}}"#);
            assert!(body.ends_with(&expected), "{body}");
            assert_eq!(headers["retry-after"], seconds);
        };
        check(0, "0", "0").await;
        check(1, "1", "1").await;
        check(1_000_000, "1", "1").await;
        check(1_000_000_001, "1001", "2").await;
        check(60_000_000_000, "60000", "60").await;
    }

    #[tokio::test]
    async fn a_status_survives_as_a_document() {
        let status = Status::resource_exhausted("result exceeds 10 characters")
            .with_http_status(400)
            .with_reason("TooLong")
            .with_field("limit", 10)
            .with_retry_after(Duration::from_millis(1500))
            .with_raw_detail(Detail {
                type_url: "type.googleapis.com/x.Y".to_owned(),
                value: Bytes::from_static(b"\x08\x01"),
            });
        let (code, headers, body) = parts(&status).await;
        assert_eq!(
            std::str::from_utf8(&body),
            Ok(concat!(
                r#"{"type":"about:blank","title":"Bad Request","status":400,"#,
                r#""detail":"result exceeds 10 characters","code":"resource_exhausted","#,
                r#""reason":"TooLong","fields":{"limit":10},"#,
                r#""details":[{"@type":"type.googleapis.com/x.Y","value":"CAE="}],"#,
                r#""retry_after_ms":1500}"#,
            ))
        );
        assert_eq!(headers["retry-after"], "2");
        assert_eq!(headers["content-type"], "application/problem+json");

        let back = read(code, &headers, &body);
        assert_eq!(format!("{back:?}"), format!("{status:?}"));
        assert_eq!(back.http_status(), 400);
        assert_eq!(back.retry_after(), status.retry_after());
    }

    #[test]
    fn a_response_without_a_document_gets_a_code() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static("3"));
        let status = read(StatusCode::BAD_GATEWAY, &headers, b"upstream is down\n");
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(status.message(), "HTTP 502 Bad Gateway: upstream is down");
        assert_eq!(status.retry_after(), Some(Duration::from_secs(3)));
        assert_eq!(status.http_status(), 502);
    }

    #[test]
    fn a_document_of_another_server_is_read_in_part() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/problem+json"),
        );
        let body = br#"{"title":"No credit","code":"ok","balance":30}"#;
        let status = read(StatusCode::FORBIDDEN, &headers, body);
        assert_eq!(status.code(), Code::PermissionDenied);
        assert_eq!(status.message(), "No credit");
    }

    #[tokio::test]
    async fn metadata_never_replaces_framing_headers() {
        let mut metadata = Metadata::new();
        for name in ["content-length", "content-type", "transfer-encoding", "x-a"] {
            metadata.insert(name, "1").expect("valid");
        }
        let (_, headers, _) = parts(&Status::internal("x").with_metadata(metadata)).await;
        let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["content-type", "x-a"]);
        assert_eq!(headers["content-type"], "application/problem+json");
    }
}
