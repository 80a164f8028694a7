//! What can be said of a policy, as data.
//!
//! The same words stand in an attribute, `#[rate_limit("100/s", burst = 20)]`,
//! in a file, `rate_limit = "100/s, burst = 20"`, and in an environment
//! variable. If each place had a reader of its own, they would drift apart,
//! and a value that the compiler refuses would be taken from a file. So the
//! names, kinds, limits and rules stand here once, in [`POLICIES`]; the macros
//! point at tokens with them, and the configuration at keys.
//!
//! Nothing here makes a policy: this crate does no I/O, and knows no more of a
//! breaker than what may be written about one. It depends on nothing, but for
//! its feature `config`, which reads files of TOML.
//!
//! ```
//! use kit_grammar::{Policy, Rate, Settings, Value};
//! use std::time::Duration;
//!
//! let rate_limit = Policy::named("rate_limit").expect("a policy of that name");
//! let settings = Settings::parse(rate_limit, "100/s, burst = 20").expect("settings");
//! let rate = Rate { count: 100, per: Duration::from_secs(1) };
//! assert_eq!(settings.value("rate"), Some(&Value::Rate(rate)));
//! assert_eq!(settings.value("burst"), Some(&Value::Integer(20)));
//!
//! let wrong = Settings::parse(rate_limit, "100/s, burst = 0").expect_err("no burst");
//! assert_eq!(wrong[0].rule, "`burst` must be at least 1");
//! ```

#![forbid(unsafe_code)]

mod codes;
#[cfg(feature = "config")]
pub mod config;
pub mod duration;
mod kind;
mod percentile;
mod policy;
pub mod range;
pub mod rate;
mod read;
mod rules;
mod settings;
pub mod size;
mod table;
mod upper_snake;
mod value;
mod words;

pub use self::{
    codes::CODES,
    kind::{Bound, Kind},
    policy::{Key, Policy, Side, Sides},
    rate::Rate,
    rules::{Violation, check},
    settings::{Setting, Settings},
    table::{ADAPTER_STORES, LOCAL_STORE, POLICIES},
    upper_snake::upper_snake,
    value::{CountedBy, Value},
    words::{did_you_mean, nearest},
};

/// What is wrong with a value, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The rule that it breaks.
    pub rule: String,
    /// What to write instead.
    pub help: String,
}

impl Wrong {
    pub(crate) fn new(rule: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            help: help.into(),
        }
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.rule, self.help)
    }
}

impl std::error::Error for Wrong {}
