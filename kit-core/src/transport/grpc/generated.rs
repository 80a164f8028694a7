//! The gRPC bindings of methods, as generated code names them.

pub use super::{GrpcBinding, GrpcRequest, GrpcResponse};
use crate::codec::proto;
use crate::model::streaming::Streaming;
use crate::transport::Remote;

/// The binding of a method to gRPC, if it has one.
pub type Grpc<M> = Option<GrpcBinding<M>>;

/// Creates the binding of a method to gRPC.
pub const fn grpc<M: Remote>(request: GrpcRequest<M>, response: GrpcResponse<M>) -> Grpc<M> {
    Some(GrpcBinding::new(request, response))
}

/// The gRPC request of `M`: one message whose fields are the arguments.
pub const fn fields<M: Remote>() -> GrpcRequest<M>
where
    M::Arguments: proto::ArgumentFields,
{
    GrpcRequest::fields()
}

/// The gRPC request of `M`: a message, which is the only argument.
pub const fn whole<M, T>() -> GrpcRequest<M>
where
    M: Remote<Arguments = (T,)>,
    T: proto::Message,
{
    GrpcRequest::body()
}

/// The gRPC request of `M`: a stream of messages, which is the only argument.
pub const fn streamed<M, T>() -> GrpcRequest<M>
where
    M: Remote<Arguments = (Streaming<T>,)>,
    T: proto::Message,
{
    GrpcRequest::stream()
}

/// The gRPC response of `M`: one message.
pub const fn unary<M: Remote>() -> GrpcResponse<M>
where
    M::Response: proto::Reply,
{
    GrpcResponse::unary()
}

/// The gRPC response of `M`: a stream of messages.
pub const fn stream<M, T>() -> GrpcResponse<M>
where
    M: Remote<Response = Streaming<T>>,
    T: proto::Reply,
{
    GrpcResponse::stream()
}
