//! gRPC.

mod client;
mod server;

pub use client::GrpcChannel;
pub use server::Router;

use std::marker::PhantomData;

use crate::codec::proto::{ArgumentFields, Message, Reply};
use crate::method::Method;
use crate::streaming::Streaming;
use crate::transport::Remote;

/// The codecs of one method over gRPC.
pub struct GrpcBinding<M: Method>(PhantomData<fn() -> M>);

/// How requests of a method travel.
pub struct GrpcRequest<M: Method>(PhantomData<fn() -> M>);

/// How responses of a method travel.
pub struct GrpcResponse<M: Method>(PhantomData<fn() -> M>);

impl<M: Remote> GrpcBinding<M> {
    /// A method's request and response codecs.
    pub const fn new(_request: GrpcRequest<M>, _response: GrpcResponse<M>) -> Self {
        Self(PhantomData)
    }
}

impl<M: Method> GrpcBinding<M> {
    /// The request and response as protobuf messages.
    pub const fn schema(&self) -> fn() -> crate::codec::proto::MethodSchema {
        || crate::codec::proto::MethodSchema
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
        Self(PhantomData)
    }

    /// The one argument is the message.
    pub const fn body<T: Message>() -> Self
    where
        M: Remote<Arguments = (T,)>,
    {
        Self(PhantomData)
    }

    /// The one argument is a stream of messages.
    pub const fn stream<T: Message>() -> Self
    where
        M: Remote<Arguments = (Streaming<T>,)>,
    {
        Self(PhantomData)
    }
}

impl<M: Remote> GrpcResponse<M> {
    /// One response.
    pub const fn unary() -> Self
    where
        M::Response: Reply,
    {
        Self(PhantomData)
    }

    /// A stream of responses.
    pub const fn stream<T: Reply>() -> Self
    where
        M: Remote<Response = Streaming<T>>,
    {
        Self(PhantomData)
    }
}
