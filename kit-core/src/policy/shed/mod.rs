//! Sheds load: refuses calls while the machine is overloaded.
//!
//! ```text
//!   passing ──cpu ≥ limit, and more in flight than it can serve──▶ shedding
//!      ▲                                                              │
//!      └───────────── a second with no call to refuse ◀───────────────┘
//! ```
//!
//! A busy processor alone is not an overload. In an overload more work is
//! accepted than gets done, so that every call waits and misses its deadline.
//! So a call is refused only if both conditions hold: the processors are at
//! their limit ([`ShedConfig::cpu`]), and more calls are in flight than the
//! server can sustain, which is its best throughput times its best latency
//! over the last ten seconds (Kratos' rule, from TCP BBR). For a second after
//! a refusal the second condition alone refuses, or shedding would switch on
//! and off with each measurement.
//!
//! Only successful calls count as throughput. Kratos counts every call that
//! ends; but in an overload calls end at their deadlines, each after as long
//! as its caller waits, and an estimate from those is as high as the number in
//! flight. A call that failed, hit its deadline, was cancelled or was refused
//! by an inner policy is no evidence of what the server can do.
//!
//! It needs no limit that has to be tuned. It has no priorities: all calls are
//! equal. Where the processor load can't be read (there is no `/proc`), it
//! never refuses.
//!
//! ```
//! # use kit::{Method, MethodMeta};
//! # struct Double;
//! # impl Method for Double {
//! #     type Request = i64; type Response = i64; type Error = kit::Status;
//! #     const META: &'static MethodMeta = &MethodMeta::new("Calc", "double", "Double");
//! # }
//! use kit::policy::shed::{ShedConfig, Shedder};
//! use kit::{Chain, Context, Endpoint, EndpointFn};
//!
//! let shedder = Shedder::new(ShedConfig::new().cpu(0.8));
//! let double = Chain::new(shedder, EndpointFn::new(|_cx: Context, n: i64| async move { Ok(2 * n) }));
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! assert_eq!(Endpoint::<Double>::call(&double, &Context::new(), 21).await?, 42);
//! # Ok::<(), kit::Status>(())
//! # }).expect("the load is unknown yet");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`Shedder::run`] applies it to any future of a `Result`;
//! [`Shedder::admit`] returns a permit.

#[cfg(all(test, kit_loom))]
mod loom_tests;
mod meter;
mod middleware;
mod shedder;
mod slice;
#[cfg(all(test, not(kit_loom)))]
mod tests;
mod window;

pub use crate::model::policies::shed::ShedConfig;
pub use meter::CpuMeter;
pub(crate) use meter::ProcessorMeter;
pub(crate) use shedder::Detached;
pub use shedder::{Permit, Shedder};
pub(crate) use shedder::{STATES, ShedChanges};
