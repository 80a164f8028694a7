//! Serves HTTP/JSON.
//!
//! A request is checked in the order in which rejecting it costs least: route,
//! negotiation, size, body, arguments. The code that depends on a method's
//! types is behind one `dyn` call, made as late as possible.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method as HttpMethod, Request, Response, StatusCode, Uri};
use http_body::Body as _;

use super::headers::{JSON, REQUEST_ID};
use super::parts::Input;
use super::percent::{self, Malformed};
use super::problem::{self, with_header};
use super::request_headers::RequestHeaders;
use super::router::{Found, Route, Router};
use super::whole::{ReadError, read_whole};
use crate::model::context::{AcceptedCall, Context};
use crate::model::metadata::Metadata;
use crate::model::status::Status;
use crate::transport::body::{RequestBody, ResponseBody};
#[cfg(feature = "grpc")]
use crate::transport::codec::wrong_codec;
use crate::transport::codec::{RequestIn, ResponseOut};
use crate::transport::{Connection, Limits};

/// The `Allow` header of `OPTIONS *`.
static ANY_VERB: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

impl Router {
    /// Handles one request; every failure is a problem document. `None`, with
    /// the request unchanged, if no route has its path, or if its content type
    /// is gRPC's and `is_grpc` agrees.
    pub(crate) async fn handle(
        &self,
        parts: &mut Parts,
        body: &mut RequestBody,
        connection: &Connection,
        is_grpc: impl FnOnce(&Parts) -> bool,
    ) -> Option<Response<ResponseBody>> {
        let normal;
        let path = parts.uri.path();
        let found = match self.find_literal(path) {
            Some(found) => Ok(found),
            None => {
                normal = percent::normalize(path);
                match &normal {
                    Ok(path) => Ok(self.find(path)?),
                    Err(error) => Err(malformed_path(error)),
                }
            }
        };
        let requested = RequestHeaders::read(&parts.headers);
        if requested.is_grpc && is_grpc(parts) {
            return None;
        }
        let call = accept(
            std::mem::take(&mut parts.headers),
            std::mem::take(&mut parts.extensions),
            &requested,
            connection,
        );
        let outcome = match found.and_then(|found| Target::of(found, &parts.method)) {
            Ok(Target::Method(route, captures)) => {
                let request = MatchedRequest {
                    captures: &captures,
                    uri: &parts.uri,
                    headers: &requested,
                    limits: connection.limits(),
                };
                let outcome = serve(route, &request, call.context(), body).await;
                outcome.map(|json| success(route, json))
            }
            Ok(Target::Options(allow)) => Ok(options(allow)),
            Err(status) => Err(status),
        };
        let mut response = outcome.unwrap_or_else(|status| failed(&status, call.context()));
        finish(&mut response, &parts.method, &requested, &call);
        Some(response)
    }
}

/// The response for a path that no method has.
#[cold]
pub(crate) fn not_found(request: Request<RequestBody>) -> Response<ResponseBody> {
    let (mut parts, _) = request.into_parts();
    let requested = RequestHeaders::read(&parts.headers);
    let headers = std::mem::take(&mut parts.headers);
    let extensions = std::mem::take(&mut parts.extensions);
    let call = accept(headers, extensions, &requested, &Connection::default());
    let mut response = if parts.method == HttpMethod::OPTIONS && parts.uri.path() == "*" {
        options(&ANY_VERB)
    } else {
        failed(&unknown_path(&parts.uri), call.context())
    };
    finish(&mut response, &parts.method, &requested, &call);
    response
}

/// Creates the call of a request; its headers are moved, not copied.
fn accept(
    headers: HeaderMap,
    extensions: Extensions,
    requested: &RequestHeaders,
    connection: &Connection,
) -> AcceptedCall {
    let call = AcceptedCall::new(
        Metadata::from(headers),
        connection.peer().cloned(),
        extensions,
    );
    match requested.timeout() {
        Some(timeout) => call.with_timeout(timeout),
        None => call,
    }
}

/// The target of a request whose path is known.
enum Target<'r, 'p> {
    /// A method, and the segments of the path that hold arguments.
    Method(&'r Route, Vec<&'p str>),
    /// The verbs that the path allows.
    Options(&'r HeaderValue),
}

impl<'r, 'p> Target<'r, 'p> {
    fn of(found: Found<'r, 'p>, method: &HttpMethod) -> Result<Self, Status> {
        match found.table.route(method) {
            Some(route) => Ok(Self::Method(route, found.captures)),
            None if method == HttpMethod::OPTIONS => Ok(Self::Options(found.table.allow())),
            None => Err(method_not_allowed(method, found.table.allow())),
        }
    }
}

/// A request whose method is known, without its body.
struct MatchedRequest<'a> {
    captures: &'a [&'a str],
    uri: &'a Uri,
    headers: &'a RequestHeaders,
    limits: &'a Limits,
}

