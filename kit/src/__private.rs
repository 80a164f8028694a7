//! All that generated code may name.
//!
//! Nothing here is for people: it may change with every version, together
//! with the macros, which `kit` pins to its own version.

pub use std::sync::Arc;

pub use bytes::{Bytes, BytesMut};
pub use core;
pub use core::clone::Clone;
pub use core::default::Default;
pub use core::fmt;
pub use core::future::Future;
pub use core::marker::{PhantomData, Send, Sized, Sync};
pub use core::ops::Fn;
pub use core::option::Option::{self, None, Some};
pub use core::primitive::{str, usize};
pub use core::time::Duration;
pub use inventory;
pub use serde;
pub use std;

pub use crate::__kit_enumeration as enumeration;
pub use crate::client::Client;
pub use crate::code::Code;
pub use crate::codec::proto;
pub use crate::context::Context;
pub use crate::descriptor::{
    Argument, MethodDescriptor, MethodMeta, ServiceDescriptor, Shape, Source, Verb,
};
pub use crate::dynamic::{Dyn, Erase, Erasing};
pub use crate::endpoint::{Chain, Endpoint, Identity, Middleware, Stack};
pub use crate::method::{Method, Outcome};
pub use crate::mock::Stub;
pub use crate::policy::{Overrides, Policies};
#[cfg(feature = "transport")]
pub use crate::registry::Registration;
pub use crate::service::{Calling, Contract, Dispatch, ServiceServer};
pub use crate::service_error::{ErrorCase, ServiceError, fields as error_fields};
pub use crate::status::Status;
pub use crate::transport::Remote;
#[cfg(feature = "grpc")]
pub use crate::transport::grpc::{GrpcBinding, GrpcRequest, GrpcResponse};

/// A method's binding to gRPC, if it has one.
#[cfg(feature = "grpc")]
pub type Grpc<M> = Option<GrpcBinding<M>>;
#[cfg(feature = "http")]
pub use crate::transport::http::{HttpArguments, HttpBinding, HttpReply};

/// A method's binding to HTTP, if it has one.
#[cfg(feature = "http")]
pub type Http<M> = Option<HttpBinding<M>>;
#[cfg(feature = "transport")]
pub use crate::transport::{Channel, Mount, Mounted, Mounting, Routes, mount};

/// A method's binding to HTTP.
#[cfg(feature = "http")]
pub const fn http<M>() -> Http<M>
where
    M: Remote,
    M::Arguments: HttpArguments,
    M::Response: HttpReply,
{
    Some(HttpBinding::new())
}

/// A method's binding to gRPC.
#[cfg(feature = "grpc")]
pub const fn grpc<M: Remote>(request: GrpcRequest<M>, response: GrpcResponse<M>) -> Grpc<M> {
    Some(GrpcBinding::new(request, response))
}
