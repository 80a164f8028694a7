//! The only entry point for generated code.
//!
//! It is not a public API: it may change with every version, together with the
//! macros, which `kit` pins to its own version.

pub use std::sync::Arc;

pub use bytes::{Bytes, BytesMut};
pub use core;
pub use core::clone::Clone;
pub use core::cmp::{Eq, PartialEq};
pub use core::default::Default;
pub use core::fmt;
pub use core::future::Future;
pub use core::hash::Hash;
pub use core::marker::{PhantomData, Send, Sized, Sync};
pub use core::ops::Fn;
pub use core::option::Option::{self, None, Some};
pub use core::pin::pin;
pub use core::primitive::{str, u8, usize};
pub use core::time::Duration;
pub use core::{concat, env, include_bytes, module_path};
pub use inventory;
pub use serde;
pub use std;

pub use crate::__kit_enumeration as enumeration;
pub use crate::__kit_function as registered;
pub use crate::client::Client;
pub use crate::codec::proto;
pub use crate::model::argument::{Argument, Source};
pub use crate::model::code::Code;
pub use crate::model::context::Context;
pub use crate::model::descriptor::{
    Compiled, CompiledValue, MethodDescriptor, MethodMeta, ServiceDescriptor, Shape, Verb,
};
pub use crate::model::endpoint::{Chain, Endpoint, Identity, Middleware, Stack};
pub use crate::model::method::RateKey;
pub use crate::model::method::{Method, Outcome};
pub use crate::model::policies::breaker::BreakerConfig;
pub use crate::model::policies::cache::CacheConfig;
pub use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};
pub use crate::model::policies::hedge::HedgeConfig;
pub use crate::model::policies::rate_limit::{Rate, RateLimitConfig, RateLimitKey, RateLimitStore};
pub use crate::model::policies::retry::RetryConfig;
pub use crate::model::policies::shed::ShedConfig;
pub use crate::model::policies::throttle::ThrottleConfig;
pub use crate::model::policies::{CodeSet, Overrides, Policies, SidePolicies};
pub use crate::model::service_error::{ErrorCase, ServiceError, fields as error_fields};
pub use crate::model::status::Status;
pub use crate::pipeline::function::Function;
#[cfg(feature = "config")]
pub use crate::pipeline::function::RegisteredFunction;
pub use crate::pipeline::plan::{
    Cached, FallbackTo, FallsBack, Hedged, Once, Plan, Retried, RetriedAndHedged, ScopedFuture,
    hash_argument,
};
pub use crate::policy::fallback::CODES as FALLBACK_CODES;
#[cfg(feature = "transport")]
pub use crate::server::registry::Registration;
pub use crate::service::dynamic::{Dyn, Erase, Erasing};
pub use crate::service::{Call, Contract, Dispatch, ServiceServer};
pub use crate::testing::mock::Stub;
pub use crate::transport::Remote;
#[cfg(feature = "grpc")]
pub use crate::transport::grpc::{GrpcBinding, GrpcRequest, GrpcResponse};
#[cfg(feature = "http")]
pub use crate::transport::http::{
    HttpArguments, HttpBinding, HttpReply, HttpRequest, HttpResponse,
};
#[cfg(feature = "transport")]
pub use crate::transport::{Channel, Mount, Mounted, Mounting, Routes, mount};

#[cfg(feature = "grpc")]
use crate::model::streaming::Streaming;

/// The binding of a method to gRPC, if it has one.
#[cfg(feature = "grpc")]
pub type Grpc<M> = Option<GrpcBinding<M>>;

/// The binding of a method to HTTP, if it has one.
#[cfg(feature = "http")]
pub type Http<M> = Option<HttpBinding<M>>;

/// Creates the binding of a method to HTTP.
#[cfg(feature = "http")]
pub const fn http<M: Remote>(request: HttpRequest<M>, response: HttpResponse<M>) -> Http<M> {
    Some(HttpBinding::new(request, response))
}

