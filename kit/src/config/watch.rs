//! Looks at the file again and again.
//!
//! A mounted ConfigMap changes by swapping a symbolic link two folders up, and
//! editors write a new file and rename it: notifications of the kernel miss
//! both. Reading a small file once a second costs less than being wrong.

use std::sync::Weak;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::{Config, Shared};

/// The shortest time between two looks.
const INTERVAL_MIN: Duration = Duration::from_millis(10);

/// Looks at the file until nobody has the configuration any more.
pub(super) async fn watch(config: Weak<Shared>, every: Duration) {
    let mut ticks = interval(every.max(INTERVAL_MIN));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(config) = config.upgrade().map(Config) else {
            return;
        };
        // A file can stand on a disk that hangs.
        let look = tokio::task::spawn_blocking(move || config.look());
        if look.await.is_err() {
            tracing::error!(target: "kit::config", "looking at the file panicked");
            return;
        }
    }
}
