//! Routes each request to the service that handles it.
//!
//! A request whose content type begins with `application/grpc` is gRPC;
//! everything else is HTTP: first kit's own routes, then the built-in pages,
//! then external services by prefix. So an external service can shadow neither
//! a contract nor a probe.
//!
//! A request takes some 250 bytes, as does a response, and moving a future
//! moves everything that it holds. So requests are not moved: the HTTP handler
//! borrows the parts of a request, and the response of a gRPC call is one
//! boxed future, which is passed up unchanged.
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
use crate::transport::external::ResponseFuture;
#[cfg(feature = "http")]
use crate::transport::http::not_found;
use crate::transport::routes::RouteTable;

/// Routes requests to everything that is mounted.
pub(crate) struct Dispatcher {
    table: RouteTable,
    builtins: Builtins,
}

impl Dispatcher {
    pub(super) const fn new(table: RouteTable, builtins: Builtins) -> Self {
        Self { table, builtins }
    }

    /// Handles one request. A handler that takes the parts or the body leaves
    /// them empty.
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
        self.handle_unrouted(reassemble(parts, body), connection, is_grpc)
            .await
    }

    /// Whether a request is a gRPC call that is not for an external service.
    /// kit's own methods come first, and a call of an unknown method gets its
    /// error over gRPC.
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
                    .any(|external| external.serves(path)))
    }

    /// Handles a gRPC call.
    #[cfg(feature = "grpc")]
    pub(crate) fn grpc(
        &self,
        request: Request<RequestBody>,
        connection: &Connection,
    ) -> ResponseFuture {
        self.table.grpc.handle(request, connection)
    }

    /// Handles a request that matches no HTTP route of kit's own.
    #[cold]
    fn handle_unrouted(
        &self,
        request: Request<RequestBody>,
        connection: &Connection,
        is_grpc: bool,
    ) -> ResponseFuture {
        #[cfg(feature = "grpc")]
        if is_grpc {
            return self.grpc(request, connection);
        }
        #[cfg(not(feature = "grpc"))]
        let _ = (connection, is_grpc);
        if let Some(response) = self.builtins.respond(&request) {
            return Box::pin(ready(response));
        }
        let path = request.uri().path();
        match self
            .table
            .external
            .iter()
            .find(|external| external.serves(path))
        {
            Some(external) => external.service.respond(request),
            None => Box::pin(ready(not_found(request))),
        }
    }
}

/// Reassembles a request for a handler that owns it.
fn reassemble(parts: &mut Parts, body: &mut RequestBody) -> Request<RequestBody> {
    let mut request = Request::new(std::mem::replace(body, RequestBody::empty()));
    *request.method_mut() = std::mem::take(&mut parts.method);
    *request.uri_mut() = std::mem::take(&mut parts.uri);
    *request.version_mut() = parts.version;
    *request.headers_mut() = std::mem::take(&mut parts.headers);
    *request.extensions_mut() = std::mem::take(&mut parts.extensions);
    request
}

/// The response for a path that no service has.
#[cfg(not(feature = "http"))]
fn not_found(_: Request<RequestBody>) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
