//! Answers gRPC.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::hash::BuildHasherDefault;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use bytes::BytesMut;
use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method as HttpMethod, Request, Response, StatusCode, Version};

use super::binding::{Codec, Direction, GrpcBinding};
use super::call::Call;
use super::compression::Encoding;
use super::frame::Compression;
use super::path::PathHasher;
use super::status::{self, CONTENT_TYPE_GRPC};
use crate::endpoint::Endpoint;
use crate::service_error::ServiceError as _;
use crate::status::Status;
use crate::transport::body::{RequestBody, ResponseBody};
use crate::transport::{Connection, Mount, Remote, Routes};

/// An answer under way. It owns all it needs; dropping it cancels the call.
pub type Answer = Pin<Box<dyn Future<Output = Response<ResponseBody>> + Send>>;

/// Routes of gRPC methods, by path.
#[derive(Default)]
pub struct Router {
    methods: HashMap<&'static str, Box<dyn Serve>, BuildHasherDefault<PathHasher>>,
    /// How responses of what is mounted next are compressed.
    compression: Option<Compression>,
}

impl Router {
    pub(crate) fn add<M: Remote, E: Endpoint<M> + 'static>(&mut self, endpoint: Arc<E>) {
        let Some(binding) = M::GRPC else { return };
        let method = Served {
            endpoint,
            binding,
            compression: self.compression,
            method: PhantomData,
        };
        self.methods.insert(M::META.grpc_path, Box::new(method));
    }

    /// Whether nothing is served.
    pub fn is_empty(&self) -> bool {
        self.methods.is_empty()
    }

    /// Whether a method has this path.
    pub(crate) fn serves(&self, path: &str) -> bool {
        self.methods.contains_key(path)
    }

    /// Answers a request with a content type of gRPC.
    pub fn handle(&self, request: Request<RequestBody>, connection: &Connection) -> Answer {
        let (mut head, body) = request.into_parts();
        if let Err(refusal) = check(&mut head) {
            return Box::pin(ready(*refusal));
        }
        match self.methods.get(head.uri.path()) {
            Some(method) => method.serve(head, body, connection),
            None => Box::pin(ready(self.unknown(head.uri.path()))),
        }
    }

    #[cold]
    fn unknown(&self, path: &str) -> Response<ResponseBody> {
        let (service, method) = match path.trim_start_matches('/').rsplit_once('/') {
            Some(parts) => parts,
            None => (path, ""),
        };
        let mut known = self.methods.keys();
        let prefix = format!("/{service}/");
        let what = if known.any(|path| path.starts_with(&prefix)) {
            format!("service `{service}` has no method `{method}`")
        } else {
            format!("there is no service `{service}`")
        };
        refuse(&Status::unimplemented(what), service)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut paths: Vec<_> = self.methods.keys().collect();
        paths.sort_unstable();
        f.debug_list().entries(paths).finish()
    }
}

/// What a service is mounted as, to have its responses compressed for callers
/// that accept it.
///
/// ```
/// # use kit::prelude::*;
/// # #[kit::service] #[transport(grpc)] pub trait Add {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
/// # }
/// # struct Basic;
/// # impl Add for Basic {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> { Ok(a + b) }
/// # }
/// # #[cfg(feature = "gzip")] {
/// let add = kit::grpc::Compressed::new(AddServer::new(Basic), kit::grpc::Encoding::Gzip);
/// let server = kit::Server::new().mount(add);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Compressed<T> {
    inner: T,
    compression: Compression,
}

impl<T: Mount> Compressed<T> {
    /// Compresses responses of 1 KiB and more.
    pub fn new(inner: T, encoding: Encoding) -> Self {
        Self {
            inner,
            compression: Compression {
                encoding,
                min_bytes: 1 << 10,
            },
        }
    }

    /// Compresses responses of that many bytes and more. Compressing small
    /// ones costs more than it saves.
    #[must_use]
    pub fn min_bytes(mut self, min_bytes: usize) -> Self {
        self.compression.min_bytes = min_bytes;
        self
    }
}

impl<T: Mount> Mount for Compressed<T> {
    fn mount(self, routes: &mut Routes) {
        let before = routes.grpc.compression.replace(self.compression);
        self.inner.mount(routes);
        routes.grpc.compression = before;
    }
}

