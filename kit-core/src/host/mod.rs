//! Measurements from the operating system: processor load, and the CPU time,
//! memory, open files and threads of this process.
//!
//! Policies and metrics read these values through types of their own layers, so
//! that they do no I/O and can be tested with fixed values.

#[cfg(feature = "metrics")]
mod process;
mod processors;
