//! The integration suite: one binary, so that it links once; one module a
//! capability.

mod tidy;
