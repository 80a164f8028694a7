//! Parts that the cores of the policies share: the clock, atomics that loom
//! can check, sliding-window counters, and counters of state changes.

pub(crate) mod changes;
pub(crate) mod class_table;
pub(crate) mod clock;
pub(crate) mod in_flight_guard;
#[allow(unused_imports, reason = "not every core needs every primitive")]
pub(crate) mod sync;
pub(crate) mod time_base;
pub(crate) mod time_ring;

pub use self::clock::{Clock, ManualClock};
