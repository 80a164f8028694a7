//! Hands every request to what answers it.
//!
//! A request whose content type begins with `application/grpc` is gRPC;
//! everything else is HTTP: first kit's own routes, then the built-in ones,
//! then external services by prefix. So what a team mounts can shadow neither
//! its contracts nor its probes.
//!
//! A request is some 250 bytes and so is an answer, and a future that is moved
//! takes all that it holds along. So a request stays where it first came to
//! rest: what answers HTTP borrows its parts, and the answer of a gRPC call is
//! one future in a box, which is handed up as it is.

use std::future::ready;

#[cfg(not(feature = "http"))]
use http::StatusCode;
use http::request::Parts;
#[cfg(feature = "grpc")]
use http::{HeaderMap, header};
use http::{Request, Response};

use crate::server::builtins::Builtins;
use crate::transport::Connection;
use crate::transport::body::{RequestBody, ResponseBody};
use crate::transport::external::Answer;
use crate::transport::routes::RouteTable;

/// Answers requests for everything that is mounted.
pub(crate) struct Dispatcher {
    table: RouteTable,
    builtins: Builtins,
}

impl Dispatcher {
    pub(super) const fn new(table: RouteTable, builtins: Builtins) -> Self {
        Self { table, builtins }
    }

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
        if let Some(response) = self
            .table
            .http
            .handle(parts, body, connection, is_grpc)
            .await
        {
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
            && (self.table.external.is_empty()
                || self.table.grpc.serves(path)
                || !self
                    .table
                    .external
                    .iter()
                    .any(|external| external.answers(path)))
    }

    /// Answers a gRPC call.
    #[cfg(feature = "grpc")]
    pub(crate) fn grpc(&self, request: Request<RequestBody>, connection: &Connection) -> Answer {
        self.table.grpc.handle(request, connection)
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
        match self
            .table
            .external
            .iter()
            .find(|external| external.answers(path))
        {
            Some(external) => external.service.answer(request),
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

#[cfg(feature = "http")]
use crate::transport::http::not_found;

/// No service answers at this path.
#[cfg(not(feature = "http"))]
fn not_found(_: Request<RequestBody>) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
