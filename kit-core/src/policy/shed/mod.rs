//! Refuses calls while the machine is busy.
//!
//! ```text
//!   passing ──cpu ≥ limit, and more in flight than it can do──▶ shedding
//!      ▲                                                           │
//!      └────────── a second with no call to refuse ◀───────────────┘
//! ```
//!
//! A busy processor is no fault: a server that does much is busy. It is a fault
//! to take on more than gets done, as then everything waits and nothing is
//! done in time. So a call is refused only where both are so: the processors
//! are at their limit ([`ShedConfig::cpu`]), and more calls are in flight than
//! the server could have at its best, which is its best throughput times its
//! best time over the last ten seconds (Kratos' rule, from TCP BBR). For a
//! second after a refusal the second condition alone refuses, or shedding would
//! switch on and off with each measurement.
//!
//! Only what was done counts as throughput. Kratos counts every call that ends;
//! but in an overload the calls end at their deadlines, each after as long as
//! its caller waits, and an estimate made of those is as high as what is in
//! flight. A call that failed, was cut, was given up or was refused further in
//! says nothing of what the server can do.
//!
//! It needs no limit that somebody has to find. It has no priorities: a call is
//! a call. Where the use of the processors can't be read (there is no `/proc`),
//! it never refuses.
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
//! # }).expect("nothing is known of the load yet");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Before any future of a `Result`, [`Shedder::run`]; without one,
//! [`Shedder::admit`].

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
