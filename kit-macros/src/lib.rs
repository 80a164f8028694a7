//! Attribute and derive macros of kit; use them through the `kit` crate.

#![forbid(unsafe_code)]

mod check;
#[cfg(any(test, feature = "config"))]
mod config;
mod derive;
mod diagnostic;
mod expand;
mod features;
mod function;
mod model;
mod names;
mod parse;
mod service;
#[cfg(test)]
mod snapshots;
mod standalone;
mod types;

use proc_macro::TokenStream;

use crate::standalone::Placement;

/// Makes a whole microservice of a trait, and a server of an impl.
///
/// A trait `Add` gets a server `AddServer`, a client `AddClient` that
/// implements `Add`, and a module `add` with a type per method.
///
/// | on a trait | meaning |
/// |---|---|
/// | `name = "pb.Add"` | the name on the wire; the trait's by default |
/// | `version = "1.0"` | the version in the descriptor |
/// | `dynamic` | `DynAdd`: any implementation, chosen at run time |
/// | `mock` | `MockAdd`: a scripted double for tests |
/// | `config = "kit.toml"` | values of policies from a file, over those of the attributes |
/// | `crate = path` | where kit is, if not at `::kit` |
///
/// | on an impl | meaning |
/// |---|---|
/// | `register`, `register = expr` | `kit::Server::from_registry()` mounts it |
/// | `crate = path` | where kit is, if not at `::kit` |
///
/// The file of `config` has the form that `kit::Config` reads, and what it says
/// at compile time it would say at start: a value takes the place of an
/// attribute's, key by key; a policy that has no attribute is switched on; what
/// needs the call itself (`retry`, `hedge`, `cache`, `fallback`) needs its
/// attribute. Its path starts at the folder of the crate's Cargo.toml, the
/// crate is compiled anew when it changes, and what is wrong in it is an error
/// of the compiler with the file's line. One file may have tables of many
/// services. It needs kit's feature `config`.
///
/// A trait stands in a module, not in a function: the requests in its module
/// name the types around it.
///
/// An impl may have `fn .. -> impl Future<Output = ..> + Send` for an
/// `async fn`. What it does before it returns that future is done outside of
/// the call's context: `kit::Context::current()` is that of the caller there,
/// with neither the deadline nor the metadata of the call. So put all of it in
/// the future, `async move { .. }`.
#[proc_macro_attribute]
pub fn service(arguments: TokenStream, item: TokenStream) -> TokenStream {
    service::service(arguments.into(), item.into()).into()
}

