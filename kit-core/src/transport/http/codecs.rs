//! Builds the codecs of a method's binding from its types.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::HttpArguments;
use super::binding::{HttpRequest, HttpResponse};
use super::{decode, encode, scratch};
use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;
use crate::transport::Remote;
#[cfg(feature = "grpc")]
use crate::transport::codec::wrong_codec;
use crate::transport::codec::{RequestIn, RequestOut, ResponseIn, ResponseOut};

impl<M: Remote> HttpRequest<M> {
    /// Reads and writes each argument at the place that the descriptor of `M`
    /// names.
    pub const fn arguments() -> Self
    where
        M::Arguments: HttpArguments,
    {
        // Chosen at compile time, so that a method whose arguments are all in
        // the body never compiles the text decoder.
        if decode::has_text(M::META.arguments) {
            Self {
                read: read_any::<M>,
                write: write_any::<M>,
            }
        } else {
            Self {
                read: read_body::<M>,
                write: write_body::<M>,
            }
        }
    }
}

// The part of a codec that is compiled per method; its work is shared by all
// methods with arguments of the same types.

fn read_any<M: Remote<Arguments: HttpArguments>>(
    request: RequestIn<'_>,
) -> Result<M::Request, Status> {
    match decode::any::<M::Arguments>(M::META, &request) {
        Ok(arguments) => Ok(M::pack(arguments)),
        Err(status) => Err(status),
    }
}

fn read_body<M: Remote<Arguments: HttpArguments>>(
    request: RequestIn<'_>,
) -> Result<M::Request, Status> {
    match decode::body::<M::Arguments>(M::META, &request) {
        Ok(arguments) => Ok(M::pack(arguments)),
        Err(status) => Err(status),
    }
}

fn write_any<M: Remote<Arguments: HttpArguments>>(
    request: M::Request,
) -> Result<RequestOut, Status> {
    encode::any::<M::Arguments>(M::META, M::unpack(request))
}

fn write_body<M: Remote<Arguments: HttpArguments>>(
    request: M::Request,
) -> Result<RequestOut, Status> {
    encode::body::<M::Arguments>(M::META, M::unpack(request))
}

impl<M: Remote> HttpResponse<M> {
    /// Reads and writes the result as the body.
    pub const fn body() -> Self
    where
        M::Response: HttpReply,
    {
        Self {
            read: read_response::<M>,
            write: write_response::<M>,
        }
    }
}

fn write_response<M: Remote<Response: HttpReply>>(
    response: M::Response,
) -> Result<ResponseOut, Status> {
    match response.write() {
        Ok(json) => Ok(ResponseOut::Json(json)),
        Err(error) => Err(unwritable(M::META, error)),
    }
}

fn read_response<M: Remote<Response: HttpReply>>(
    response: ResponseIn,
) -> Result<M::Response, Status> {
    match HttpReply::read(&json(response)?) {
        Ok(response) => Ok(response),
        Err(error) => Err(unreadable(M::META, error)),
    }
}

/// The body of a response; an empty one, such as of a 204, reads as `null`.
fn json(response: ResponseIn) -> Result<Bytes, Status> {
    match response {
        ResponseIn::Json(json) if json.is_empty() => Ok(Bytes::from_static(b"null")),
        ResponseIn::Json(json) => Ok(json),
        #[cfg(feature = "grpc")]
        _ => Err(wrong_codec()),
    }
}

#[cold]
fn unwritable(meta: &MethodMeta, error: serde_json::Error) -> Status {
    let message = format!(
        "the response of method `{}` can't be written as JSON",
        meta.name
    );
    tracing::error!(target: "kit::http", service = meta.service, method = meta.name, %error, "{message}");
    Status::internal(message).with_source(error)
}

#[cold]
fn unreadable(meta: &MethodMeta, error: serde_json::Error) -> Status {
    Status::internal(format!(
        "the response of method `{}` can't be read: {error}",
        meta.name
    ))
    .with_source(error)
}

/// The result of a method over HTTP/JSON: any type that serde can read and
/// write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel over HTTP/JSON",
    label = "serde can't write and read this type",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it, or narrow the method with `#[transport(grpc)]`"
)]
pub trait HttpReply: Sized + Send + 'static {
    #[doc(hidden)]
    fn write(&self) -> Result<Bytes, serde_json::Error>;
    #[doc(hidden)]
    fn read(json: &[u8]) -> Result<Self, serde_json::Error>;
}

// A missing trait is reported once, by the message above, and not once for each
// derive.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> HttpReply for T {
    fn write(&self) -> Result<Bytes, serde_json::Error> {
        scratch::to_bytes(|json| self.serialize(&mut serde_json::Serializer::new(json)))
    }

    fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        match Self::deserialize(&mut reader) {
            Ok(response) => reader.end().map(|()| response),
            Err(error) => Err(error),
        }
    }
}
