//! Values that a policy can't work with.

use std::fmt;

use crate::model::status::refusal::PolicyKind;

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

/// `check` and `checked` of a policy's values, which have a `problem`.
macro_rules! checks {
    ($config:ident, $policy:ident) => {
        impl $config {
            /// Whether the policy can work with these values.
            ///
            /// # Errors
            /// The first key whose value can't be, and what it must be.
            pub const fn check(&self) -> Result<(), $crate::model::policies::InvalidPolicy> {
                use $crate::policy::{InvalidPolicy, PolicyKind};
                match self.problem() {
                    Some(problem) => Err(InvalidPolicy::new(PolicyKind::$policy, problem)),
                    None => Ok(()),
                }
            }

            /// The same values, once checked; in a constant, wrong ones don't
            /// compile.
            ///
            /// # Panics
            /// [`check`](Self::check) fails.
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