/// Serves a request whose method is known.
async fn serve(
    route: &Route,
    request: &MatchedRequest<'_>,
    cx: &Context,
    body: &mut RequestBody,
) -> Result<Bytes, Status> {
    request.headers.check(route, body)?;
    let body = if route.has_body {
        let (limit, wait) = (request.limits.http.body, request.wait());
        let read = read_whole(body, limit, wait).await;
        read.map_err(|error| request.unreadable(error))?
    } else {
        Bytes::new()
    };
    let input = Input {
        captures: request.captures,
        captured: &route.captured,
        query: request.query(route),
        headers: cx.metadata().as_headers(),
        body: &body,
    };
    match route.method.call(cx, RequestIn::Http(&input)).await? {
        ResponseOut::Json(json) => Ok(json),
        #[cfg(feature = "grpc")]
        _ => Err(wrong_codec()),
    }
}

/// Adds the headers that every response has, whatever its outcome.
fn finish(
    response: &mut Response<ResponseBody>,
    method: &HttpMethod,
    requested: &RequestHeaders,
    call: &AcceptedCall,
) {
    let headers = response.headers_mut();
    if requested.has_request_id
        && let Some(id) = call.context().metadata().as_headers().get(&REQUEST_ID)
    {
        headers.insert(REQUEST_ID.clone(), id.clone());
    }
    if let Some(metadata) = call.take_reply() {
        problem::extend(headers, metadata.headers.as_headers());
        problem::extend(headers, metadata.trailers.as_headers());
    }
    if method == HttpMethod::HEAD {
        withhold_body(response);
    }
}

impl MatchedRequest<'_> {
    /// The query, for a method that reads it.
    fn query(&self, route: &Route) -> &str {
        let query = route.has_text.then(|| self.uri.query());
        query.flatten().unwrap_or_default()
    }

    /// The longest that the body may take to arrive.
    fn wait(&self) -> Duration {
        self.early_deadline().unwrap_or(self.limits.body_timeout)
    }

    /// The caller's time-out, if it ends before the limit: then a slow body is
    /// a missed deadline and not a slow peer.
    fn early_deadline(&self) -> Option<Duration> {
        let deadline = self.headers.timeout();
        deadline.filter(|deadline| *deadline < self.limits.body_timeout)
    }

    #[cold]
    fn unreadable(&self, error: ReadError) -> Status {
        match error {
            ReadError::TooLarge => {
                let limit = self.limits.http.body;
                Status::resource_exhausted(format!("the body is larger than {limit} bytes"))
                    .with_http_status(413)
            }
            ReadError::TooSlow if self.early_deadline().is_some() => {
                Status::deadline_exceeded("the deadline passed before the body had arrived")
            }
            ReadError::TooSlow => {
                let wait = self.wait();
                Status::deadline_exceeded(format!("the body did not arrive within {wait:?}"))
                    .with_http_status(408)
            }
            ReadError::Broken(error) => {
                Status::invalid_argument("the body ended before it was complete").with_source(error)
            }
        }
    }
}

fn success(route: &Route, json: Bytes) -> Response<ResponseBody> {
    let status = StatusCode::from_u16(route.route.status).unwrap_or(StatusCode::OK);
    if status == StatusCode::NO_CONTENT {
        return no_content();
    }
    let mut response = Response::new(ResponseBody::full(json));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, JSON.clone());
    response
}

fn no_content() -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn options(allow: &HeaderValue) -> Response<ResponseBody> {
    let mut response = no_content();
    response.headers_mut().insert(header::ALLOW, allow.clone());
    response
}

/// A problem document, with the id to look for in the log.
#[cold]
fn failed(status: &Status, cx: &Context) -> Response<ResponseBody> {
    let mut response = problem::respond(status);
    if let Some(id) = cx.request_id()
        && let Ok(id) = HeaderValue::from_str(id)
    {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    response
}

/// The response to `HEAD`: that of `GET`, without the body.
fn withhold_body(response: &mut Response<ResponseBody>) {
    let body = std::mem::take(response.body_mut());
    if let Some(length) = body.size_hint().exact()
        && response.status() != StatusCode::NO_CONTENT
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
}

#[cold]
fn unknown_path(uri: &Uri) -> Status {
    // Not `not_found`: a method uses that for a missing item.
    Status::unimplemented(format!("no method has the path `{}`", uri.path())).with_http_status(404)
}

#[cold]
fn method_not_allowed(method: &HttpMethod, allow: &HeaderValue) -> Status {
    let allowed = allow.to_str().unwrap_or_default();
    let message = format!("no method has this path for {method}: allowed are {allowed}");
    let status = Status::unimplemented(message).with_http_status(405);
    with_header(status, header::ALLOW, allow.clone())
}

#[cold]
fn malformed_path(error: &Malformed) -> Status {
    Status::invalid_argument(format!("path: {error}"))
}
