//! The policies of one method, once the file is heard.

use kit_grammar::config::{Change, ConfigProblem, Contract, CrossPolicyRules, MergedPatch, Origin};
use kit_grammar::{CountedBy, POLICIES, Side, Value};
use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::LitStr;

use crate::model::{CompiledValue, Method};
use crate::parse::{Policy, Said, Setting, TimeoutValue, unavailable_value};

/// What holds for a method.
pub(super) struct Resolved {
    pub(super) client: OneSide,
    pub(super) server: OneSide,
    /// Which values are the file's.
    pub(super) compiled: Vec<CompiledValue>,
}

/// What holds for a method on one side.
#[derive(Clone)]
pub(super) struct OneSide {
    pub(super) policies: Vec<Policy>,
    pub(super) switched_off: Vec<Policy>,
    pub(super) timeout: Option<TimeoutValue>,
}

/// Puts changes over what a method declares; `index` is its place in the
/// contract.
pub(super) fn method(
    method: &Method,
    index: Option<usize>,
    contract: &Contract<'_>,
    changes: &[Change],
    config: Option<&LitStr>,
    problems: &mut Vec<ConfigProblem>,
) -> Resolved {
    let known = index.and_then(|index| contract.methods.get(index));
    let changes: Vec<&Change> = changes
        .iter()
        .filter(|change| match change.scope.method {
            Some(_) => change.scope.method == index,
            // What is said of all methods is for those that can take it.
            None => known.is_some_and(|known| known.obstacle(change.policy).is_none()),
        })
        .collect();
    let mut settled = Resolved {
        client: declared(method, Side::Client),
        server: declared(method, Side::Server),
        compiled: Vec::new(),
    };
    let Some(config) = config.filter(|_| !changes.is_empty()) else {
        return settled;
    };
    for side in [Side::Client, Side::Server] {
        let mut settling = Settling {
            method,
            side,
            config,
            place: format!("{}.{}", contract.name, method.name),
            changes: &changes,
            problems,
            heard: Vec::new(),
        };
        let one = match side {
            Side::Server => &mut settled.server,
            Side::Client | Side::Both => &mut settled.client,
        };
        settling.settle(one);
        settled.compiled.extend(settling.compiled());
    }
    settled
}

/// What a method's attributes say for one side.
fn declared(method: &Method, side: Side) -> OneSide {
    let timeout = match side {
        Side::Server => &method.timeouts.server,
        Side::Client | Side::Both => &method.timeouts.client,
    };
    OneSide {
        policies: method.policies.of(side).to_vec(),
        switched_off: Vec::new(),
        timeout: timeout.clone(),
    }
}

impl OneSide {
    fn has(&self, policy: &str) -> bool {
        self.find(policy).is_some() || (policy == "timeout" && self.timeout.is_some())
    }

    fn find(&self, policy: &str) -> Option<&Policy> {
        let mut policies = self.policies.iter();
        policies.find(|own| own.known.name == policy)
    }
}

/// One side of a method, while its policies are settled one by one.
struct Settling<'a> {
    method: &'a Method,
    side: Side,
    config: &'a LitStr,
    place: String,
    changes: &'a [&'a Change],
    problems: &'a mut Vec<ConfigProblem>,
    /// What was heard of each policy that the file is about.
    heard: Vec<(&'static str, MergedPatch)>,
}

