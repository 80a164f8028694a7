//! Limits concurrent calls.
//!
//! ```text
//!             free place, no waiters
//!   call ───────────────────────────▶ in flight ──▶ done
//!    │ no place                         ▲
//!    ├──▶ queue (bounded, in order) ────┘ a call ended, or the limit rose
//!    │        │ waited too long
//!    ▼        ▼
//!   refused
//! ```
//!
//! A server that starts every call at once meets no deadline when it receives
//! more than it can serve. A limit on concurrent calls bounds both memory and
//! time, and does not depend on the cost of a call. Early refusal is the
//! purpose, so there is no queue by default. A short queue
//! ([`ConcurrencyConfig::queue`]) smooths bursts, and is bounded in length and
//! in time.
//!
//! Why not `tokio::sync::Semaphore`? It takes a lock twice for each call, about
//! 31 ns; permits in use can't be removed when a limit is lowered; and the
//! number of waiters is not bounded. Here a call that finds a place takes one
//! compare-and-swap on entry and one subtraction on exit.
//!
//! A fixed limit is wrong as soon as the machine, the work or the backend
//! changes. An adaptive limit ([`ConcurrencyConfig::adaptive`]) adjusts itself
//! between two bounds: see [`AdaptiveLimit`]. The latency that it measures
//! excludes the time in the queue.
//!
//! Applied to a method by hand:
//!
//! ```
//! # use std::time::Duration;
//! # use kit::{Method, MethodMeta};
//! # struct Double;
//! # impl Method for Double {
//! #     type Request = i64; type Response = i64; type Error = kit::Status;
//! #     const META: &'static MethodMeta = &MethodMeta::new("Calc", "double", "Double");
//! # }
//! use kit::policy::concurrency::{ConcurrencyConfig, ConcurrencyLimiter};
//! use kit::{Chain, Context, Endpoint, EndpointFn};
//!
//! let config = ConcurrencyConfig::new(64).queue(16).wait(Duration::from_millis(50));
//! let limiter = ConcurrencyLimiter::new(config);
//! let double = Chain::new(limiter, EndpointFn::new(|_cx: Context, n: i64| async move { Ok(2 * n) }));
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! assert_eq!(Endpoint::<Double>::call(&double, &Context::new(), 21).await?, 42);
//! # Ok::<(), kit::Status>(())
//! # }).expect("there is a place");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`ConcurrencyLimiter::run`] applies it to any future of a `Result`;
//! [`ConcurrencyLimiter::admit`] and [`ConcurrencyLimiter::acquire`] return a
//! permit.

mod adaptive;
mod gate;
#[cfg(all(test, not(kit_loom)))]
mod limit_model_tests;
mod limiter;
#[cfg(all(test, kit_loom))]
mod loom_tests;
mod middleware;
#[cfg(all(test, not(kit_loom)))]
mod model_tests;
mod permit;
#[cfg(all(test, not(kit_loom)))]
mod tests;

pub use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};
pub use limiter::ConcurrencyLimiter;
pub use permit::Permit;
pub(crate) use permit::{Detached, Place, Queued};
