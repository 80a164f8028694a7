//! The attribute and derive macros of kit; use them through the `kit` crate.

#![forbid(unsafe_code)]

mod attribute;
mod check;
#[cfg(any(test, feature = "config"))]
mod config;
mod derive;
mod diagnostic;
mod expand;
mod features;
mod function;
mod model;
mod parse;
#[cfg(test)]
mod snapshots;
mod syntax;

use proc_macro::TokenStream;

use crate::attribute::Placement;

/// Generates a microservice from a trait, and a server from an impl.
///
/// For a trait `Add` it generates a server `AddServer`, a client `AddClient`
/// that implements `Add`, and a module `add` with a type per method.
///
/// | on a trait | meaning |
/// |---|---|
/// | `name = "pb.Add"` | the name on the wire; by default that of the trait |
/// | `version = "1.0"` | the version in the descriptor |
/// | `dynamic` | `DynAdd`: any implementation, chosen at run time |
/// | `mock` | `MockAdd`: a scripted double for tests |
/// | `config = "kit.toml"` | values of policies from a file, over those of the attributes |
/// | `crate = path` | the path of the kit crate, if it is not `::kit` |
///
/// | on an impl | meaning |
/// |---|---|
/// | `register`, `register = expr` | `kit::Server::from_registry()` mounts it |
/// | `crate = path` | the path of the kit crate, if it is not `::kit` |
///
/// The file of `config` has the format of `kit::Config` and the same meaning as
/// if it were loaded at startup: a value overrides that of an attribute, key by
/// key, and a policy without an attribute is switched on. Policies that store or
/// repeat calls (`retry`, `hedge`, `cache`, `fallback`) need their attribute.
/// The path is relative to the crate's Cargo.toml. The crate is recompiled when
/// the file changes, and a problem in the file is a compile error with its line.
/// One file may have the tables of several services. It needs kit's feature
/// `config`.
///
/// The trait must be in a module, not in a function: the generated module names
/// the types around it.
///
/// An impl may have `fn .. -> impl Future<Output = ..> + Send` for an
/// `async fn`. Code that runs before it returns the future is outside of the
/// call's context: there, `kit::Context::current()` is the context of the caller,
/// without the deadline and the metadata of the call. So put all code into the
/// future, `async move { .. }`.
#[proc_macro_attribute]
pub fn service(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::service(arguments.into(), item.into()).into()
}

