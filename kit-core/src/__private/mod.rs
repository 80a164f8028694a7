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
pub use crate::transport::grpc::generated::*;
#[cfg(feature = "http")]
pub use crate::transport::http::generated::*;
#[cfg(feature = "transport")]
pub use crate::transport::{Channel, Mount, Mounted, Mounting, Routes, mount};

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
