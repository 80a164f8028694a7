//! Resolves the value of one policy of one method on one side, from all sources.
//!
//! ```text
//! default → contract → compiled file → impl → file → environment → set
//! ```
//!
//! Later sources override earlier ones, key by key. Within one source, a value for
//! one method overrides a value for all methods, and a value for one side
//! overrides a value for both. The result is checked as a whole, by the rules that
//! the macros have for an attribute and then by the policy itself.

use kit_grammar::config::{Change, ConfigProblem, MergedPatch, Origin};
use kit_grammar::{Policy, Setting, Side, Value};

use super::apply::Settable;
use super::key_values::KeyValues;
use crate::model::descriptor::Compiled;
use crate::model::policies::InvalidPolicy;
use crate::model::side;

/// The resolved configuration of a policy, with the origins of its values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resolved<P> {
    /// `None` if the policy is off.
    pub(super) config: Option<P>,
    pub(super) report: Report,
}

impl Report {
    /// The origin of the value of a key, if it has one.
    pub(super) fn origin_of(&self, key: &str) -> Option<&Origin> {
        let value = self.values.iter().find(|(name, ..)| *name == key);
        value.map(|(.., origin)| origin)
    }
}

/// A [`Resolved`] policy without its type, for display.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Report {
    pub(super) policy: &'static Policy,
    /// The origin of its being on or off.
    pub(super) origin: Origin,
    /// Its values; empty if it is off.
    pub(super) values: Vec<(&'static str, Value, Origin)>,
}

/// A policy as its attributes declare it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared<P> {
    pub(super) config: Option<P>,
    /// Whether the impl declares it, and not the contract.
    pub(super) by_impl: bool,
    /// The values of the contract that come from a compiled file.
    pub(super) compiled: &'static Compiled,
    pub(super) side: Side,
}

/// Where a policy is declared: [`Declared`] without the policy's type.
struct Declaration {
    policy: &'static Policy,
    /// Whether anything is declared.
    is_on: bool,
    by_impl: bool,
    compiled: &'static Compiled,
    side: Side,
}

impl<P: Settable> Declared<P> {
    fn declaration(&self) -> Declaration {
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
    /// The origin of the policy being on or off.
    fn origin(&self) -> Origin {
        match (self.is_on, self.by_impl) {
            (true, true) => Origin::Impl,
            (true, false) => self.compiled("").unwrap_or(Origin::Contract),
            (false, _) => self.compiled("").unwrap_or(Origin::Default),
        }
    }

    /// The origin of a value that no change sets.
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

    /// The line of the compiled file that sets a key, if one does.
    fn compiled(&self, key: &str) -> Option<Origin> {
        let side = match self.side {
            Side::Client => side::Side::Client,
            Side::Server | Side::Both => side::Side::Server,
        };
        let wanted = (side, self.policy.name, key);
        let mut values = self.compiled.values.iter();
        let value = values.find(|value| (value.side, value.policy, value.key) == wanted)?;
        let line = usize::try_from(value.line).unwrap_or(usize::MAX);
        Some(Origin::compiled(self.compiled.file, line))
    }
}

/// Applies changes to a declared policy, in order.
///
/// `subject` names the policy in messages, such as `pb.Add.sum.rate_limit`.
pub(super) fn resolve<P: Settable>(
    declared: Declared<P>,
    changes: &[&Change],
    subject: &str,
    problems: &mut Vec<ConfigProblem>,
) -> Resolved<P> {
    let declaration = declared.declaration();
    let mut config = declared.config;
    let report = resolve_any(&mut config, &declaration, changes, subject, problems);
    Resolved { config, report }
}

/// A policy of any type, which may be off. All code other than these methods is the
/// same for every policy, and compiled once.
trait AnyPolicy {
    /// Its values by key; empty if it is off.
    fn values(&self) -> Vec<(&'static str, Value)>;

    /// Overrides its values. The policy is off afterwards if a required value is
    /// missing or the result is invalid.
    fn build(&mut self, values: &KeyValues<'_>) -> Result<(), InvalidPolicy>;

    fn switch_off(&mut self);
}

impl<P: Settable> AnyPolicy for Option<P> {
    fn values(&self) -> Vec<(&'static str, Value)> {
        self.as_ref().map(P::values).unwrap_or_default()
    }

    fn build(&mut self, values: &KeyValues<'_>) -> Result<(), InvalidPolicy> {
        *self = P::build(self.take(), values);
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

/// Applies changes to a declared policy, and reports the origin of each value.
fn resolve_any(
    config: &mut dyn AnyPolicy,
    declaration: &Declaration,
    changes: &[&Change],
    subject: &str,
    problems: &mut Vec<ConfigProblem>,
) -> Report {
    let policy = declaration.policy;
    let mut merged = MergedPatch::new(declaration.is_on, declaration.origin());
    let mut last = None;
    let changes = changes.iter();
    for change in changes.filter(|change| change.policy.name == policy.name) {
        merged.apply(change);
        last = Some(&change.origin);
    }
    match last {
        _ if !merged.on => config.switch_off(),
        None => {}
        Some(last) => build(config, policy, &merged, last, subject, problems),
    }
    report(config, declaration, merged)
}

/// Applies the merged changes to a policy, and switches it off if they are invalid.
fn build(
    config: &mut dyn AnyPolicy,
    policy: &'static Policy,
    merged: &MergedPatch,
    last: &Origin,
    subject: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    let origin_of = |key: Option<&str>| {
        let patch = merged.keys.iter().find(|patch| Some(patch.key.name) == key);
        patch.map_or(last, |patch| &patch.origin)
    };
    let violations = kit_grammar::check(policy, &settings(config, policy, merged));
    if !violations.is_empty() {
        for violation in violations {
            let origin = origin_of(violation.key);
            problems.push(ConfigProblem::in_subject(
                origin,
                subject,
                violation.problem,
            ));
        }
        return config.switch_off();
    }
    if let Err(invalid) = config.build(&KeyValues(&merged.keys)) {
        let key = invalid.problem().split('`').nth(1);
        problems.push(ConfigProblem::new(
            origin_of(key),
            format!("`{subject}`: {}", invalid.problem()),
            "",
        ));
    }
}

/// The declared values overridden by the merged changes, as the settings of one
/// attribute.
fn settings(base: &dyn AnyPolicy, policy: &'static Policy, merged: &MergedPatch) -> Vec<Setting> {
    let declared = base.values().into_iter().filter(|(name, value)| {
        let is_set = Some(value) != default(policy, name).as_ref();
        // Keep a default `ratio` of a breaker, as other keys require it.
        !merged.replaces(policy, name) && (is_set || *name == "ratio")
    });
    let declared = declared.filter_map(|(name, value)| Some((policy.key(name)?, value)));
    let changed = merged
        .keys
        .iter()
        .map(|patch| (patch.key, patch.value.clone()));
    let all = declared.chain(changed);
    all.map(|(key, value)| Setting {
        key,
        value: Some(value),
    })
    .collect()
}

/// The default value of a key, if it has one.
fn default(policy: &Policy, key: &str) -> Option<Value> {
    policy.key(key)?.default_value()
}

fn report(config: &dyn AnyPolicy, declaration: &Declaration, merged: MergedPatch) -> Report {
    let values = config.values().into_iter().map(|(name, value)| {
        let patch = merged.keys.iter().find(|patch| patch.key.name == name);
        let origin = match patch {
            Some(patch) => patch.origin.clone(),
            None => declaration.origin_of(name, &value),
        };
        (name, value, origin)
    });
    Report {
        policy: declaration.policy,
        values: values.collect(),
        origin: merged.origin,
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests;
