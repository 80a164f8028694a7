//! The atomics of the cores: the standard ones, or loom's where its model
//! checker runs (`RUSTFLAGS="--cfg kit_loom"`).
//!
//! The cfg is our own: `--cfg loom` would switch tokio over too.

#[cfg(kit_loom)]
pub(crate) use loom::sync::{Mutex, atomic};
#[cfg(not(kit_loom))]
pub(crate) use std::sync::{Mutex, atomic};
