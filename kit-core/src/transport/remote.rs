//! The [`Remote`] trait: a method that can be called over a transport.
//!
//! What a transport needs to know of a method's types it gets as data: a
//! [`Remote`] method has one constant for each transport that it declares,
//! which holds function pointers to its codecs.

use crate::model::descriptor::MethodDescriptor;
use crate::model::method::Method;
use crate::model::service_error::ServiceError as _;
#[cfg(feature = "grpc")]
use crate::transport::grpc::GrpcBinding;
#[cfg(feature = "http")]
use crate::transport::http::HttpBinding;

/// A method that can be called from another process: how its arguments become
/// a tuple and back, and its codecs per transport.
pub trait Remote: Method {
    /// The arguments in the order of the signature.
    type Arguments: Send + 'static;

    /// The codecs over HTTP/JSON, if the method has that transport.
    #[cfg(feature = "http")]
    const HTTP: Option<HttpBinding<Self>> = None;

    /// The codecs over gRPC, if the method has that transport.
    #[cfg(feature = "grpc")]
    const GRPC: Option<GrpcBinding<Self>> = None;

    /// Packs the arguments into a request.
    const PACK: fn(Self::Arguments) -> Self::Request;

    /// Unpacks the arguments of a request.
    const UNPACK: fn(Self::Request) -> Self::Arguments;

    /// Packs the arguments into a request.
    fn pack(arguments: Self::Arguments) -> Self::Request {
        (Self::PACK)(arguments)
    }

    /// Unpacks the arguments of a request.
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
            #[cfg(not(feature = "grpc"))]
            proto: None,
        }
    }
}