/// Attributes that `#[kit::service]` reads; on their own they say where they
/// belong, or guard a plain `async fn`.
macro_rules! read_by_service {
    ($($(#[$docs:meta])* $name:ident: $home:ident,)*) => {$(
        $(#[$docs])*
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            standalone::alone(stringify!($name), Placement::$home, arguments.into(), item.into()).into()
        }
    )*};
}

read_by_service! {
    /// A method's route, name and status: `#[endpoint(post = "/sum", name = "Sum", status = 201, idempotent)]`.
    endpoint: Method,
    /// The transports of a trait, or a method's choice of them: `#[transport(http(prefix = "/v1"), grpc)]`.
    transport: Contract,
    /// The parameter stands in the path, as `{name}`.
    path: Parameter,
    /// The parameter stands in the query.
    query: Parameter,
    /// The parameter stands in a header: `#[header("x-tenant")]`.
    header: Parameter,
    /// The parameter is the whole body, and the whole gRPC request.
    body: Parameter,
    /// The parameter's number in protobuf: `#[tag(3)]`.
    tag: Parameter,
    /// The parameter is never logged.
    sensitive: Parameter,
    /// What a server runs before a method: `#[middleware(Audit::new())]`. A plain function takes none.
    middleware: Policy,
    /// The longest that a call may take: `#[timeout("2s", at = client)]`.
    ///
    /// On a plain `async fn` it stands around all its other policies but a fallback, and what it calls sees the
    /// deadline as that of `Context::current()`. All policies may stand on one, in any order: their own is that
    /// of `kit::policy`, where all else about functions is said, too. Beside its keys each takes `crate = path`
    /// there, where kit is, if not at `::kit`, and `name = ".."`, what a configuration calls the function.
    timeout: Policy,
    /// Tries again: `#[retry(attempts = 3, backoff = "20ms..1s")]`; for idempotent methods.
    ///
    /// `attempts` in all, `backoff` before the second and at most, `on(unavailable)`: the codes
    /// that are tried again, `attempt_timeout`, `budget`: retries for each call, `pushback_max`:
    /// the longest pause that a peer may ask for, `chain_stop = false`: also on behalf of a retry.
    retry: Policy,
    /// Tries beside a slow try: `#[hedge(after = "p95", extra_load = 0.05)]`; for idempotent methods.
    ///
    /// `after` a percentile of the method's own latency, or a duration; `extra_load`: how many
    /// more calls that may make for each.
    hedge: Policy,
    /// Leaves a failing peer alone: `#[breaker(failures = 5)]`, `#[breaker(ratio = 0.5)]`.
    ///
    /// `failures` in a row, or a `ratio` of at least `min_calls` in a `window` (`"10s"`, or a
    /// number of calls); `slow` and `slow_ratio` count slow calls; `open`: how long it refuses,
    /// first and at most (`"5s..60s"`); `probes`: calls that have to succeed to close it;
    /// `on(unavailable)`: the codes that are failures; `at = server` guards the handler.
    breaker: Policy,
    /// Sends a failing peer only what it can take: `#[throttle(k = 2.0)]`; in place of a breaker.
    ///
    /// `k` calls are sent for each that the peer accepts, judged over a `window` of at least
    /// `min_calls`; `on(unavailable)`: the codes that are refusals.
    throttle: Policy,
    /// So many calls in a time: `#[rate_limit("100/s", burst = 20, key = peer)]`.
    ///
    /// `burst` at once; `wait` for a turn; `key`: `everyone`, `peer`, `header("x-tenant")` or
    /// `arg(name)`, each caller with a limit of its own, `max_keys` of them remembered; `store = "redis"`:
    /// the limit is that of all servers together (kit's feature `redis`).
    rate_limit: Policy,
    /// So many calls at once: `#[concurrency(64, queue = 16)]`, `#[concurrency(adaptive)]`.
    ///
    /// `queue` calls may `wait`; an adaptive limit moves between `min` and `max` by an
    /// `algorithm`: `gradient`, `vegas` or `aimd`.
    concurrency: Policy,
    /// Refuses while the machine is busy: `#[shed(cpu = 0.9)]`.
    shed: Policy,
    /// Answers from memory: `#[cache(ttl = "1s", capacity = 10_000, coalesce)]`; for idempotent methods.
    ///
    /// `ttl`: how long an answer is good for; `capacity` answers are kept; `coalesce` makes one
    /// call of those that ask the same at once; `stale`: how much longer an answer is good for
    /// while a new one is fetched.
    cache: Policy,
    /// Answers in place of a failure: `#[fallback(path)]`, the path of an
    /// `async fn(&Context, Request, Error) -> Result<T, Error>`.
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

/// Gives a struct or an enum its protobuf wire form and its schema.
///
/// A struct is a message: its fields are numbered in their order from 1, or by
/// `#[tag(n)]`. An enum without data is an enum, numbered as Rust numbers it
/// or by `#[tag(n)]`, with one variant at 0. An enum with data is a message of
/// one `oneof`: each variant holds one value, or none.
///
/// | attribute | on | meaning |
/// |---|---|---|
/// | `#[tag(n)]` | field, variant | its number |
/// | `#[proto(sint32)]` | field | another encoding: `sint32`, `sint64`, `fixed32`, `fixed64`, `sfixed32`, `sfixed64` |
/// | `#[proto(name = "..")]` | field, variant | its name in the schema |
/// | `#[other]` | variant `Other(i32)` | keeps the numbers that have no variant |
/// | `#[kit(name = "..")]` | type | its name in the schema; a package may stand before it |
/// | `#[kit(crate = path)]` | type | where kit is, if not at `::kit` |
#[proc_macro_derive(Message, attributes(kit, tag, proto, other))]
pub fn message(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::message(input.into()).into()
}

/// Turns a domain error into a `kit::Status` and back into the same variant.
///
/// Each variant has `#[status(code)]` or `#[status(code, http = 4xx)]`; one
/// holds the `kit::Status` of all other failures.
#[proc_macro_derive(ServiceError, attributes(kit, status))]
pub fn service_error(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::service_error(input.into()).into()
}