impl Settling<'_> {
    fn settle(&mut self, one: &mut OneSide) {
        for known in POLICIES {
            let changes = self.changes_of(known);
            let Some(last) = changes.last().map(|change| change.origin.clone()) else {
                continue;
            };
            let mut heard = MergedPatch::new(one.has(known.name), Origin::Contract);
            for change in &changes {
                heard.apply(change);
            }
            let base = one.find(known.name).cloned();
            one.policies.retain(|own| own.known.name != known.name);
            let timeout = one.timeout.take_if(|_| known.name == "timeout");
            match known.name {
                _ if !heard.on => one.switched_off.extend(base),
                "timeout" => one.timeout = self.timeout(known, timeout, &heard, &last),
                _ => {
                    let policy = self.policy(known, base, &heard, &last);
                    one.policies.push(policy);
                }
            }
            self.heard.push((known.name, heard));
        }
        self.check_together(one);
    }

    /// What the file says of a policy on this side. Where it names no side, it
    /// is for those on which the policy stands already, or else for those on
    /// which it would.
    fn changes_of(&self, known: &kit_grammar::Policy) -> Vec<&Change> {
        let stands = |side| declared(self.method, side).has(known.name);
        let here = stands(self.side);
        let anywhere = stands(Side::Client) || stands(Side::Server);
        let would = match self.side {
            Side::Client => known.side.client(),
            Side::Server | Side::Both => known.side.server(),
        };
        let meant = here || (!anywhere && would);
        let changes = self.changes.iter().copied();
        changes
            .filter(|change| change.policy.name == known.name)
            .filter(|change| match change.scope.side {
                Some(side) => side == self.side,
                None => meant,
            })
            .collect()
    }

    /// A policy with the keys of the file over those of its attribute, if it
    /// has one.
    fn policy(
        &mut self,
        known: &'static kit_grammar::Policy,
        declared: Option<Policy>,
        heard: &MergedPatch,
        last: &Origin,
    ) -> Policy {
        let mut policy = match declared {
            Some(mut declared) => {
                spell_out(&mut declared, heard);
                declared
            }
            None => Policy {
                known,
                name: Ident::new(known.name, self.config.span()),
                side: self.side,
                at: None,
                settings: Vec::new(),
                whole: true,
            },
        };
        policy
            .settings
            .retain(|setting| !heard.replaces(known, setting.key.name));
        let said = policy.settings.iter().filter(|setting| is_said(setting));
        let mut all: Vec<_> = said.map(Setting::known).collect();
        for told in &heard.keys {
            let setting = Setting {
                key: told.key,
                token: self.config.to_token_stream(),
                value: self.config.to_token_stream(),
                said: Said::Value(told.value.clone()),
            };
            all.push(setting.known());
            policy.settings.push(setting);
        }
        if policy.whole {
            self.check(known, &all, heard, last);
        }
        policy
    }

    /// A timeout is a policy of one key.
    fn timeout(
        &mut self,
        known: &'static kit_grammar::Policy,
        declared: Option<TimeoutValue>,
        heard: &MergedPatch,
        last: &Origin,
    ) -> Option<TimeoutValue> {
        let limit = heard.keys.iter().find_map(|told| match told.value {
            Value::Duration(limit) => Some(TimeoutValue::Literal(limit)),
            _ => None,
        });
        let timeout = limit.or(declared);
        if timeout.is_none() {
            self.check(known, &[], heard, last);
        }
        timeout
    }

    /// What the keys mean together, and what this build can't serve.
    fn check(
        &mut self,
        known: &'static kit_grammar::Policy,
        settings: &[kit_grammar::Setting],
        heard: &MergedPatch,
        last: &Origin,
    ) {
        let subject = format!("{}.{}", self.place, known.name);
        for violation in kit_grammar::check(known, settings) {
            let told = heard.keys.iter();
            let mut told = told.filter(|told| Some(told.key.name) == violation.key);
            let origin = told.next().map_or(last, |told| &told.origin);
            self.problems
                .push(ConfigProblem::wrong(origin, &subject, violation.wrong));
        }
        for told in &heard.keys {
            if let Some((rule, help)) = unavailable_value(told.key, &told.value) {
                let rule = format!("`{subject}`: {rule}");
                self.problems
                    .push(ConfigProblem::new(&told.origin, rule, help));
            }
            if told.value == Value::CountedBy(CountedBy::Peer) && self.side == Side::Client {
                let rule = format!(
                    "`{subject}`: `key = peer` tells the callers of a server apart, and a client \
                     has none"
                );
                let help = "say so in a table of the `server` alone, or choose another `key`";
                self.problems
                    .push(ConfigProblem::new(&told.origin, rule, help));
            }
        }
    }

    /// What the policies mean together, where the file has a part in it: the
    /// rest is judged as it is written.
    fn check_together(&mut self, one: &OneSide) {
        let attempt = one
            .find("retry")
            .and_then(|retry| retry.value("attempt_timeout"));
        let together = CrossPolicyRules {
            breaker: one.has("breaker"),
            throttle: one.has("throttle"),
            attempt: match attempt {
                Some(Value::Duration(attempt)) => Some(*attempt),
                _ => None,
            },
            timeout: match &one.timeout {
                Some(TimeoutValue::Literal(timeout)) => Some(*timeout),
                _ => None,
            },
            counted: one
                .find("rate_limit")
                .and_then(|limit| Some(limit.counted_argument()?.0)),
            read: self.method.policies.counted_argument(),
            foreign: None,
        };
        for clash in together.clashes() {
            let mut places = clash.places.iter();
            if let Some(origin) = places.find_map(|(policy, key)| self.origin(policy, key)) {
                let rule = format!("`{}`: {}", self.place, clash.rule);
                let problem = ConfigProblem::new(origin, rule, clash.help);
                self.problems.push(problem);
            }
        }
    }

    /// The line that gives a key, or with no key switches a policy.
    fn origin(&self, policy: &str, key: &str) -> Option<&Origin> {
        let (_, heard) = self.heard.iter().find(|(name, _)| *name == policy)?;
        let origin = match key {
            "" => &heard.origin,
            key => &heard.keys.iter().find(|told| told.key.name == key)?.origin,
        };
        origin.is_configured().then_some(origin)
    }

    /// Which values of this side are the file's.
    fn compiled(&self) -> Vec<CompiledValue> {
        let mut values = Vec::new();
        for (policy, heard) in &self.heard {
            let switch = std::iter::once(("", &heard.origin));
            let keys = heard.keys.iter().filter(|_| heard.on);
            let keys = keys.map(|told| (told.key.name, &told.origin));
            values.extend(switch.chain(keys).filter_map(|(key, origin)| {
                let Origin::File { line, .. } = origin else {
                    return None;
                };
                Some(CompiledValue {
                    side: self.side,
                    policy,
                    key,
                    line: u32::try_from(*line).unwrap_or(u32::MAX),
                })
            }));
        }
        values
    }
}

