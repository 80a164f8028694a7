//! Conversion between key-value settings and policy configurations.
//!
//! Each policy implements [`Settable`]: `build` applies the given keys to the
//! declared configuration, and `values` lists the values in effect as the
//! grammar writes them.

mod limits;
mod outcomes;
mod repeats;

use std::time::Duration;

use kit_grammar::{POLICIES, Policy, Value};

use super::key_values::KeyValues;
use crate::model::code::Code;
use crate::model::policies::{CodeSet, InvalidPolicy, OutcomeClass, OutcomeClasses};

/// A policy configuration that can be set by key.
pub(super) trait Settable: Copy {
    /// The name of the policy's attribute.
    const NAME: &'static str;

    /// Applies the given keys to a base. `None` if a required key is missing,
    /// which the grammar's rules report.
    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self>;

    /// The values in effect, by key; keys without a value are omitted.
    fn values(&self) -> Vec<(&'static str, Value)>;

    /// Validates the configuration.
    fn check(&self) -> Result<(), InvalidPolicy>;

    /// The policy's keys in the grammar.
    fn policy() -> &'static Policy {
        Policy::named(Self::NAME).unwrap_or(&POLICIES[0])
    }
}

/// Sets a value if there is one.
fn with<C, V>(config: C, value: Option<V>, set: impl FnOnce(C, V) -> C) -> C {
    match value {
        Some(value) => set(config, value),
        None => config,
    }
}

/// A timeout has the key `limit` only.
impl Settable for Duration {
    const NAME: &'static str = "timeout";

    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self> {
        given.duration("limit").or(base)
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        vec![("limit", Value::Duration(*self))]
    }

    fn check(&self) -> Result<(), InvalidPolicy> {
        Ok(())
    }
}

/// The value of a key of codes.
fn code_set(given: &KeyValues<'_>, key: &str) -> Option<CodeSet> {
    let Some(Value::Codes(names)) = given.value(key) else {
        return None;
    };
    let named = Code::ALL
        .into_iter()
        .filter(|code| names.contains(&code.name()));
    Some(named.fold(CodeSet::EMPTY, CodeSet::with))
}

fn codes(set: CodeSet) -> Value {
    Value::Codes(set.codes().map(Code::name).collect())
}

/// The codes that are failures, if they are not the default.
fn own_failures(classes: OutcomeClasses) -> Option<(&'static str, Value)> {
    let failures = classes.codes(OutcomeClass::Failure);
    let default = OutcomeClasses::DEFAULT.codes(OutcomeClass::Failure);
    (failures != default).then(|| ("on", codes(failures)))
}
