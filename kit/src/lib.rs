//! One annotated trait is a whole microservice: its servers and clients over
//! HTTP/JSON and gRPC, its routes, codecs, resilience, metrics and `.proto`.
//!
//! ```
//! use kit::prelude::*;
//!
//! /// Adds numbers.
//! #[kit::service(name = "pb.Add")]
//! #[transport(http, grpc)]
//! #[timeout("2s")]
//! pub trait Add {
//!     /// Sums two integers.
//!     #[endpoint(post = "/sum", idempotent)]
//!     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
//! }
//!
//! struct Basic;
//!
//! #[kit::service]
//! impl Add for Basic {
//!     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> {
//!         a.checked_add(b).ok_or_else(|| Status::out_of_range("the sum overflows"))
//!     }
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! // Both transports, health and metrics on one port:
//! let server = kit::Server::new().mount(AddServer::new(Basic)).bind("127.0.0.1:0").await?;
//! let url = format!("grpc://{}", server.local_addr());
//! tokio::spawn(server.serve());
//!
//! // A client implements the trait that it calls:
//! let add = AddClient::connect(url).await?;
//! assert_eq!(add.sum(1, 2).await?, 3);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
//! ```
//!
//! # The design on one page
//!
//! - **The trait is the contract, the impl is a server.** Attributes on the
//!   trait and its methods apply to clients and servers; those on the impl only
//!   to that server. A plain `impl Add for Mock` can be called and served too.
//! - **A method is a type** ([`Method`]): `add::Sum` has a request, a
//!   response, an error and [`MethodMeta`]. An [`Endpoint`] executes calls of
//!   it, a [`Middleware`] wraps an endpoint. A middleware is one `async fn`, for
//!   one method or for all.
//! - **A call has a [`Context`]**: deadline, cancellation, metadata, peer. A
//!   method may take it as its first parameter; otherwise it is ambient.
//! - **Every failure is a [`Status`]** on the wire, and arrives at the caller as
//!   the same variant of the domain's error ([`ServiceError`]).
//! - **A transport gets a method's codecs as constants** (see [`mod@transport`]).
//!   So a client chooses its transport when it connects, and a method declared
//!   only for HTTP needs no types that gRPC can encode.
//! - **Resilience is declared** ([mod@policy]): ten policies as attributes of a
//!   method, of an impl or of any plain `async fn`, in one fixed order; the same
//!   policies are middleware to apply by hand. Their values can also come from a
//!   file, the environment and the running program (`kit::Config`).
//! - **Low overhead**: a call in process ([`Client::local`]) allocates
//!   nothing and goes through no `dyn`; a call over a transport is boxed once.
//!
//! A server's chain, from the outermost: metrics, deadline, policies ([their
//! order](mod@policy)), panic guard, the server's layers
//! ([`ServiceServer::layer`]), its own `#[middleware]`, the method.
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `http` | yes | HTTP/JSON, server and client |
//! | `grpc` | yes | gRPC, server and client; health; mountable reflection |
//! | `metrics` | yes | calls, errors, durations, calls in flight at `/metrics` |
//! | `config` | no | values of policies from a file (at compile time or start), the environment, the running program |
//! | `redis` | no | rate limits that processes share ([`RedisStore`]) |
//! | `gzip`, `zstd` | no | compression of gRPC messages |
//! | `tower` | no | conversions from and to Tower services and layers; axum routers in a server |
//! | `tonic` | no | tonic services in a server, conversions of tonic's types |
//! | `testing` | no | an in-process channel, a test server, scripted peers, injected faults, a clock set by hand |
//!
//! Each builds alone, and none changes what another does.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(inline)]
pub use kit_core::*;

#[cfg(feature = "redis")]
#[doc(inline)]
pub use kit_redis as redis;
#[cfg(feature = "redis")]
#[doc(inline)]
pub use kit_redis::RedisStore;
