//! The runtime of [kit](https://docs.rs/kit): model, policies, codecs,
//! transports, server and configuration.
//!
//! Programs depend on the facade, the crate `kit`, which re-exports this one.
//! Adapters, which connect kit to other systems, depend on this crate, as the
//! facade depends on them.
//!
//! # Layers
//!
//! A module imports its own layer and those below it:
//!
//! | layer | contents |
//! |---|---|
//! | [`testing`] | test doubles, in-process channels, faults, mocks |
//! | `interop` | Tower, tonic |
//! | [`server`] | listeners, connections, dispatcher, built-in pages, health, registry, shutdown |
//! | `config` | policy values from files, the environment and the running program |
//! | [`mod@transport`] | route table, channels, limits; a folder for each protocol |
//! | `net` | byte streams, listeners, protocol detection |
//! | [`contract`] | documents from descriptors |
//! | `service`, `client` | the typed ends of a call |
//! | `host` | what the operating system reports of the machine and the process |
//! | `pipeline` | the policies of one method around its calls: admission, plan, counters |
//! | [`policy`] | a module for each policy: its core, its counts, its middleware |
//! | `telemetry` | metrics |
//! | [`codec`] | types to bytes and back |
//! | `model` | codes, statuses, contexts, methods, descriptors, policy configurations |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code names items of `::kit`, which inside this crate is the crate itself.
#[allow(unused_extern_crates)]
extern crate self as kit;

#[doc(hidden)]
pub mod __private;
mod client;
pub mod codec;
#[cfg(feature = "config")]
pub mod config;
pub mod contract;
mod host;
mod interop;
mod model;
#[cfg(feature = "transport")]
mod net;
mod pipeline;
pub mod policy;
pub mod prelude;
#[cfg(feature = "transport")]
pub mod server;
mod service;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(not(feature = "testing"))]
mod testing;
pub mod transport;

pub use kit_macros::{
    Message, ServiceError, auth, balance, body, breaker, cache, concurrency, endpoint, fallback,
    header, hedge, log, metrics, middleware, path, query, rate_limit, retry, sensitive, service,
    shed, tag, throttle, timeout, trace, transport,
};

pub use client::{Client, Local};
pub use codec::proto::{Message, details};
#[cfg(feature = "config")]
pub use config::Config;
#[cfg(feature = "tower")]
pub use interop::tower;
pub use model::code::{Code, UnknownCode};
pub use model::context::{Context, ResponseMetadata};
pub use model::descriptor::{MethodMeta, ServiceDescriptor};
pub use model::endpoint::{Chain, Endpoint, EndpointFn, Identity, Middleware, Stack};
pub use model::metadata::{InvalidMetadata, Metadata};
pub use model::method::{Method, Outcome};
pub use model::service_error::{ErrorCase, ServiceError};
pub use model::status::{Detail, Status};
pub use model::streaming::Streaming;
pub use model::{context, descriptor};
#[cfg(feature = "transport")]
pub use server::Server;
#[cfg(feature = "transport")]
pub use server::health::{Health, Serving};
#[cfg(feature = "transport")]
pub use server::{health, registry};
pub use service::ServiceServer;
pub use service::dynamic::Dyn;
pub use testing::mock::Stub;
#[cfg(feature = "grpc")]
pub use transport::grpc;
#[cfg(feature = "transport")]
pub use transport::{
    Channel, Connection, GrpcLimits, Http1Limits, Http2Limits, HttpLimits, Limits, Mount,
};

/// Metrics of calls, policies and the process.
pub mod metrics {
    pub use crate::pipeline::counters::policies_snapshot;
    #[doc(inline)]
    pub use crate::telemetry::metrics::*;
}