/// A method behind its path.
trait Serve: Send + Sync {
    fn serve(&self, head: Parts, body: RequestBody, connection: &Connection) -> Answer;
}

struct Served<M: Remote, E> {
    endpoint: Arc<E>,
    binding: GrpcBinding<M>,
    compression: Option<Compression>,
    method: PhantomData<fn() -> M>,
}

impl<M: Remote, E: Endpoint<M> + 'static> Serve for Served<M, E> {
    fn serve(&self, head: Parts, body: RequestBody, connection: &Connection) -> Answer {
        match Call::accept(head, body, connection, M::META, self.compression) {
            Ok(call) => Box::pin(answer(call, Arc::clone(&self.endpoint), self.binding)),
            Err(status) => Box::pin(ready(refuse(&status, M::META.service))),
        }
    }
}

/// Reads the request, calls the endpoint and writes the response: the one
/// part that is compiled for every method.
async fn answer<M: Remote, E: Endpoint<M>>(
    mut call: Call,
    endpoint: Arc<E>,
    binding: GrpcBinding<M>,
) -> Response<ResponseBody> {
    let request = match binding.request.codec {
        Codec::Message { decode, .. } => {
            let read = call.read_one().await.and_then(|message| {
                decode(message).map_err(|error| Direction::Request.unreadable(error))
            });
            match read {
                Ok(request) => request,
                Err(status) => return call.fail(status),
            }
        }
        Codec::Stream { join, .. } => join(call.messages()),
    };
    match endpoint.call(call.context(), request).await {
        Err(error) => call.fail(error.into_status()),
        Ok(response) => match binding.response.codec {
            Codec::Message { encode, .. } => {
                let mut frame = BytesMut::new();
                encode(response, &mut frame);
                call.reply(frame)
            }
            Codec::Stream { split, .. } => call.stream(split(response)),
        },
    }
}

/// What gRPC asks of every request, before its method is looked at. The
/// content type has said what it had to, and goes.
fn check(head: &mut Parts) -> Result<(), Box<Response<ResponseBody>>> {
    let refusal = |status: StatusCode| {
        let mut response = Response::new(ResponseBody::empty());
        *response.status_mut() = status;
        Box::new(response)
    };
    if head.method != HttpMethod::POST {
        let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED);
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
        return Err(response);
    }
    let content_type = head.headers.remove(CONTENT_TYPE);
    if !content_type.is_some_and(|value| is_protobuf(value.as_bytes())) {
        let mut response = refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let headers = response.headers_mut();
        headers.insert(http::header::ACCEPT, ACCEPTED_TYPES);
        return Err(response);
    }
    if head.version < Version::HTTP_2 {
        return Err(refusal(StatusCode::HTTP_VERSION_NOT_SUPPORTED));
    }
    Ok(())
}

const ACCEPTED_TYPES: HeaderValue =
    HeaderValue::from_static("application/grpc, application/grpc+proto");

fn is_protobuf(content_type: &[u8]) -> bool {
    match content_type.strip_prefix(b"application/grpc") {
        Some([] | [b';', ..]) => true,
        Some(rest) => matches!(rest.strip_prefix(b"+proto"), Some([] | [b';', ..])),
        None => false,
    }
}

/// A failure with nothing before it: headers alone.
pub(super) fn refuse(status: &Status, service: &str) -> Response<ResponseBody> {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(CONTENT_TYPE, CONTENT_TYPE_GRPC);
    if status.code() == crate::code::Code::Unimplemented && super::compression::ANY {
        // It may be for an encoding that this side does not know.
        headers.insert(status::GRPC_ACCEPT_ENCODING, super::compression::accepted());
    }
    status::write(status, service, &mut headers);
    let mut response = Response::new(ResponseBody::empty());
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protobuf_is_told_from_other_codecs() {
        for (content_type, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("application/grpc;charset=utf-8", true),
            ("application/grpc+proto; x=y", true),
            ("application/grpc+json", false),
            ("application/grpc-web", false),
            ("application/grpc-web+proto", false),
            ("application/json", false),
        ] {
            assert_eq!(
                is_protobuf(content_type.as_bytes()),
                expected,
                "{content_type}"
            );
        }
    }
}
