//! Validation errors of policy configurations.

use std::fmt;

use crate::model::status::refusal::PolicyKind;

/// The validation error of a policy's configuration.
///
/// Configurations in attributes are validated at compile time; this error is
/// for those made at run time, from a file or in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPolicy {
    policy: PolicyKind,
    problem: &'static str,
}

impl InvalidPolicy {
    /// Creates an error about a policy's configuration.
    pub const fn new(policy: PolicyKind, problem: &'static str) -> Self {
        Self { policy, problem }
    }

    /// The policy.
    pub const fn policy(&self) -> PolicyKind {
        self.policy
    }

    /// The problem: the key, and what its value must be.
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

/// Implements `check` and `checked` for a configuration that has a `problem`
/// method.
macro_rules! checks {
    ($config:ident, $policy:ident) => {
        impl $config {
            /// Validates the configuration.
            ///
            /// # Errors
            /// Names the first key with an invalid value, and what it must be.
            pub const fn check(&self) -> Result<(), $crate::model::policies::InvalidPolicy> {
                use $crate::policy::{InvalidPolicy, PolicyKind};
                match self.problem() {
                    Some(problem) => Err(InvalidPolicy::new(PolicyKind::$policy, problem)),
                    None => Ok(()),
                }
            }

            /// Validates the configuration and returns it. In a constant, an
            /// invalid one is a compile error.
            ///
            /// # Panics
            /// Panics if [`check`](Self::check) fails.
            #[must_use]
            // The fault is in the caller's values. In a constant this also keeps
            // rustc from quoting this function and the `panic!` of std.
            #[track_caller]
            pub const fn checked(self) -> Self {
                match self.problem() {
                    Some(problem) => panic!("{}", problem),
                    None => self,
                }
            }
        }
    };
}
pub(crate) use checks;
