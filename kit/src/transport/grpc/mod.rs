//! gRPC.

mod client;
mod server;

pub use client::GrpcChannel;
pub use server::Router;

use std::marker::PhantomData;

use crate::codec::proto::{ArgumentFields, Message, MethodSchema, Payload, Reply};
use crate::method::Method;
use crate::streaming::Streaming;
use crate::transport::Remote;

/// The codecs of one method over gRPC.
pub struct GrpcBinding<M: Method> {
    schema: MethodSchema,
    method: PhantomData<fn() -> M>,
}

/// How requests of a method travel.
pub struct GrpcRequest<M: Method> {
    payload: fn() -> Payload,
    streams: bool,
    method: PhantomData<fn() -> M>,
}

/// How responses of a method travel.
pub struct GrpcResponse<M: Method> {
    payload: fn() -> Payload,
    streams: bool,
    method: PhantomData<fn() -> M>,
}

impl<M: Remote> GrpcBinding<M> {
    /// A method's request and response codecs.
    pub const fn new(request: GrpcRequest<M>, response: GrpcResponse<M>) -> Self {
        Self {
            schema: MethodSchema::new(request.payload, response.payload)
                .streaming(request.streams, response.streams),
            method: PhantomData,
        }
    }
}

impl<M: Method> GrpcBinding<M> {
    /// The request and response as protobuf messages.
    pub const fn schema(&self) -> MethodSchema {
        self.schema
    }
}

impl<M: Method> Clone for GrpcBinding<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Method> Copy for GrpcBinding<M> {}

impl<M: Remote> GrpcRequest<M> {
    /// The arguments are the fields of one message.
    pub const fn fields() -> Self
    where
        M::Arguments: ArgumentFields,
    {
        Self {
            payload: || Payload::arguments::<M::Arguments>(M::META.arguments),
            streams: false,
            method: PhantomData,
        }
    }

    /// The one argument is the message.
    pub const fn body<T: Message>() -> Self
    where
        M: Remote<Arguments = (T,)>,
    {
        Self {
            payload: Payload::message::<T>,
            streams: false,
            method: PhantomData,
        }
    }

    /// The one argument is a stream of messages.
    pub const fn stream<T: Message>() -> Self
    where
        M: Remote<Arguments = (Streaming<T>,)>,
    {
        Self {
            payload: Payload::message::<T>,
            streams: true,
            method: PhantomData,
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
            streams: false,
            method: PhantomData,
        }
    }

    /// A stream of responses.
    pub const fn stream<T: Reply>() -> Self
    where
        M: Remote<Response = Streaming<T>>,
    {
        Self {
            payload: Payload::reply::<T>,
            streams: true,
            method: PhantomData,
        }
    }
}
