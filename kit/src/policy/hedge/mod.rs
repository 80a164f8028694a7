//! Tries beside a slow try.
