//! The atomics of the cores: the standard ones, or loom's where its model
//! checker runs (`RUSTFLAGS="--cfg kit_loom"`).
//!
//! The cfg is our own: `--cfg loom` would switch tokio over too.

#[cfg(kit_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};
#[cfg(not(kit_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic};

/// Locks. What the cores keep behind a lock is whole between any two
/// statements, so a panic elsewhere is no reason to stop.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
