//! The codecs of one method over gRPC, as function pointers.

use crate::model::method::Method;
use crate::model::schema::{MethodSchema, Payload};
use crate::model::status::Status;
use crate::transport::codec::{Codec, RequestIn, RequestOut, ResponseIn, ResponseOut};

/// The codecs of one method over gRPC.
pub struct GrpcBinding<M: Method> {
    request: GrpcRequest<M>,
    response: GrpcResponse<M>,
}

/// The codecs of a method's requests.
pub struct GrpcRequest<M: Method> {
    pub(super) read: fn(RequestIn<'_>) -> Result<M::Request, Status>,
    pub(super) write: fn(M::Request) -> Result<RequestOut, Status>,
    pub(super) payload: fn() -> Payload,
    pub(super) streams: bool,
}

/// The codecs of a method's responses.
pub struct GrpcResponse<M: Method> {
    pub(super) read: fn(ResponseIn) -> Result<M::Response, Status>,
    pub(super) write: fn(M::Response) -> Result<ResponseOut, Status>,
    pub(super) payload: fn() -> Payload,
    pub(super) streams: bool,
}

impl<M: Method> GrpcBinding<M> {
    /// A binding of a method's request and response codecs.
    pub const fn new(request: GrpcRequest<M>, response: GrpcResponse<M>) -> Self {
        Self { request, response }
    }

    /// The protobuf messages of the request and the response.
    pub const fn schema(&self) -> MethodSchema {
        MethodSchema::new(self.request.payload, self.response.payload)
            .streaming(self.request.streams, self.response.streams)
    }

    pub(crate) const fn codec(self) -> Codec<M> {
        Codec {
            read_request: self.request.read,
            write_response: self.response.write,
            write_request: self.request.write,
            read_response: self.response.read,
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

impl<M: Method> Copy for GrpcBinding<M> {}
impl<M: Method> Copy for GrpcRequest<M> {}
impl<M: Method> Copy for GrpcResponse<M> {}
