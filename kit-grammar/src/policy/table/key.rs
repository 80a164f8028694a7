//! Builders of keys, and common value types.

use crate::policy::definition::Key;
use crate::values::{Bound, Kind};

/// More than 0, and at most 1.
pub(super) const FRACTION: Kind = Kind::Float {
    min: Bound::Excluding(0.0),
    max: Some(Bound::Including(1.0)),
};

/// A whole number, at least 1.
pub(super) const COUNT: Kind = up_to(u32::MAX);

/// A whole number from 1 to `max`.
pub(super) const fn up_to(max: u32) -> Kind {
    Kind::Integer { min: 1, max }
}

/// Builds a key.
pub(super) const fn key(
    name: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    example: &'static str,
    docs: &'static str,
) -> Key {
    Key {
        name,
        kind,
        default,
        docs,
        example,
    }
}
