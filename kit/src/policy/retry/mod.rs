//! Tries again.
