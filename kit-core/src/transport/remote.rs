//! A method that can be called over a transport, as constants.
//!
//! What a transport must know of a method's types it gets as data: a
//! [`Remote`] method has one constant for each transport that it declares,
//! which holds function pointers to its codecs.

use crate::model::descriptor::MethodDescriptor;
use crate::model::method::Method;
use crate::model::service_error::ServiceError as _;

/// A method that can be called from another process: how its arguments become
/// a tuple and back, and its codecs per transport.
pub trait Remote: Method {
    /// The arguments in the order of the signature.
    type Arguments: Send + 'static;

    /// The codecs over HTTP/JSON, where the method has that transport.
    #[cfg(feature = "http")]
    const HTTP: Option<crate::transport::http::HttpBinding<Self>> = None;

    /// The codecs over gRPC, where the method has that transport.
    #[cfg(feature = "grpc")]
    const GRPC: Option<crate::transport::grpc::GrpcBinding<Self>> = None;

    /// Makes the request of its arguments.
    const PACK: fn(Self::Arguments) -> Self::Request;

    /// Takes a request apart.
    const UNPACK: fn(Self::Request) -> Self::Arguments;

    /// The request from its arguments.
    fn pack(arguments: Self::Arguments) -> Self::Request {
        (Self::PACK)(arguments)
    }

    /// The arguments of a request.
    fn unpack(request: Self::Request) -> Self::Arguments {
        (Self::UNPACK)(request)
    }
}

impl MethodDescriptor {
    /// The descriptor of a method.
    pub const fn of<M: Remote>() -> Self {
        Self {
            meta: M::META,
            errors: M::Error::CASES,
            #[cfg(feature = "grpc")]
            proto: match M::GRPC {
                Some(binding) => Some(binding.schema()),
                None => None,
            },
        }
    }
}
