//! The bounds of a number.

/// A bound of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// The bound itself is allowed.
    Including(f64),
    /// The bound itself is not allowed.
    Excluding(f64),
}

impl Bound {
    pub(crate) fn is_lower_bound_of(self, number: f64) -> bool {
        match self {
            Self::Including(bound) => number >= bound,
            Self::Excluding(bound) => number > bound,
        }
    }

    pub(crate) fn is_upper_bound_of(self, number: f64) -> bool {
        match self {
            Self::Including(bound) => number <= bound,
            Self::Excluding(bound) => number < bound,
        }
    }
}
