//! Limits the rate of calls (GCRA).
//!
//! ```text
//!               full_at ≤ now               now < full_at ≤ now + burst
//!   bucket:  [full: all of burst left] ──call──▶ [some calls taken] ──time──▶ [full]
//!                                                     │ call past the burst
//!                                                     ▼
//!                                      refused with the time of the next turn,
//!                                      or queued for that turn if it may wait
//! ```
//!
//! Counting calls in fixed windows admits twice the limit around the boundary
//! of two of them. This is the generic cell rate algorithm: a bucket is one
//! number, the time at which it is full again, so a call is one
//! compare-and-swap, and a refusal writes nothing to it. After an idle time a
//! `burst` passes at once, then calls pass at the rate.
//!
//! Why not the `governor` crate, which implements the same algorithm? Its map
//! of keys grows until the program shrinks it, its limits can't change while
//! calls are running, and it can't take back the turn of a cancelled waiter.
//! The remaining part, the algorithm, is about thirty lines.
//!
//! A limit is for all calls or for each key ([`RateLimitKey`]); a limit for
//! each key can have a total over all keys ([`RateLimitConfig::total`]). A
//! refused key takes nothing from the total, so one greedy caller can't use up
//! the total of all. The number of keys is bounded: see
//! [`RateLimitConfig::max_keys`].
//!
//! With [`RateLimitConfig::wait`] a call waits for its turn, and fails at once
//! if the turn would come after the wait or the caller's deadline. Turns are
//! given in the order of the requests for them.
//!
//! With [`RateLimitConfig::store`] the limit is shared by many processes, and
//! counted in a store outside of them: see [`SharedRateLimiter`].
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
//! use kit::policy::rate_limit::{Rate, RateLimitConfig, RateLimiter};
//! use kit::{Chain, Code, Context, Endpoint, EndpointFn};
//!
//! let limiter = RateLimiter::new(RateLimitConfig::new(Rate::new(1, Duration::from_secs(60))));
//! let double = Chain::new(limiter, EndpointFn::new(|_cx: Context, n: i64| async move { Ok(2 * n) }));
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let cx = Context::new();
//! assert_eq!(Endpoint::<Double>::call(&double, &cx, 21).await?, 42);
//! let refused = Endpoint::<Double>::call(&double, &cx, 21).await.unwrap_err();
//! assert_eq!(refused.code(), Code::ResourceExhausted);
//! # Ok::<(), kit::Status>(())
//! # }).expect("the first call passes");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`RateLimiter::run`] applies it to any future of a `Result`;
//! [`RateLimiter::admit`] and [`RateLimiter::reserve`] only decide.

mod buckets;
mod gcra;
mod keyed;
mod limiter;
#[cfg(all(test, kit_loom))]
mod loom_tests;
mod middleware;
#[cfg(all(test, not(kit_loom)))]
mod model_tests;
mod reservation;
mod shared;
#[cfg(all(test, not(kit_loom)))]
mod tests;
mod turn;

pub use crate::model::policies::rate_limit::{Rate, RateLimitConfig, RateLimitKey, RateLimitStore};
pub use limiter::RateLimiter;
pub use middleware::KeyedBy;
pub use reservation::Reservation;
pub(crate) use shared::Sharing;
#[cfg(any(feature = "config", feature = "transport"))]
pub(crate) use shared::store_help;
pub use shared::{
    BucketLimit, BuildStore, JudgeText, SharedRateLimiter, SharedStore, StoreAnswer, StoreFactory,
    StoreKey, StoreRequest, StoreSettings, StoreValue, Taking,
};
#[cfg(feature = "config")]
pub(crate) use shared::{StoreKeyKind, registered as registered_stores};
