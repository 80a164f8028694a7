//! One policy of one method on one side, once all has been heard.
//!
//! ```text
//! default → contract → impl → file → environment → set
//! ```
//!
//! Values go over each other key by key. Within one source, one method goes
//! over all of them, and one side over both. What comes out is judged as a
//! whole, by the rules that the compiler has for an attribute, and then by the
//! policy itself.

use kit_grammar::{Policy, Setting, Value};

use super::apply::Settable;
use super::error::{ConfigProblem, Origin};
use super::given::Given;
use super::read::Change;
use super::told::{Told, ToldKey};

/// What holds for a policy, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settled<P> {
    /// `None` where it is off.
    pub(super) config: Option<P>,
    pub(super) report: Report,
}

impl Report {
    /// Who says the value of a key, if anybody does.
    pub(super) fn origin_of(&self, key: &str) -> Option<&Origin> {
        let value = self.values.iter().find(|(name, ..)| *name == key);
        value.map(|(.., origin)| origin)
    }
}

/// The same without the policy's type, to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Report {
    pub(super) policy: &'static Policy,
    /// Who switched it on or off.
    pub(super) origin: Origin,
    /// Its values, where it is on.
    pub(super) values: Vec<(&'static str, Value, Origin)>,
}

/// What the attributes say of a policy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared<P> {
    pub(super) config: Option<P>,
    /// Whether the impl says it, and not the contract.
    pub(super) by_impl: bool,
}

impl<P> Declared<P> {
    fn origin(&self) -> Origin {
        match (&self.config, self.by_impl) {
            (None, _) => Origin::Default,
            (Some(_), false) => Origin::Contract,
            (Some(_), true) => Origin::Impl,
        }
    }
}

/// Puts changes over what is declared, the later over the earlier.
///
/// `subject` names the policy in messages, as in `pb.Add.sum.rate_limit`.
pub(super) fn settle<P: Settable>(
    declared: Declared<P>,
    changes: &[&Change],
    subject: &str,
    problems: &mut Vec<ConfigProblem>,
) -> Settled<P> {
    let policy = P::policy();
    let changes: Vec<&Change> = changes
        .iter()
        .filter(|change| change.policy.name == policy.name)
        .copied()
        .collect();
    let mut heard = Heard {
        on: declared.config.is_some(),
        origin: declared.origin(),
        keys: Vec::new(),
    };
    for change in &changes {
        heard.hear(change);
    }
    let config = match changes.last() {
        _ if !heard.on => None,
        None => declared.config,
        Some(last) => build(declared.config, &heard, &last.origin, subject, problems),
    };
    let report = report(config, &declared, heard);
    Settled { config, report }
}

/// What the changes say, all taken together.
struct Heard {
    on: bool,
    origin: Origin,
    keys: Vec<ToldKey>,
}

impl Heard {
    fn hear(&mut self, change: &Change) {
        match &change.told {
            Told::Off if !self.on => {}
            Told::Off => {
                self.on = false;
                self.origin = change.origin.clone();
            }
            Told::On => self.switch_on(change),
            Told::Values(keys) => {
                self.switch_on(change);
                // What one change says of keys that exclude each other is for
                // the rules to judge; a later change decides between them.
                self.keys.retain(|old| {
                    let excluded = |new: &ToldKey| excludes(change.policy, new, old.key.name);
                    !keys
                        .iter()
                        .any(|new| new.key.name == old.key.name || excluded(new))
                });
                self.keys.extend(keys.iter().cloned());
            }
        }
    }

    fn switch_on(&mut self, change: &Change) {
        if !self.on {
            self.on = true;
            self.origin = change.origin.clone();
        }
    }
}

/// Whether a key takes the place of another one.
fn excludes(policy: &Policy, new: &ToldKey, old: &str) -> bool {
    match (policy.name, new.key.name) {
        ("concurrency", "limit") => matches!(old, "adaptive" | "algorithm" | "min" | "max"),
        ("concurrency", "adaptive") => old == "limit" && new.value == Value::Flag(true),
        _ => false,
    }
}

fn build<P: Settable>(
    base: Option<P>,
    heard: &Heard,
    last: &Origin,
    subject: &str,
    problems: &mut Vec<ConfigProblem>,
) -> Option<P> {
    let policy = P::policy();
    let origin_of = |key: Option<&str>| {
        let told = heard.keys.iter().find(|told| Some(told.key.name) == key);
        told.map_or(last, |told| &told.origin)
    };
    let violations = kit_grammar::check(policy, &together(base, &heard.keys));
    if !violations.is_empty() {
        for violation in violations {
            let origin = origin_of(violation.key);
            problems.push(ConfigProblem::wrong(origin, subject, violation.wrong));
        }
        return None;
    }
    let config = P::build(base, &Given(&heard.keys))?;
    if let Err(invalid) = config.check() {
        let key = invalid.problem().split('`').nth(1);
        problems.push(ConfigProblem::new(
            origin_of(key),
            format!("`{subject}`: {}", invalid.problem()),
            "",
        ));
        return None;
    }
    Some(config)
}

/// What is declared and what was heard over it, as one attribute would say it.
fn together<P: Settable>(base: Option<P>, heard: &[ToldKey]) -> Vec<Setting> {
    let policy = P::policy();
    let declared = base.map(|base| base.values()).unwrap_or_default();
    let declared = declared.into_iter().filter(|(name, value)| {
        let is_heard = |told: &ToldKey| told.key.name == *name || excludes(policy, told, name);
        let is_said = Some(value) != default(policy, name).as_ref();
        // What opens a breaker by default is what its other keys are about.
        !heard.iter().any(is_heard) && (is_said || *name == "ratio")
    });
    let declared = declared.filter_map(|(name, value)| Some((policy.key(name)?, value)));
    let heard = heard.iter().map(|told| (told.key, told.value.clone()));
    let all = declared.chain(heard);
    all.map(|(key, value)| Setting {
        key,
        value: Some(value),
    })
    .collect()
}

/// Codes in the order of their numbers, as a policy tells them.
fn in_order(codes: &[&'static str]) -> Vec<&'static str> {
    let known = kit_grammar::CODES.iter().copied();
    known.filter(|code| codes.contains(code)).collect()
}

/// What holds for a key where nobody says anything.
pub(super) fn default(policy: &Policy, key: &str) -> Option<Value> {
    let key = policy.key(key)?;
    let value = key.kind.read(key.name, key.default?, key.example).ok()?;
    Some(match value {
        Value::Codes(codes) => Value::Codes(in_order(&codes)),
        value => value,
    })
}

fn report<P: Settable>(config: Option<P>, declared: &Declared<P>, heard: Heard) -> Report {
    let policy = P::policy();
    let values = config.map(|config| config.values()).unwrap_or_default();
    let values = values.into_iter().map(|(name, value)| {
        let told = heard.keys.iter().find(|told| told.key.name == name);
        let origin = match told {
            Some(told) => told.origin.clone(),
            None if default(policy, name).as_ref() == Some(&value) => Origin::Default,
            None if declared.config.is_none() => Origin::Default,
            None => declared.origin(),
        };
        (name, value, origin)
    });
    Report {
        policy,
        values: values.collect(),
        origin: heard.origin,
    }
}

#[cfg(all(test, not(kit_loom)))]
#[path = "settle_tests.rs"]
mod tests;
