//! The rules of `ARCHITECTURE.md` that a program can check.

mod invariants;
