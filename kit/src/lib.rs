//! One annotated trait is a whole microservice.

// Generated code names everything by `::kit`; inside this crate that is us.
#[allow(unused_extern_crates)]
extern crate self as kit;

#[doc(hidden)]
pub mod __private;
mod client;
mod code;
pub mod codec;
pub mod context;
pub mod descriptor;
mod dynamic;
mod endpoint;
pub mod health;
mod metadata;
mod method;
pub mod metrics;
mod mock;
pub mod policy;
pub mod prelude;
#[cfg(feature = "transport")]
pub mod registry;
#[cfg(feature = "transport")]
pub mod server;
mod service;
mod service_error;
mod status;
mod streaming;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tonic")]
mod tonic;
#[cfg(feature = "tower")]
pub mod tower;
pub mod transport;

pub use client::{Client, Local};
pub use kit_macros::{
    Message, ServiceError, auth, balance, body, breaker, cache, concurrency, endpoint, fallback,
    header, hedge, log, metrics, middleware, path, query, rate_limit, retry, sensitive, service,
    shed, tag, throttle, timeout, trace, transport,
};

pub use code::{Code, UnknownCode};
pub use codec::proto::Message;
pub use context::{Context, ResponseMetadata};
pub use descriptor::{MethodMeta, ServiceDescriptor};
pub use dynamic::Dyn;
pub use endpoint::{Chain, Endpoint, EndpointFn, Identity, Middleware, Stack};
pub use health::{Health, Serving};
pub use metadata::{InvalidMetadata, Metadata};
pub use method::{Method, Outcome};
pub use mock::Stub;
#[cfg(feature = "transport")]
pub use server::Server;
pub use service::ServiceServer;
pub use service_error::{ErrorCase, ServiceError};
pub use status::{Detail, Status, details};
pub use streaming::Streaming;
#[cfg(feature = "grpc")]
pub use transport::grpc;
#[cfg(feature = "transport")]
pub use transport::{Channel, Connection, Limits, Mount};
