//! One policy of one method on one side, once all has been heard.
//!
//! ```text
//! default → contract → compiled file → impl → file → environment → set
//! ```
//!
//! Values go over each other key by key. Within one source, one method goes
//! over all of them, and one side over both. What comes out is judged as a
//! whole, by the rules that the compiler has for an attribute, and then by the
//! policy itself.

use kit_grammar::config::{Change, ConfigProblem, MergedPatch, Origin};
use kit_grammar::{Policy, Setting, Side, Value};

use super::apply::Settable;
use super::key_values::KeyValues;
use crate::model::descriptor::Compiled;
use crate::model::policies::InvalidPolicy;
use crate::telemetry::metrics;

/// What holds for a policy, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resolved<P> {
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
    /// What of the contract comes from a file.
    pub(super) compiled: &'static Compiled,
    pub(super) side: Side,
}

/// Who declares a policy, and where: the same without what is declared.
struct Declaration {
    policy: &'static Policy,
    /// Whether anything is declared.
    is_on: bool,
    by_impl: bool,
    compiled: &'static Compiled,
    side: Side,
}

impl<P: Settable> Declared<P> {
    fn declarer(&self) -> Declaration {
        Declaration {
            policy: P::policy(),
            is_on: self.config.is_some(),
            by_impl: self.by_impl,
            compiled: self.compiled,
            side: self.side,
        }
    }
}

impl Declaration {
    /// Who switched the policy on or off.
    fn origin(&self) -> Origin {
        match (self.is_on, self.by_impl) {
            (true, true) => Origin::Impl,
            (true, false) => self.compiled("").unwrap_or(Origin::Contract),
            (false, _) => self.compiled("").unwrap_or(Origin::Default),
        }
    }

    /// Who says the value of a key that nothing was heard of.
    fn origin_of(&self, key: &str, value: &Value) -> Origin {
        let compiled = self.compiled(key).filter(|_| !self.by_impl);
        match compiled {
            Some(line) => line,
            None if default(self.policy, key).as_ref() == Some(value) => Origin::Default,
            None if !self.is_on => Origin::Default,
            None if self.by_impl => Origin::Impl,
            None => Origin::Contract,
        }
    }

    /// The line of the file that was compiled in.
    fn compiled(&self, key: &str) -> Option<Origin> {
        let side = match self.side {
            Side::Client => metrics::Side::Client,
            Side::Server | Side::Both => metrics::Side::Server,
        };
        let place = (side, self.policy.name, key);
        let mut values = self.compiled.values.iter();
        let value = values.find(|value| (value.side, value.policy, value.key) == place)?;
        let line = usize::try_from(value.line).unwrap_or(usize::MAX);
        Some(Origin::compiled(self.compiled.file, line))
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
) -> Resolved<P> {
    let declarer = declared.declarer();
    let mut config = declared.config;
    let report = settle_untyped(&mut config, &declarer, changes, subject, problems);
    Resolved { config, report }
}

/// A policy that may be off, whatever its type: all but what is asked here is
/// the same for every policy, and compiled once.
trait Untyped {
    /// Its values by key; none where it is off.
    fn values(&self) -> Vec<(&'static str, Value)>;

    /// Puts what is given over it. It is off where something is missing or
    /// wrong.
    fn build(&mut self, given: &KeyValues<'_>) -> Result<(), InvalidPolicy>;

    fn switch_off(&mut self);
}

impl<P: Settable> Untyped for Option<P> {
    fn values(&self) -> Vec<(&'static str, Value)> {
        self.as_ref().map(P::values).unwrap_or_default()
    }

    fn build(&mut self, given: &KeyValues<'_>) -> Result<(), InvalidPolicy> {
        *self = P::build(self.take(), given);
        let checked = self.as_ref().map_or(Ok(()), P::check);
        if checked.is_err() {
            self.switch_off();
        }
        checked
    }

    fn switch_off(&mut self) {
        *self = None;
    }
}

/// Makes of what is declared what holds, and says why.
fn settle_untyped(
    config: &mut dyn Untyped,
    declarer: &Declaration,
    changes: &[&Change],
    subject: &str,
    problems: &mut Vec<ConfigProblem>,
) -> Report {
    let policy = declarer.policy;
    let mut heard = MergedPatch::new(declarer.is_on, declarer.origin());
    let mut last = None;
    let changes = changes.iter();
    for change in changes.filter(|change| change.policy.name == policy.name) {
        heard.apply(change);
        last = Some(&change.origin);
    }
    match last {
        _ if !heard.on => config.switch_off(),
        None => {}
        Some(last) => build(config, policy, &heard, last, subject, problems),
    }
    report(config, declarer, heard)
}

/// Puts what was heard over a policy, which is off where that makes none.
fn build(
    config: &mut dyn Untyped,
    policy: &'static Policy,
    heard: &MergedPatch,
    last: &Origin,
    subject: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    let origin_of = |key: Option<&str>| {
        let told = heard.keys.iter().find(|told| Some(told.key.name) == key);
        told.map_or(last, |told| &told.origin)
    };
    let violations = kit_grammar::check(policy, &together(config, policy, heard));
    if !violations.is_empty() {
        for violation in violations {
            let origin = origin_of(violation.key);
            problems.push(ConfigProblem::wrong(origin, subject, violation.wrong));
        }
        return config.switch_off();
    }
    if let Err(invalid) = config.build(&KeyValues(&heard.keys)) {
        let key = invalid.problem().split('`').nth(1);
        problems.push(ConfigProblem::new(
            origin_of(key),
            format!("`{subject}`: {}", invalid.problem()),
            "",
        ));
    }
}

/// What is declared and what was heard over it, as one attribute would say it.
fn together(base: &dyn Untyped, policy: &'static Policy, heard: &MergedPatch) -> Vec<Setting> {
    let declared = base.values().into_iter().filter(|(name, value)| {
        let is_said = Some(value) != default(policy, name).as_ref();
        // What opens a breaker by default is what its other keys are about.
        !heard.replaces(policy, name) && (is_said || *name == "ratio")
    });
    let declared = declared.filter_map(|(name, value)| Some((policy.key(name)?, value)));
    let heard = heard.keys.iter().map(|told| (told.key, told.value.clone()));
    let all = declared.chain(heard);
    all.map(|(key, value)| Setting {
        key,
        value: Some(value),
    })
    .collect()
}

/// What holds for a key where nobody says anything.
fn default(policy: &Policy, key: &str) -> Option<Value> {
    policy.key(key)?.default_value()
}

fn report(config: &dyn Untyped, declarer: &Declaration, heard: MergedPatch) -> Report {
    let values = config.values().into_iter().map(|(name, value)| {
        let told = heard.keys.iter().find(|told| told.key.name == name);
        let origin = match told {
            Some(told) => told.origin.clone(),
            None => declarer.origin_of(name, &value),
        };
        (name, value, origin)
    });
    Report {
        policy: declarer.policy,
        values: values.collect(),
        origin: heard.origin,
    }
}

#[cfg(all(test, not(kit_loom)))]
#[path = "settle_tests.rs"]
mod tests;
