//! The settings of kit's policies, as data: names, value types, limits, rules.
//!
//! The same settings are written in an attribute,
//! `#[rate_limit("100/s", burst = 20)]`, in a file,
//! `rate_limit = "100/s, burst = 20"`, and in an environment variable. With a
//! parser for each, these would diverge, and a file could set a value that the
//! compiler rejects in an attribute. So names, value types, limits and rules
//! are defined once, in [`POLICIES`]; the macros report problems at tokens, the
//! configuration at keys.
//!
//! This crate does no I/O and creates no policy: it knows which settings a
//! breaker has, not what a breaker does. It has no dependencies, except for a
//! TOML parser under its feature `config`.
//!
//! ```
//! use kit_grammar::{Policy, Rate, Settings, Value};
//! use std::time::Duration;
//!
//! let rate_limit = Policy::named("rate_limit").expect("a known policy");
//! let settings = Settings::parse(rate_limit, "100/s, burst = 20").expect("valid settings");
//! let rate = Rate { count: 100, per: Duration::from_secs(1) };
//! assert_eq!(settings.value("rate"), Some(&Value::Rate(rate)));
//! assert_eq!(settings.value("burst"), Some(&Value::Integer(20)));
//!
//! let problems = Settings::parse(rate_limit, "100/s, burst = 0").expect_err("an invalid burst");
//! assert_eq!(problems[0].rule, "`burst` must be at least 1");
//! ```

#![forbid(unsafe_code)]

#[cfg(feature = "config")]
pub mod config;
mod names;
mod policy;
mod values;

pub use self::{
    names::{did_you_mean, nearest, upper_snake},
    policy::{
        ADAPTER_STORES, Key, LOCAL_STORE, POLICIES, Policy, Setting, Settings, Side, Sides,
        Violation, check,
    },
    values::{Bound, CODES, CountedBy, Kind, Problem, Rate, Value, duration, range, rate, size},
};
