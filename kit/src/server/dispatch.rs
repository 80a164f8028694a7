//! Hands every request to what answers it.
//!
//! A request whose content type begins with `application/grpc` is gRPC;
//! everything else is HTTP: first kit's own routes, then the built-in ones,
//! then foreign services by prefix. So what a team mounts can shadow neither
//! its contracts nor its probes.
//!
//! A request is some 250 bytes and so is an answer, and a future that is moved
//! takes all that it holds along. So a request stays where it first came to
//! rest: what answers HTTP borrows its parts, and the answer of a gRPC call is
//! one future in a box, which is handed up as it is.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "grpc")]
use http::HeaderMap;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body as _;

use crate::server::health::Health;
use crate::transport::Connection;
use crate::transport::body::{RequestBody, ResponseBody};

/// Answers requests for everything that is mounted.
pub(crate) struct Dispatcher {
    pub(crate) builtins: Builtins,
    pub(crate) foreign: Vec<Foreign>,
    #[cfg(feature = "http")]
    pub(crate) http: crate::transport::http::Router,
    #[cfg(feature = "grpc")]
    pub(crate) grpc: crate::transport::grpc::Router,
}

/// The future of an answer.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Response<ResponseBody>> + Send>>;

/// A service that is not kit's own.
pub(crate) trait ForeignService: Send + Sync {
    /// Answers one request.
    fn answer(&self, request: Request<RequestBody>) -> Answer;
}

/// A foreign service and the paths it answers.
pub(crate) struct Foreign {
    pub(crate) prefix: String,
    pub(crate) service: Arc<dyn ForeignService>,
}

impl Dispatcher {
    /// Answers one request. What is taken of it is empty afterwards.
    pub(crate) async fn handle(
        &self,
        parts: &mut Parts,
        body: &mut RequestBody,
        connection: &Connection,
    ) -> Response<ResponseBody> {
        #[cfg(feature = "grpc")]
        let is_grpc = |parts: &Parts| self.is_grpc(&parts.headers, parts.uri.path());
        #[cfg(not(feature = "grpc"))]
        let is_grpc = |_: &Parts| false;
        #[cfg(feature = "http")]
        if let Some(response) = self.http.handle(parts, body, connection, is_grpc).await {
            return response;
        }
        let is_grpc = is_grpc(parts);
        self.other(whole(parts, body), connection, is_grpc).await
    }

    /// Whether a request is a gRPC call that is not for a neighbour: kit's own
    /// methods come first, and who calls what nobody has is told so over gRPC.
    #[cfg(feature = "grpc")]
    pub(crate) fn is_grpc(&self, headers: &HeaderMap, path: &str) -> bool {
        let content_type = headers.get(header::CONTENT_TYPE);
        content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
            && (self.foreign.is_empty()
                || self.grpc.serves(path)
                || !self.foreign.iter().any(|foreign| foreign.answers(path)))
    }

    /// Answers a gRPC call.
    #[cfg(feature = "grpc")]
    pub(crate) fn grpc(&self, request: Request<RequestBody>, connection: &Connection) -> Answer {
        self.grpc.handle(request, connection)
    }

    /// Answers a request that is for no method over HTTP.
    #[cold]
    fn other(
        &self,
        request: Request<RequestBody>,
        connection: &Connection,
        is_grpc: bool,
    ) -> Answer {
        #[cfg(feature = "grpc")]
        if is_grpc {
            return self.grpc(request, connection);
        }
        #[cfg(not(feature = "grpc"))]
        let _ = (connection, is_grpc);
        if let Some(response) = self.builtins.answer(&request) {
            return Box::pin(ready(response));
        }
        let path = request.uri().path();
        match self.foreign.iter().find(|foreign| foreign.answers(path)) {
            Some(foreign) => foreign.service.answer(request),
            None => Box::pin(ready(not_found(request))),
        }
    }
}

/// A request of its parts, for one who keeps it.
fn whole(parts: &mut Parts, body: &mut RequestBody) -> Request<RequestBody> {
    let mut request = Request::new(std::mem::replace(body, RequestBody::empty()));
    *request.method_mut() = std::mem::take(&mut parts.method);
    *request.uri_mut() = std::mem::take(&mut parts.uri);
    *request.version_mut() = parts.version;
    *request.headers_mut() = std::mem::take(&mut parts.headers);
    *request.extensions_mut() = std::mem::take(&mut parts.extensions);
    request
}

impl Foreign {
    fn answers(&self, path: &str) -> bool {
        path.strip_prefix(self.prefix.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What a server answers by itself.
#[derive(Clone, Debug)]
pub(crate) struct Builtins {
    /// Where it says that the process lives.
    pub(crate) healthz: Option<String>,
    /// Where it says whether it takes calls.
    pub(crate) readyz: Option<String>,
    /// Where it shows its metrics.
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

    fn answer(&self, request: &Request<RequestBody>) -> Option<Response<ResponseBody>> {
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

/// Whether the server takes calls, and which services do not.
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

/// The answer to `HEAD`: over HTTP/2 a body would break the stream.
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

#[cfg(feature = "http")]
use crate::transport::http::not_found;

/// No service answers at this path.
#[cfg(not(feature = "http"))]
fn not_found(_: Request<RequestBody>) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