/// Says what an attribute means without saying so, where a key of the file
/// would change that unasked.
fn spell_out(policy: &mut Policy, heard: &MergedPatch) {
    match policy.known.name {
        // Without either, a breaker has a ratio; with failures alone, none.
        "breaker" if policy.setting("ratio").is_none() && policy.setting("failures").is_none() => {
            let ratio = policy.known.key("ratio");
            policy.settings.extend(ratio.and_then(|key| {
                Some(Setting {
                    key,
                    token: policy.name.to_token_stream(),
                    value: policy.name.to_token_stream(),
                    said: Said::Value(key.default_value()?),
                })
            }));
        }
        // A burst that is as large as the rate stays so.
        "rate_limit" if heard.replaces(policy.known, "rate") => {
            let rate = match policy.value("rate") {
                Some(Value::Rate(rate)) => Some(Value::Integer(rate.count)),
                _ => None,
            };
            if rate.is_some() && policy.value("burst") == rate.as_ref() {
                policy
                    .settings
                    .retain(|setting| setting.key.name != "burst");
            }
        }
        _ => {}
    }
}

/// Whether a setting says more than its absence would.
fn is_said(setting: &Setting) -> bool {
    // What opens a breaker by default is what its other keys are about.
    match &setting.said {
        Said::Value(value) => {
            setting.key.name == "ratio" || setting.key.default_value().as_ref() != Some(value)
        }
        _ => true,
    }
}
