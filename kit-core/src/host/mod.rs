//! What the operating system reports: the load of the processors, and this
//! process's memory, files and threads.
//!
//! Policies and metrics read these values through traits of their own layers,
//! so that they can be tested with values set by hand and do no I/O.

#[cfg(feature = "metrics")]
mod process;
mod processors;
