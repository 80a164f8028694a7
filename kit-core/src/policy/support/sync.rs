//! The synchronization primitives of the cores: those of the standard library,
//! or loom's where its model checker runs (`RUSTFLAGS="--cfg kit_loom"`).
//!
//! The cfg has a name of its own because `--cfg loom` would switch tokio too.

#[cfg(kit_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};
#[cfg(not(kit_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic};

/// Locks a mutex, ignoring poison. The data that the cores protect is
/// consistent between any two statements, so a panic elsewhere does not
/// invalidate it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
