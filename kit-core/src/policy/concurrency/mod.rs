//! So many calls at once.
//!
//! ```text
//!             room, nobody waits
//!   call ───────────────────────────▶ inside ──▶ out
//!    │ no room                          ▲
//!    ├──▶ queue (bounded, in order) ────┘ somebody left, or the limit rose
//!    │        │ waited too long, or went away
//!    ▼        ▼
//!   refused
//! ```
//!
//! A server that starts whatever comes answers nobody in time once more comes
//! than it can do. A limit on calls at once bounds memory and time in one, and
//! needs no knowledge of how dear a call is. Refusing early is the point, so
//! there is no queue by default; a short one ([`ConcurrencyConfig::queue`])
//! takes the edge off bursts, and is bounded in length and in time.
//!
//! Why not `tokio::sync::Semaphore`? There, a call is two trips through a lock
//! and some 31 ns, permits in use can't be taken away when a limit sinks, and
//! the number of those who wait has no bound. Here a call that finds room is
//! one compare-and-swap in and one subtraction out.
//!
//! A fixed limit is wrong as soon as the machine, the work or what is behind
//! it changes. An adaptive one ([`ConcurrencyConfig::adaptive`]) finds itself
//! between two bounds: see [`AdaptiveLimit`]. It measures without the time in
//! the queue.
//!
//! By hand, before a method:
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
//! Before any future of a `Result`, [`ConcurrencyLimiter::run`]; without one,
//! [`ConcurrencyLimiter::admit`] and [`ConcurrencyLimiter::acquire`].

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
