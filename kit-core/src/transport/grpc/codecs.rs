//! Builds the codecs of a method's binding from its types.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::binding::{GrpcRequest, GrpcResponse};
use super::frame;
use super::streams::{Encode, Incoming};
use crate::codec::proto::{ArgumentFields, DecodeError, Message, Reply};
use crate::model::argument::Argument;
use crate::model::schema::Payload;
use crate::model::status::Status;
use crate::model::streaming::Streaming;
use crate::transport::Remote;
use crate::transport::codec::{RequestIn, RequestOut, ResponseIn, ResponseOut, wrong_codec};

impl<M: Remote> GrpcRequest<M> {
    /// Encodes the arguments as the fields of one message.
    pub const fn fields() -> Self
    where
        M::Arguments: ArgumentFields,
    {
        Self {
            read: read_fields::<M>,
            write: write_fields::<M>,
            payload: || Payload::arguments::<M::Arguments>(M::META.arguments),
            streams: false,
        }
    }

    /// Encodes the only argument as the message.
    pub const fn body<T: Message>() -> Self
    where
        M: Remote<Arguments = (T,)>,
    {
        Self {
            read: |request| {
                let message = T::decode(one_request(request)?).map_err(unreadable_request)?;
                Ok(M::pack((message,)))
            },
            write: |request| {
                let (message,) = M::unpack(request);
                let mut frame = frame::open(message.encoded_len());
                message.encode(&mut frame);
                Ok(RequestOut::Message(frame))
            },
            payload: Payload::message::<T>,
            streams: false,
        }
    }

    /// Encodes the only argument as a stream of messages.
    pub const fn stream<T: Message>() -> Self
    where
        M: Remote<Arguments = (Streaming<T>,)>,
    {
        Self {
            read: |request| {
                Ok(M::pack((Streaming::new(Decoded {
                    incoming: requests(request)?,
                    decode: T::decode,
                    direction: Direction::Request,
                }),)))
            },
            write: |request| {
                let (messages,) = M::unpack(request);
                Ok(RequestOut::Stream(Box::new(Encoded {
                    items: messages,
                    encode: |message: T, out| {
                        frame::append(out, message.encoded_len());
                        message.encode(out);
                    },
                })))
            },
            payload: Payload::message::<T>,
            streams: true,
        }
    }
}

// The part of a codec that is compiled per method; its work is shared by all
// methods with arguments of the same types.

fn read_fields<M: Remote<Arguments: ArgumentFields>>(
    request: RequestIn<'_>,
) -> Result<M::Request, Status> {
    match decode_fields::<M::Arguments>(M::META.arguments, request) {
        Ok(arguments) => Ok(M::pack(arguments)),
        Err(status) => Err(status),
    }
}

fn write_fields<M: Remote<Arguments: ArgumentFields>>(
    request: M::Request,
) -> Result<RequestOut, Status> {
    encode_fields::<M::Arguments>(M::META.arguments, M::unpack(request))
}

fn decode_fields<A: ArgumentFields>(
    meta: &[Argument],
    request: RequestIn<'_>,
) -> Result<A, Status> {
    A::decode_fields(meta, one_request(request)?).map_err(unreadable_request)
}

fn encode_fields<A: ArgumentFields>(meta: &[Argument], arguments: A) -> Result<RequestOut, Status> {
    let mut frame = frame::open(arguments.fields_len(meta));
    arguments.encode_fields(meta, &mut frame);
    Ok(RequestOut::Message(frame))
}

impl<M: Remote> GrpcResponse<M> {
    /// Encodes one response.
    pub const fn unary() -> Self
    where
        M::Response: Reply,
    {
        Self {
            read: read_unary::<M::Response>,
            write: write_unary::<M::Response>,
            payload: Payload::reply::<M::Response>,
            streams: false,
        }
    }

    /// Encodes a stream of responses.
    pub const fn stream<T: Reply>() -> Self
    where
        M: Remote<Response = Streaming<T>>,
    {
        Self {
            read: |stream| {
                Ok(Streaming::new(Decoded {
                    incoming: responses(stream)?,
                    decode: T::decode_reply,
                    direction: Direction::Response,
                }))
            },
            write: |responses| {
                Ok(ResponseOut::Stream(Box::new(Encoded {
                    items: responses,
                    encode: |response: T, out| {
                        frame::append(out, response.reply_len());
                        response.encode_reply(out);
                    },
                })))
            },
            payload: Payload::reply::<T>,
            streams: true,
        }
    }
}

fn read_unary<T: Reply>(response: ResponseIn) -> Result<T, Status> {
    match T::decode_reply(one_response(response)?) {
        Ok(response) => Ok(response),
        Err(error) => Err(Direction::Response.unreadable(error)),
    }
}

fn write_unary<T: Reply>(response: T) -> Result<ResponseOut, Status> {
    let mut frame = frame::open(response.reply_len());
    response.encode_reply(&mut frame);
    Ok(ResponseOut::Message(frame))
}

fn one_request(request: RequestIn<'_>) -> Result<Bytes, Status> {
    match request {
        RequestIn::Message(message) => Ok(message),
        _ => Err(wrong_codec()),
    }
}

fn requests(request: RequestIn<'_>) -> Result<Incoming, Status> {
    match request {
        RequestIn::Stream(messages) => Ok(messages),
        _ => Err(wrong_codec()),
    }
}

fn one_response(response: ResponseIn) -> Result<Bytes, Status> {
    match response {
        ResponseIn::Message(message) => Ok(message),
        _ => Err(wrong_codec()),
    }
}

fn responses(response: ResponseIn) -> Result<Incoming, Status> {
    match response {
        ResponseIn::Stream(messages) => Ok(messages),
        _ => Err(wrong_codec()),
    }
}

#[cold]
fn unreadable_request(error: DecodeError) -> Status {
    Direction::Request.unreadable(error)
}

/// The direction of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Response,
}

impl Direction {
    /// The status of a message that can't be decoded.
    #[cold]
    pub(super) fn unreadable(self, error: DecodeError) -> Status {
        let name = match self {
            Self::Request => "request",
            Self::Response => "response",
        };
        Status::internal(format!("the {name} can't be decoded: {error}")).with_source(error)
    }
}

/// A stream of messages, with the function that encodes them.
struct Encoded<T> {
    items: Streaming<T>,
    encode: fn(T, &mut BytesMut),
}

impl<T> Encode for Encoded<T> {
    fn poll_encode(
        &mut self,
        task: &mut TaskContext<'_>,
        out: &mut BytesMut,
    ) -> Poll<Option<Result<(), Status>>> {
        let item = ready!(Pin::new(&mut self.items).poll_next(task));
        Poll::Ready(item.map(|item| item.map(|item| (self.encode)(item, out))))
    }
}

/// A stream of frames, with the function that decodes them.
struct Decoded<T> {
    incoming: Incoming,
    decode: fn(Bytes) -> Result<T, DecodeError>,
    direction: Direction,
}

impl<T> Stream for Decoded<T> {
    type Item = Result<T, Status>;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let item = ready!(this.incoming.as_mut().poll_next(task));
        Poll::Ready(
            item.map(|item| (this.decode)(item?).map_err(|error| this.direction.unreadable(error))),
        )
    }
}
