//! Answers gRPC.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::hash::BuildHasherDefault;
use std::pin::Pin;
use std::sync::Arc;

use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method as HttpMethod, Request, Response, StatusCode, Version};

use super::call::Call;
use super::frame::Compression;
use super::path::PathHasher;
use super::refuse::refuse;
use crate::model::descriptor::Shape;
use crate::model::status::Status;
use crate::transport::Connection;
use crate::transport::body::{RequestBody, ResponseBody};
#[cfg(feature = "http")]
use crate::transport::codec::wrong_codec;
use crate::transport::codec::{ReplyOut, RequestIn};
use crate::transport::handler::Mounted;

/// An answer under way. It owns all it needs; dropping it cancels the call.
pub type Answer = Pin<Box<dyn Future<Output = Response<ResponseBody>> + Send>>;

/// Routes of gRPC methods, by path.
#[derive(Default)]
pub struct Router {
    methods: HashMap<&'static str, Method, BuildHasherDefault<PathHasher>>,
    /// How responses of what is mounted next are compressed.
    pub(super) compression: Option<Compression>,
}

impl Router {
    pub(crate) fn add(&mut self, method: Mounted) {
        let path = method.meta().grpc_path;
        let method = Method {
            mounted: Arc::new(method),
            compression: self.compression,
        };
        self.methods.insert(path, method);
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

/// A method behind its path.
struct Method {
    mounted: Arc<Mounted>,
    compression: Option<Compression>,
}

impl Method {
    fn serve(&self, head: Parts, body: RequestBody, connection: &Connection) -> Answer {
        let meta = self.mounted.meta();
        match Call::accept(head, body, connection, meta, self.compression) {
            Ok(call) => Box::pin(answer(call, Arc::clone(&self.mounted))),
            Err(status) => Box::pin(ready(refuse(&status, meta.service))),
        }
    }
}

/// Reads the request, calls the method and writes the response.
async fn answer(mut call: Call, method: Arc<Mounted>) -> Response<ResponseBody> {
    let streams = matches!(
        method.meta().shape,
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
    match method.call(call.context(), request).await {
        Ok(ReplyOut::Message(frame)) => call.reply(frame),
        Ok(ReplyOut::Stream(items)) => call.stream(items),
        #[cfg(feature = "http")]
        Ok(ReplyOut::Json(_)) => call.fail(wrong_codec()),
        Err(status) => call.fail(status),
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
