//! How the types of a method become the codecs of its binding.

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
use crate::transport::codec::{ReplyIn, ReplyOut, RequestIn, RequestOut};

impl<M: Remote> HttpRequest<M> {
    /// Each argument where the descriptor of `M` says.
    pub const fn arguments() -> Self
    where
        M::Arguments: HttpArguments,
    {
        // Chosen here and not at run time, so that a method whose arguments
        // are all in the body never compiles the reader of text.
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

// What is left of a codec for each method; its work is shared by all methods
// with arguments of the same types.

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
    /// The result as the body.
    pub const fn body() -> Self
    where
        M::Response: HttpReply,
    {
        Self {
            read: read_reply::<M>,
            write: write_reply::<M>,
        }
    }
}

fn write_reply<M: Remote<Response: HttpReply>>(reply: M::Response) -> Result<ReplyOut, Status> {
    match reply.write() {
        Ok(json) => Ok(ReplyOut::Json(json)),
        Err(error) => Err(unwritable(M::META, error)),
    }
}

fn read_reply<M: Remote<Response: HttpReply>>(reply: ReplyIn) -> Result<M::Response, Status> {
    match HttpReply::read(&json(reply)?) {
        Ok(reply) => Ok(reply),
        Err(error) => Err(unreadable(M::META, error)),
    }
}

/// The body of a reply; one that has none, such as a 204, has nothing to say.
fn json(reply: ReplyIn) -> Result<Bytes, Status> {
    match reply {
        ReplyIn::Json(json) if json.is_empty() => Ok(Bytes::from_static(b"null")),
        ReplyIn::Json(json) => Ok(json),
        #[cfg(feature = "grpc")]
        _ => Err(wrong_codec()),
    }
}

#[cold]
fn unwritable(meta: &MethodMeta, error: serde_json::Error) -> Status {
    let message = format!(
        "the reply of method `{}` can't be written as JSON",
        meta.name
    );
    tracing::error!(service = meta.service, method = meta.name, %error, "{message}");
    Status::internal(message).with_source(error)
}

#[cold]
fn unreadable(meta: &MethodMeta, error: serde_json::Error) -> Status {
    Status::internal(format!(
        "the reply of method `{}` can't be read: {error}",
        meta.name
    ))
    .with_source(error)
}

/// What a method may return over HTTP/JSON: any type that serde writes and
/// reads.
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

// What is missing is reported once, by the words above, and not once for each
// derive.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> HttpReply for T {
    fn write(&self) -> Result<Bytes, serde_json::Error> {
        scratch::written(|json| self.serialize(&mut serde_json::Serializer::new(json)))
    }

    fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        match Self::deserialize(&mut reader) {
            Ok(reply) => reader.end().map(|()| reply),
            Err(error) => Err(error),
        }
    }
}
