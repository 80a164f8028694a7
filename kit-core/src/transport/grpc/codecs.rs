//! How the types of a method become the codecs of its binding.

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
use crate::transport::codec::{ReplyIn, ReplyOut, RequestIn, RequestOut, wrong_codec};

impl<M: Remote> GrpcRequest<M> {
    /// The arguments are the fields of one message.
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

    /// The one argument is the message.
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

    /// The one argument is a stream of messages.
    pub const fn stream<T: Message>() -> Self
    where
        M: Remote<Arguments = (Streaming<T>,)>,
    {
        Self {
            read: |request| {
                Ok(M::pack((Streaming::new(Decoded {
                    incoming: requests(request)?,
                    decode: T::decode,
                    what: Direction::Request,
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

// What is left of a codec for each method; its work is shared by all methods
// with arguments of the same types.

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
    /// One response.
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

    /// A stream of responses.
    pub const fn stream<T: Reply>() -> Self
    where
        M: Remote<Response = Streaming<T>>,
    {
        Self {
            read: |replies| {
                Ok(Streaming::new(Decoded {
                    incoming: responses(replies)?,
                    decode: T::decode_reply,
                    what: Direction::Response,
                }))
            },
            write: |responses| {
                Ok(ReplyOut::Stream(Box::new(Encoded {
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

fn read_unary<T: Reply>(reply: ReplyIn) -> Result<T, Status> {
    match T::decode_reply(one_response(reply)?) {
        Ok(response) => Ok(response),
        Err(error) => Err(Direction::Response.unreadable(error)),
    }
}

fn write_unary<T: Reply>(response: T) -> Result<ReplyOut, Status> {
    let mut frame = frame::open(response.reply_len());
    response.encode_reply(&mut frame);
    Ok(ReplyOut::Message(frame))
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

fn one_response(reply: ReplyIn) -> Result<Bytes, Status> {
    match reply {
        ReplyIn::Message(message) => Ok(message),
        _ => Err(wrong_codec()),
    }
}

fn responses(reply: ReplyIn) -> Result<Incoming, Status> {
    match reply {
        ReplyIn::Stream(messages) => Ok(messages),
        _ => Err(wrong_codec()),
    }
}

#[cold]
fn unreadable_request(error: DecodeError) -> Status {
    Direction::Request.unreadable(error)
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Response,
}

impl Direction {
    /// The failure of a message that can't be decoded.
    #[cold]
    pub(super) fn unreadable(self, error: DecodeError) -> Status {
        let what = match self {
            Self::Request => "request",
            Self::Response => "response",
        };
        Status::internal(format!("the {what} can't be decoded: {error}")).with_source(error)
    }
}

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

struct Decoded<T> {
    incoming: Incoming,
    decode: fn(Bytes) -> Result<T, DecodeError>,
    what: Direction,
}

impl<T> Stream for Decoded<T> {
    type Item = Result<T, Status>;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let item = ready!(this.incoming.as_mut().poll_next(task));
        Poll::Ready(
            item.map(|item| (this.decode)(item?).map_err(|error| this.what.unreadable(error))),
        )
    }
}
