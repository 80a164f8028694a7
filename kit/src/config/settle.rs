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

use kit_grammar::config::{Change, ConfigProblem, Heard, Origin};
use kit_grammar::{Policy, Setting, Side, Value};

use super::apply::Settable;
use super::given::Given;
use crate::descriptor::Compiled;
use crate::metrics;

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
    /// What of the contract comes from a file.
    pub(super) compiled: &'static Compiled,
    pub(super) side: Side,
}

impl<P: Settable> Declared<P> {
    /// Who switched the policy on or off.
    fn origin(&self) -> Origin {
        match (&self.config, self.by_impl) {
            (Some(_), true) => Origin::Impl,
            (Some(_), false) => self.compiled("").unwrap_or(Origin::Contract),
            (None, _) => self.compiled("").unwrap_or(Origin::Default),
        }
    }

    /// Who says the value of a key that nothing was heard of.
    fn origin_of(&self, key: &str, value: &Value) -> Origin {
        let compiled = self.compiled(key).filter(|_| !self.by_impl);
        match compiled {
            Some(line) => line,
            None if default(P::policy(), key).as_ref() == Some(value) => Origin::Default,
            None if self.config.is_none() => Origin::Default,
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
        let mut values = self.compiled.values.iter();
        let value =
            values.find(|value| (value.side, value.policy, value.key) == (side, P::NAME, key))?;
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
) -> Settled<P> {
    let policy = P::policy();
    let changes: Vec<&Change> = changes
        .iter()
        .filter(|change| change.policy.name == policy.name)
        .copied()
        .collect();
    let mut heard = Heard::new(declared.config.is_some(), declared.origin());
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
    let violations = kit_grammar::check(policy, &together(base, heard));
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
fn together<P: Settable>(base: Option<P>, heard: &Heard) -> Vec<Setting> {
    let policy = P::policy();
    let declared = base.map(|base| base.values()).unwrap_or_default();
    let declared = declared.into_iter().filter(|(name, value)| {
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

fn report<P: Settable>(config: Option<P>, declared: &Declared<P>, heard: Heard) -> Report {
    let policy = P::policy();
    let values = config.map(|config| config.values()).unwrap_or_default();
    let values = values.into_iter().map(|(name, value)| {
        let told = heard.keys.iter().find(|told| told.key.name == name);
        let origin = match told {
            Some(told) => told.origin.clone(),
            None => declared.origin_of(name, &value),
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
