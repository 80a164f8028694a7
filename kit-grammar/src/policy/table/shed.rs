//! The policy `shed` and its keys.

use super::key::{FRACTION, key};
use crate::policy::definition::{Policy, Side, Sides};

/// Refuses calls while the processors are busy.
pub(super) const SHED: Policy = Policy {
    name: "shed",
    docs: "Refuses calls while the processors are busy.",
    example: "cpu = 0.9",
    sides: Sides::Server,
    side: Side::Server,
    idempotent: false,
    positional: None,
    keys: &[key(
        "cpu",
        FRACTION,
        Some("0.9"),
        "0.9",
        "The fraction of processor time in use from which calls are refused.",
    )],
};
