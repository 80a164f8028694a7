//! Values that a policy can't work with.

use std::fmt;

use super::refusal::PolicyKind;

/// Why a policy can't work with the values it was given.
///
/// Attributes are checked by the compiler; this is for values that are made
/// at run time, from a configuration or by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPolicy {
    policy: PolicyKind,
    problem: &'static str,
}

impl InvalidPolicy {
    /// What is wrong with a policy's values.
    pub const fn new(policy: PolicyKind, problem: &'static str) -> Self {
        Self { policy, problem }
    }

    /// Which policy it is.
    pub const fn policy(&self) -> PolicyKind {
        self.policy
    }

    /// What is wrong: the key, and what it must be.
    pub const fn problem(&self) -> &'static str {
        self.problem
    }
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.policy, self.problem)
    }
}

impl std::error::Error for InvalidPolicy {}
