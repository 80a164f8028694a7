//! The built-in pages of a server: liveness, readiness and metrics.

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body as _;

use crate::server::health::Health;
use crate::transport::body::{RequestBody, ResponseBody};

/// The built-in pages: their paths, where they are enabled, and the health.
#[derive(Clone, Debug)]
pub(crate) struct Builtins {
    /// The path of the liveness page.
    pub(crate) healthz: Option<String>,
    /// The path of the readiness page.
    pub(crate) readyz: Option<String>,
    /// The path of the metrics page.
    pub(crate) metrics: Option<String>,
    pub(crate) health: Health,
}

impl Builtins {
    pub(crate) fn new(health: Health) -> Self {
        Self {
            healthz: Some("/healthz".to_owned()),
            readyz: Some("/readyz".to_owned()),
            metrics: cfg!(feature = "metrics").then(|| "/metrics".to_owned()),
            health,
        }
    }

    pub(super) fn respond(&self, request: &Request<RequestBody>) -> Option<Response<ResponseBody>> {
        let path = Some(request.uri().path());
        let (status, content_type, text) = if path == self.healthz.as_deref() {
            (StatusCode::OK, TEXT, "ok\n".to_owned())
        } else if path == self.readyz.as_deref() {
            let (status, text) = readiness(&self.health);
            (status, TEXT, text)
        } else if path == self.metrics.as_deref() {
            (StatusCode::OK, METRICS, crate::telemetry::metrics::text())
        } else {
            return None;
        };
        Some(match *request.method() {
            Method::GET => text_response(status, content_type, text),
            Method::HEAD => without_body(text_response(status, content_type, text)),
            Method::OPTIONS => allow(StatusCode::NO_CONTENT),
            _ => allow(StatusCode::METHOD_NOT_ALLOWED),
        })
    }
}

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const METRICS: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// The status and the text of the readiness page.
fn readiness(health: &Health) -> (StatusCode, String) {
    if health.is_ready() {
        (StatusCode::OK, "ready\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned())
    }
}

fn text_response(
    status: StatusCode,
    content_type: HeaderValue,
    text: String,
) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::full(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The response to `HEAD`: over HTTP/2 a body would break the stream.
fn without_body(response: Response<ResponseBody>) -> Response<ResponseBody> {
    let length = response.body().size_hint().exact();
    let mut response = response.map(|_| ResponseBody::empty());
    if let Some(length) = length {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn allow(status: StatusCode) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = status;
    let allowed = HeaderValue::from_static("GET, HEAD, OPTIONS");
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}
