//! From values to a policy's own configuration, and back.
//!
//! One implementation a policy, in the file of its kind: `build` puts the keys that are given over what
//! was declared, with the policy's builder; `values` says what holds, in the
//! words of the grammar.

mod limits;
mod outcomes;
mod repeats;

use std::time::Duration;

use kit_grammar::{POLICIES, Policy, Value};

use super::key_values::KeyValues;
use crate::model::code::Code;
use crate::model::policies::{CodeSet, InvalidPolicy, OutcomeClass, OutcomeClasses};

/// A policy's configuration that keys can change.
pub(super) trait Settable: Copy {
    /// The name of its attribute.
    const NAME: &'static str;

    /// The base with what is given over it. `None` where something is missing
    /// without which there is no such policy, which the grammar's rules report.
    fn build(base: Option<Self>, given: &KeyValues<'_>) -> Option<Self>;

    /// What holds, by key; a key that nothing holds for is left out.
    fn values(&self) -> Vec<(&'static str, Value)>;

    /// What the policy itself says of it.
    fn check(&self) -> Result<(), InvalidPolicy>;

    /// What can be said of it.
    fn policy() -> &'static Policy {
        Policy::named(Self::NAME).unwrap_or(&POLICIES[0])
    }
}

/// A configuration with one more value, where there is one.
fn with<C, V>(config: C, value: Option<V>, set: impl FnOnce(C, V) -> C) -> C {
    match value {
        Some(value) => set(config, value),
        None => config,
    }
}

/// The longest that a call may take is all there is to a timeout.
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

/// The codes that a key names.
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

/// The codes that are failures, where those are not the usual ones.
fn own_failures(classes: OutcomeClasses) -> Option<(&'static str, Value)> {
    let of = |classes: OutcomeClasses| {
        let failures = Code::ALL
            .into_iter()
            .filter(|code| classes.of(*code) == OutcomeClass::Failure);
        failures.fold(CodeSet::EMPTY, CodeSet::with)
    };
    let own = of(classes);
    (own != of(OutcomeClasses::DEFAULT)).then(|| ("on", codes(own)))
}