/// Attributes that `#[kit::service]` reads. Outside of a service, a policy wraps
/// a plain `async fn`, and any other attribute is an error.
macro_rules! read_by_service {
    ($($(#[$docs:meta])* $name:ident: $placement:ident,)*) => {$(
        $(#[$docs])*
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            attribute::expand_outside_service(stringify!($name), Placement::$placement, arguments.into(), item.into()).into()
        }
    )*};
}

read_by_service! {
    /// Sets the route, name and status of a method: `#[endpoint(post = "/sum", name = "Sum", status = 201, idempotent)]`.
    endpoint: Method,
    /// Sets the transports of a trait, or selects some of them for a method: `#[transport(http(prefix = "/v1"), grpc)]`.
    transport: Contract,
    /// Reads the parameter from the path, where it is `{name}`.
    path: Parameter,
    /// Reads the parameter from the query.
    query: Parameter,
    /// Reads the parameter from a header: `#[header("x-tenant")]`.
    header: Parameter,
    /// Makes the parameter the whole body, and the whole gRPC request.
    body: Parameter,
    /// Sets the field number of the parameter in protobuf: `#[tag(3)]`.
    tag: Parameter,
    /// Keeps the parameter out of logs.
    sensitive: Parameter,
    /// Wraps a method on the server: `#[middleware(Audit::new())]`. Not for plain functions.
    middleware: Policy,
    /// Limits the duration of a call: `#[timeout("2s", at = client)]`.
    ///
    /// On a plain `async fn` it applies to all its other policies except a fallback, and the code that it calls
    /// sees the deadline in `Context::current()`. A function may have all policies, written in any order: they
    /// are applied in the order of `kit::policy`, which documents policies of functions. There, each also takes
    /// `crate = path`, the path of the kit crate if it is not `::kit`, and `name = ".."`, the name of the function
    /// in a configuration.
    timeout: Policy,
    /// Repeats failed calls: `#[retry(attempts = 3, backoff = "20ms..1s")]`; for idempotent methods.
    ///
    /// `attempts`: the most attempts, the first included (3); `backoff`: the first and the longest
    /// pause (`"20ms..1s"`); `on(..)`: the codes that are retried (`unavailable`); `attempt_timeout`:
    /// the maximum duration of one attempt (none); `budget`: the most retries per call, on average
    /// (0.2); `pushback_max`: the longest pause that a peer may request (`"30s"`);
    /// `chain_stop = false`: also retries calls made on behalf of a retry. Defaults in parentheses.
    retry: Policy,
    /// Sends a second request when the first is slow: `#[hedge(after = "p95", extra_load = 0.05)]`;
    /// for idempotent methods.
    ///
    /// `after`: a percentile of the method's own latency, or a duration (`"p95"`); `extra_load`: the
    /// most additional attempts per call, on average (0.05). Defaults in parentheses.
    hedge: Policy,
    /// Refuses calls to a failing peer: `#[breaker(failures = 5)]`, `#[breaker(ratio = 0.5)]`.
    ///
    /// `failures`: consecutive failures that open it; or `ratio`: the fraction of failures that
    /// opens it (0.5), of at least `min_calls` (20) in a `window` (`"10s"`; or a number of calls);
    /// `slow`: the duration from which a call is slow (none), and `slow_ratio`: the fraction of slow
    /// calls that opens it (0.8); `open`: how long it refuses, the first time and at most
    /// (`"5s..60s"`); `probes`: the number of successful calls that close it (3); `on(unavailable)`:
    /// the codes that count as failures; `at = server` protects the handler. Defaults in parentheses.
    breaker: Policy,
    /// Reduces calls to a failing peer to what it accepts: `#[throttle(k = 2.0)]`; an alternative
    /// to a breaker.
    ///
    /// `k`: the number of calls sent for each call that the peer accepts (2.0), over a `window`
    /// (`"10s"`) of at least `min_calls` (20); `on(unavailable)`: the codes that count as refusals.
    /// Defaults in parentheses.
    throttle: Policy,
    /// Limits the rate of calls: `#[rate_limit("100/s", burst = 20, key = peer)]`.
    ///
    /// `burst`: the most calls at once (the count of the rate); `wait`: the longest wait for admission
    /// (none); `cost`: the number of calls that one call counts as (1); `key`: what identifies a caller
    /// (`everyone`; or `peer`, `header("x-tenant")`, `arg(name)`), each with its own limit; `total`:
    /// the rate of all callers together (none); `max_keys`: the most callers that are tracked
    /// (10,000); `store = "redis"`: all processes share the limit (kit's feature `redis`, or the name
    /// of a store of another crate). Defaults in parentheses.
    rate_limit: Policy,
    /// Limits concurrent calls: `#[concurrency(64, queue = 16)]`, `#[concurrency(adaptive)]`.
    ///
    /// `queue`: the most calls that wait (0); `wait`: the longest wait (`"100ms"`); an adaptive limit
    /// stays between `min` (4) and `max` (200) and follows an `algorithm`: `gradient` (the default),
    /// `vegas` or `aimd`. Defaults in parentheses.
    concurrency: Policy,
    /// Refuses calls while the processors are busy: `#[shed(cpu = 0.9)]`.
    ///
    /// `cpu`: the fraction of processor time in use from which calls are refused; by default 0.9.
    shed: Policy,
    /// Stores responses and reuses them: `#[cache(ttl = "1s", capacity = 10_000, coalesce)]`; for
    /// idempotent methods.
    ///
    /// `ttl`: how long a response is fresh (required); `capacity`: the most responses that are stored
    /// (1,000); `coalesce`: concurrent calls with equal requests share one call; `stale`: how much
    /// longer a response is served while a new one is fetched (none); `any_metadata`: calls with
    /// metadata use the cache, too. Defaults in parentheses.
    cache: Policy,
    /// Replaces a failure with the result of a function: `#[fallback(path)]`, the path of an
    /// `async fn(&Context, Request, Error) -> Result<T, Error>`.
    ///
    /// `on(..)`: the codes of the failures that it replaces, besides refusals by policies; by default
    /// `unavailable`, `deadline_exceeded` and `resource_exhausted`.
    fallback: Policy,
    /// Not available in this version.
    auth: Unavailable,
    /// Not available in this version.
    log: Unavailable,
    /// Not available in this version.
    metrics: Unavailable,
    /// Not available in this version.
    trace: Unavailable,
    /// Not available in this version.
    balance: Unavailable,
}

/// Implements the protobuf encoding and the schema of a struct or an enum.
///
/// A struct is a message: its fields are numbered in order from 1, or by
/// `#[tag(n)]`. An enum without data is a protobuf enum, numbered as in Rust or
/// by `#[tag(n)]`, with one variant numbered 0. An enum with data is a message
/// with one `oneof`: each variant holds one value, or none.
///
/// | attribute | on | meaning |
/// |---|---|---|
/// | `#[tag(n)]` | field, variant | its number |
/// | `#[proto(sint32)]` | field | another encoding: `sint32`, `sint64`, `fixed32`, `fixed64`, `sfixed32`, `sfixed64` |
/// | `#[proto(name = "..")]` | field, variant | its name in the schema |
/// | `#[other]` | variant `Other(i32)` | keeps unknown numbers |
/// | `#[kit(name = "..")]` | type | its name in the schema, optionally after a package |
/// | `#[kit(crate = path)]` | type | the path of the kit crate, if it is not `::kit` |
#[proc_macro_derive(Message, attributes(kit, tag, proto, other))]
pub fn message(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::message(input.into()).into()
}

/// Converts a domain error to a `kit::Status` and back to the same variant.
///
/// Each variant has `#[status(code)]` or `#[status(code, http = 4xx)]`; one
/// variant holds the `kit::Status` of all other failures.
#[proc_macro_derive(ServiceError, attributes(kit, status))]
pub fn service_error(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::service_error(input.into()).into()
}
