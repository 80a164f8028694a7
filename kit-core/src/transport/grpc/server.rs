//! Serves gRPC.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::hash::BuildHasherDefault;
use std::pin::Pin;
use std::sync::Arc;

use http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method as HttpMethod, Request, Response, StatusCode, Version};

use super::call::Call;
use super::frame::Compression;
use super::headers_only::headers_only;
use super::path::PathHasher;
use crate::model::descriptor::Shape;
use crate::model::status::Status;
use crate::transport::Connection;
use crate::transport::body::{RequestBody, ResponseBody};
#[cfg(feature = "http")]
use crate::transport::codec::wrong_codec;
use crate::transport::codec::{RequestIn, ResponseOut};
use crate::transport::handler::MethodHandler;

/// The boxed future of a response. It owns everything it needs; dropping it
/// cancels the call.
pub type Answer = Pin<Box<dyn Future<Output = Response<ResponseBody>> + Send>>;

/// The route table of gRPC: methods by path.
#[derive(Default)]
pub struct Router {
    methods: HashMap<&'static str, Method, BuildHasherDefault<PathHasher>>,
    /// The compression of the responses of services mounted next.
    pub(super) compression: Option<Compression>,
}

impl Router {
    pub(crate) fn add(&mut self, method: MethodHandler) {
        let path = method.meta().grpc_path;
        let method = Method {
            handler: Arc::new(method),
            compression: self.compression,
        };
        self.methods.insert(path, method);
    }

    /// Whether no method is mounted.
    pub fn is_empty(&self) -> bool {
        self.methods.is_empty()
    }

    /// Whether a method has this path.
    pub(crate) fn serves(&self, path: &str) -> bool {
        self.methods.contains_key(path)
    }

    /// Handles a request whose content type is gRPC's.
    pub fn handle(&self, request: Request<RequestBody>, connection: &Connection) -> Answer {
        let (mut head, body) = request.into_parts();
        if let Err(response) = check(&mut head) {
            return Box::pin(ready(*response));
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
        headers_only(&Status::unimplemented(what), service)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut paths: Vec<_> = self.methods.keys().collect();
        paths.sort_unstable();
        f.debug_list().entries(paths).finish()
    }
}

/// A mounted method and the compression of its responses.
struct Method {
    handler: Arc<MethodHandler>,
    compression: Option<Compression>,
}

impl Method {
    fn serve(&self, head: Parts, body: RequestBody, connection: &Connection) -> Answer {
        let meta = self.handler.meta();
        match Call::accept(head, body, connection, meta, self.compression) {
            Ok(call) => Box::pin(serve(call, Arc::clone(&self.handler))),
            Err(status) => Box::pin(ready(headers_only(&status, meta.service))),
        }
    }
}

/// Reads the request, calls the method and writes the response.
async fn serve(mut call: Call, handler: Arc<MethodHandler>) -> Response<ResponseBody> {
    let streams = matches!(
        handler.meta().shape,
        Shape::ClientStreaming | Shape::Bidirectional
    );
    let request = if streams {
        RequestIn::Stream(call.messages())
    } else {
        match call.read_one().await {
            Ok(message) => RequestIn::Message(message),
            Err(status) => return call.fail(status),
        }
    };
    match handler.call(call.context(), request).await {
        Ok(ResponseOut::Message(frame)) => call.respond(frame),
        Ok(ResponseOut::Stream(items)) => call.respond_with_stream(items),
        #[cfg(feature = "http")]
        Ok(ResponseOut::Json(_)) => call.fail(wrong_codec()),
        Err(status) => call.fail(status),
    }
}

/// Checks the requirements of gRPC on every request, before its method is
/// looked up. Removes the content type, which is not needed afterwards.
fn check(head: &mut Parts) -> Result<(), Box<Response<ResponseBody>>> {
    let error = |status: StatusCode| {
        let mut response = Response::new(ResponseBody::empty());
        *response.status_mut() = status;
        Box::new(response)
    };
    if head.method != HttpMethod::POST {
        let mut response = error(StatusCode::METHOD_NOT_ALLOWED);
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
        return Err(response);
    }
    let content_type = head.headers.remove(CONTENT_TYPE);
    if !content_type.is_some_and(|value| is_protobuf(value.as_bytes())) {
        let mut response = error(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let headers = response.headers_mut();
        headers.insert(ACCEPT, ACCEPTED_TYPES);
        return Err(response);
    }
    if head.version < Version::HTTP_2 {
        return Err(error(StatusCode::HTTP_VERSION_NOT_SUPPORTED));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_protobuf_content_types_are_accepted() {
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
