//! Metrics with the cargo feature `metrics`: recorded, registered and written
//! in the Prometheus text format. Without it, `disabled` has the same items.

mod collectors;
pub(crate) mod format;
mod prometheus;
mod recorder;
mod registry;
mod series;
mod shards;

pub use self::collectors::register;
pub(crate) use self::collectors::{Place, Section};
pub use self::prometheus::text;
pub(crate) use self::recorder::{CallTimer, MethodMetrics, StreamTimer};
pub use self::registry::snapshot;
