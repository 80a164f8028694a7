//! The error of an invalid value or setting.

/// An invalid value or setting: the rule that it breaks, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The rule that is broken.
    pub rule: String,
    /// What to write instead.
    pub help: String,
}

impl Problem {
    pub(crate) fn new(rule: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            help: help.into(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.rule, self.help)
    }
}

impl std::error::Error for Problem {}