/// The HTTP request of `M`: its arguments.
#[cfg(feature = "http")]
pub const fn arguments<M: Remote>() -> HttpRequest<M>
where
    M::Arguments: HttpArguments,
{
    HttpRequest::arguments()
}

/// The HTTP response of `M`: its result.
#[cfg(feature = "http")]
pub const fn reply<M: Remote>() -> HttpResponse<M>
where
    M::Response: HttpReply,
{
    HttpResponse::body()
}

/// Creates the binding of a method to gRPC.
#[cfg(feature = "grpc")]
pub const fn grpc<M: Remote>(request: GrpcRequest<M>, response: GrpcResponse<M>) -> Grpc<M> {
    Some(GrpcBinding::new(request, response))
}

/// The gRPC request of `M`: one message whose fields are the arguments.
#[cfg(feature = "grpc")]
pub const fn fields<M: Remote>() -> GrpcRequest<M>
where
    M::Arguments: proto::ArgumentFields,
{
    GrpcRequest::fields()
}

/// The gRPC request of `M`: a message, which is the only argument.
#[cfg(feature = "grpc")]
pub const fn whole<M, T>() -> GrpcRequest<M>
where
    M: Remote<Arguments = (T,)>,
    T: proto::Message,
{
    GrpcRequest::body()
}

/// The gRPC request of `M`: a stream of messages, which is the only argument.
#[cfg(feature = "grpc")]
pub const fn streamed<M, T>() -> GrpcRequest<M>
where
    M: Remote<Arguments = (Streaming<T>,)>,
    T: proto::Message,
{
    GrpcRequest::stream()
}

/// The gRPC response of `M`: one message.
#[cfg(feature = "grpc")]
pub const fn unary<M: Remote>() -> GrpcResponse<M>
where
    M::Response: proto::Reply,
{
    GrpcResponse::unary()
}

/// The gRPC response of `M`: a stream of messages.
#[cfg(feature = "grpc")]
pub const fn stream<M, T>() -> GrpcResponse<M>
where
    M: Remote<Response = Streaming<T>>,
    T: proto::Reply,
{
    GrpcResponse::stream()
}

// Short names for types in the generated code of every method: shorter generated
// code compiles faster for all of them.

/// The metadata of a method.
pub type Meta = &'static MethodMeta;

/// The context of a call.
pub type Cx<'a> = &'a Context;

/// Builds the request of `M` from its arguments.
pub type Pack<M> = fn(<M as Remote>::Arguments) -> <M as Method>::Request;

/// Splits the request of `M` into its arguments.
pub type Unpack<M> = fn(<M as Method>::Request) -> <M as Remote>::Arguments;

/// The bounds on the type of a served service.
pub trait Service: Send + Sync + 'static {}

impl<S: Send + Sync + 'static> Service for S {}

/// A value of type `T` for unreachable code, which makes the compiler infer `T`.
pub fn never<T>() -> T {
    unreachable!("code that never runs")
}

/// Registers a function with policies, so that a configuration can change it.
#[cfg(feature = "config")]
#[macro_export]
#[doc(hidden)]
macro_rules! __kit_function {
    ($function:ident) => {
        $crate::__private::inventory::submit! {
            $crate::__private::RegisteredFunction(&$function)
        }
    };
}

/// Does nothing, as the feature `config` is off.
#[cfg(not(feature = "config"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __kit_function {
    ($function:ident) => {};
}

/// The metadata of a method, from its names.
pub const fn meta(
    service: &'static str,
    name: &'static str,
    wire_name: &'static str,
) -> MethodMeta {
    MethodMeta::new(service, name, wire_name)
}

/// An argument that is a member of the body.
pub const fn member(name: &'static str, tag: u32) -> Argument {
    Argument::new(name, Source::Member, tag)
}

/// A duration in milliseconds.
pub const fn millis(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
