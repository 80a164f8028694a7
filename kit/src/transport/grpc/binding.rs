//! What the transport knows of a method's types: how its request and its
//! response become messages and back, as function pointers.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::frame;
use crate::codec::proto::{ArgumentFields, DecodeError, Message, MethodSchema, Payload, Reply};
use crate::method::Method;
use crate::status::Status;
use crate::streaming::Streaming;
use crate::transport::Remote;

/// The codecs of one method over gRPC.
pub struct GrpcBinding<M: Method> {
    pub(super) request: GrpcRequest<M>,
    pub(super) response: GrpcResponse<M>,
}

/// How requests of a method travel.
pub struct GrpcRequest<M: Method> {
    pub(super) codec: Codec<M::Request>,
    payload: fn() -> Payload,
}

/// How responses of a method travel.
pub struct GrpcResponse<M: Method> {
    pub(super) codec: Codec<M::Response>,
    payload: fn() -> Payload,
}

/// How a value travels.
pub(super) enum Codec<T> {
    /// As one message.
    Message {
        /// Appends an unsealed frame.
        encode: fn(T, &mut BytesMut),
        decode: fn(Bytes) -> Result<T, DecodeError>,
    },
    /// As any number of messages.
    Stream {
        split: fn(T) -> Outgoing,
        join: fn(Incoming) -> T,
    },
}

impl<T> Codec<T> {
    const fn streams(&self) -> bool {
        matches!(self, Self::Stream { .. })
    }
}

/// Messages as they arrive, decompressed and not decoded.
pub(super) type Incoming = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

/// Messages to send.
pub(super) type Outgoing = Box<dyn Encode>;

/// A stream that encodes its items.
pub(super) trait Encode: Send {
    /// Appends the next item as an unsealed frame.
    fn poll_encode(
        &mut self,
        task: &mut TaskContext<'_>,
        out: &mut BytesMut,
    ) -> Poll<Option<Result<(), Status>>>;
}

impl<M: Remote> GrpcBinding<M> {
    /// A method's request and response codecs.
    pub const fn new(request: GrpcRequest<M>, response: GrpcResponse<M>) -> Self {
        Self { request, response }
    }
}

impl<M: Method> GrpcBinding<M> {
    /// The request and response as protobuf messages.
    pub const fn schema(&self) -> MethodSchema {
        MethodSchema::new(self.request.payload, self.response.payload)
            .streaming(self.request.codec.streams(), self.response.codec.streams())
    }
}

impl<M: Remote> GrpcRequest<M> {
    /// The arguments are the fields of one message.
    pub const fn fields() -> Self
    where
        M::Arguments: ArgumentFields,
    {
        Self {
            payload: || Payload::arguments::<M::Arguments>(M::META.arguments),
            codec: Codec::Message {
                encode: |request, out| {
                    let (arguments, meta) = (M::unpack(request), M::META.arguments);
                    frame::open(out, arguments.fields_len(meta), |out| {
                        arguments.encode_fields(meta, out);
                    });
                },
                decode: |bytes| M::Arguments::decode_fields(M::META.arguments, bytes).map(M::pack),
            },
        }
    }

    /// The one argument is the message.
    pub const fn body<T: Message>() -> Self
    where
        M: Remote<Arguments = (T,)>,
    {
        Self {
            payload: Payload::message::<T>,
            codec: Codec::Message {
                encode: |request, out| {
                    let (message,) = M::unpack(request);
                    frame::open(out, message.encoded_len(), |out| message.encode(out));
                },
                decode: |bytes| T::decode(bytes).map(|message| M::pack((message,))),
            },
        }
    }

    /// The one argument is a stream of messages.
    pub const fn stream<T: Message>() -> Self
    where
        M: Remote<Arguments = (Streaming<T>,)>,
    {
        Self {
            payload: Payload::message::<T>,
            codec: Codec::Stream {
                split: |request| {
                    let (messages,) = M::unpack(request);
                    Box::new(Encoded {
                        items: messages,
                        encode: |message: T, out| {
                            frame::open(out, message.encoded_len(), |out| message.encode(out));
                        },
                    })
                },
                join: |incoming| {
                    M::pack((Streaming::new(Decoded {
                        incoming,
                        decode: T::decode,
                        what: Direction::Request,
                    }),))
                },
            },
        }
    }
}

impl<M: Remote> GrpcResponse<M> {
    /// One response.
    pub const fn unary() -> Self
    where
        M::Response: Reply,
    {
        Self {
            payload: Payload::reply::<M::Response>,
            codec: Codec::Message {
                encode: |response, out| {
                    frame::open(out, response.reply_len(), |out| response.encode_reply(out));
                },
                decode: M::Response::decode_reply,
            },
        }
    }

    /// A stream of responses.
    pub const fn stream<T: Reply>() -> Self
    where
        M: Remote<Response = Streaming<T>>,
    {
        Self {
            payload: Payload::reply::<T>,
            codec: Codec::Stream {
                split: |responses| {
                    Box::new(Encoded {
                        items: responses,
                        encode: |response: T, out| {
                            frame::open(out, response.reply_len(), |out| {
                                response.encode_reply(out);
                            });
                        },
                    })
                },
                join: |incoming| {
                    Streaming::new(Decoded {
                        incoming,
                        decode: T::decode_reply,
                        what: Direction::Response,
                    })
                },
            },
        }
    }
}

impl<M: Method> Clone for GrpcBinding<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Clone for GrpcRequest<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Clone for GrpcResponse<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Clone for Codec<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for GrpcBinding<M> {}
impl<M: Method> Copy for GrpcRequest<M> {}
impl<M: Method> Copy for GrpcResponse<M> {}
impl<T> Copy for Codec<T> {}

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
