//! So many calls in a time.
//!
//! ```text
//!               full_at ≤ now               now < full_at ≤ now + burst
//!   bucket:  [full: all of burst left] ──call──▶ [some calls taken] ──time──▶ [full]
//!                                                     │ call past the burst
//!                                                     ▼
//!                                      refused with the time of the next turn,
//!                                      or promised that turn where it may wait
//! ```
//!
//! Counting calls in windows lets twice the limit pass around the edge of two
//! of them. This is the generic cell rate algorithm: a bucket is one number,
//! the time at which it is full again, so a call is one compare-and-swap, and a
//! refusal writes nothing to it. A `burst` may come at once after a quiet time,
//! then calls pass as the rate gives them back.
//!
//! Why not the `governor` crate, which does the same? Its map of keys grows
//! until somebody shrinks it, its limits can't change while calls go on, and it
//! has no turn to give back when a waiting caller goes away. What is left of
//! it, the algorithm, is some thirty lines.
//!
//! A limit is for everyone or for each key ([`RateLimitKey`]); beside the limit
//! of each key there may be one for all together
//! ([`RateLimitConfig::total`]). A key that is refused takes nothing from the
//! total, so that one greedy caller can't spend what is everybody's. The number
//! of keys is bounded: see [`RateLimitConfig::max_keys`].
//!
//! With [`RateLimitConfig::wait`] a call waits for its turn, and fails at once
//! where the turn would come after the wait or the caller's deadline. Turns are
//! given in the order of asking.
//!
//! With [`RateLimitConfig::store`] the limit is that of many processes
//! together, counted in a store outside of them: see [`SharedRateLimiter`].
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
//! Before any future of a `Result`, [`RateLimiter::run`]; without one,
//! [`RateLimiter::admit`] and [`RateLimiter::reserve`].

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
