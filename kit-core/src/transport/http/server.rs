//! Answers HTTP/JSON.
//!
//! A request is read in the order in which refusing it costs least: route,
//! negotiation, size, body, arguments. What depends on a method's types is
//! behind one `dyn` call, made as late as can be.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method as HttpMethod, Request, Response, StatusCode, Uri};
use http_body::Body as _;

use super::parts::Input;
use super::percent::{self, Malformed};
use super::problem::{self, with_header};
use super::request_headers::RequestHeaders;
use super::router::{Found, Route, Router};
use super::whole::{ReadError, read_whole};
use super::{JSON, REQUEST_ID};
use crate::model::context::{AcceptedCall, Context};
use crate::model::metadata::Metadata;
use crate::model::status::Status;
use crate::transport::body::{RequestBody, ResponseBody};
use crate::transport::codec::{ReplyOut, RequestIn};
use crate::transport::{Connection, Limits};

/// What `OPTIONS *` is told.
static ANY_VERB: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

impl Router {
    /// Answers one request; every failure is a problem document. A request
    /// for none of the paths, or one that says it is gRPC and `is_grpc` says
    /// so too, has no answer, and stays as it is.
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
        let asked = RequestHeaders::read(&parts.headers);
        if asked.is_grpc && is_grpc(parts) {
            return None;
        }
        let call = accept(
            std::mem::take(&mut parts.headers),
            std::mem::take(&mut parts.extensions),
            &asked,
            connection,
        );
        let outcome = match found.and_then(|found| Target::of(found, &parts.method)) {
            Ok(Target::Method(route, captures)) => {
                let request = MatchedRequest {
                    captures: &captures,
                    uri: &parts.uri,
                    asked: &asked,
                    limits: connection.limits(),
                };
                let outcome = answer(route, &request, call.context(), body).await;
                outcome.map(|json| reply(route, json))
            }
            Ok(Target::Options(allow)) => Ok(options(allow)),
            Err(status) => Err(status),
        };
        let mut response = outcome.unwrap_or_else(|status| failed(&status, call.context()));
        finish(&mut response, &parts.method, &asked, &call);
        Some(response)
    }
}

/// Answers a request for a path that nobody has.
#[cold]
pub(crate) fn not_found(request: Request<RequestBody>) -> Response<ResponseBody> {
    let (mut parts, _) = request.into_parts();
    let asked = RequestHeaders::read(&parts.headers);
    let headers = std::mem::take(&mut parts.headers);
    let extensions = std::mem::take(&mut parts.extensions);
    let call = accept(headers, extensions, &asked, &Connection::default());
    let mut response = if parts.method == HttpMethod::OPTIONS && parts.uri.path() == "*" {
        options(&ANY_VERB)
    } else {
        failed(&nothing(&parts.uri), call.context())
    };
    finish(&mut response, &parts.method, &asked, &call);
    response
}

/// The call that a request makes; its headers are moved and not copied.
fn accept(
    headers: HeaderMap,
    extensions: Extensions,
    asked: &RequestHeaders,
    connection: &Connection,
) -> AcceptedCall {
    let call = AcceptedCall::new(
        Metadata::from(headers),
        connection.peer().cloned(),
        extensions,
    );
    match asked.timeout() {
        Some(timeout) => call.with_timeout(timeout),
        None => call,
    }
}

/// What a request for a path that there is asks for.
enum Target<'r, 'p> {
    /// A method, with the parts of the path that stand for arguments.
    Method(&'r Route, Vec<&'p str>),
    /// What the path allows.
    Options(&'r HeaderValue),
}

impl<'r, 'p> Target<'r, 'p> {
    fn of(found: Found<'r, 'p>, method: &HttpMethod) -> Result<Self, Status> {
        match found.table.route(method) {
            Some(route) => Ok(Self::Method(route, found.captures)),
            None if method == HttpMethod::OPTIONS => Ok(Self::Options(found.table.allow())),
            None => Err(other_verbs(method, found.table.allow())),
        }
    }
}

/// A request whose method is known, but for its body.
struct MatchedRequest<'a> {
    captures: &'a [&'a str],
    uri: &'a Uri,
    asked: &'a RequestHeaders,
    limits: &'a Limits,
}

/// Answers a request whose method is known.
async fn answer(
    route: &Route,
    request: &MatchedRequest<'_>,
    cx: &Context,
    body: &mut RequestBody,
) -> Result<Bytes, Status> {
    request.asked.check(route, body)?;
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
        ReplyOut::Json(json) => Ok(json),
        #[cfg(feature = "grpc")]
        _ => Err(crate::transport::codec::wrong_codec()),
    }
}

/// Adds what every answer has, whatever became of the call.
fn finish(
    response: &mut Response<ResponseBody>,
    method: &HttpMethod,
    asked: &RequestHeaders,
    call: &AcceptedCall,
) {
    let headers = response.headers_mut();
    if asked.has_request_id
        && let Some(id) = call.context().metadata().as_headers().get(&REQUEST_ID)
    {
        headers.insert(REQUEST_ID.clone(), id.clone());
    }
    if let Some(reply) = call.take_reply() {
        problem::extend(headers, reply.headers.as_headers());
        problem::extend(headers, reply.trailers.as_headers());
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

    /// How long the body may take.
    fn wait(&self) -> Duration {
        self.late().unwrap_or(self.limits.body_timeout)
    }

    /// A caller that gives up sooner than the limit is not slow, but late.
    fn late(&self) -> Option<Duration> {
        let deadline = self.asked.timeout();
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
            ReadError::TooSlow if self.late().is_some() => {
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

fn reply(route: &Route, json: Bytes) -> Response<ResponseBody> {
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

/// A problem document, and the id to look for in the log.
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

/// The answer to `HEAD`: what `GET` would have said, without the body.
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
fn nothing(uri: &Uri) -> Status {
    // Not `not_found`: that is what a method says of an item.
    Status::unimplemented(format!("no method has the path `{}`", uri.path())).with_http_status(404)
}

#[cold]
fn other_verbs(method: &HttpMethod, allow: &HeaderValue) -> Status {
    let allowed = allow.to_str().unwrap_or_default();
    let message = format!("no method has this path for {method}: it takes {allowed}");
    let status = Status::unimplemented(message).with_http_status(405);
    with_header(status, header::ALLOW, allow.clone())
}

#[cold]
fn malformed_path(error: &Malformed) -> Status {
    Status::invalid_argument(format!("path: {error}"))
}
