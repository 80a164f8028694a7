//! All that generated code may name.
//!
//! Nothing here is for people: it may change with every version, together
//! with the macros, which `kit` pins to its own version.

pub use std::sync::Arc;

pub use bytes::{Bytes, BytesMut};
pub use core;
pub use core::default::Default;
pub use core::future::Future;
pub use core::marker::{PhantomData, Send, Sized, Sync};
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
pub use crate::endpoint::{Chain, Endpoint, Identity, Middleware, Stack};
pub use crate::method::{Method, Outcome};
pub use crate::policy::{Overrides, Policies};
#[cfg(feature = "transport")]
pub use crate::registry::Registration;
pub use crate::service::{Contract, Dispatch, ServiceServer};
pub use crate::service_error::{ErrorCase, ServiceError, fields as error_fields};
pub use crate::status::Status;
pub use crate::transport::Remote;
#[cfg(feature = "grpc")]
pub use crate::transport::grpc::{GrpcBinding, GrpcRequest, GrpcResponse};
#[cfg(feature = "http")]
pub use crate::transport::http::{HttpArguments, HttpBinding, HttpReply};
#[cfg(feature = "transport")]
pub use crate::transport::{Channel, Mount, Mounted, Mounting, Routes, mount};
