//! Resolves the policies of a method: the file's changes over its attributes.

use kit_grammar::config::{Change, ConfigProblem, Contract, CrossPolicyRules, MergedPatch, Origin};
use kit_grammar::{CountedBy, POLICIES, Side, Value};
use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::LitStr;

use crate::model::{CompiledValue, Method};
use crate::parse::{ParsedValue, Policy, Setting, TimeoutValue, unavailable_value};

/// The policies of a method.
pub(super) struct Resolved {
    pub(super) client: OneSide,
    pub(super) server: OneSide,
    /// The values that come from the file.
    pub(super) compiled: Vec<CompiledValue>,
}

/// The policies of a method on one side.
#[derive(Clone)]
pub(super) struct OneSide {
    pub(super) policies: Vec<Policy>,
    pub(super) switched_off: Vec<Policy>,
    pub(super) timeout: Option<TimeoutValue>,
}

/// Applies changes to the policies that a method declares; `index` is that of the
/// method in the contract.
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
            // A change of all methods applies to those that support it.
            None => known.is_some_and(|known| known.obstacle(change.policy).is_none()),
        })
        .collect();
    let mut resolved = Resolved {
        client: declared(method, Side::Client),
        server: declared(method, Side::Server),
        compiled: Vec::new(),
    };
    let Some(config) = config.filter(|_| !changes.is_empty()) else {
        return resolved;
    };
    for side in [Side::Client, Side::Server] {
        let mut resolver = SideResolver {
            method,
            side,
            config,
            place: format!("{}.{}", contract.name, method.name),
            changes: &changes,
            problems,
            patches: Vec::new(),
        };
        let one = match side {
            Side::Server => &mut resolved.server,
            Side::Client | Side::Both => &mut resolved.client,
        };
        resolver.resolve(one);
        resolved.compiled.extend(resolver.compiled());
    }
    resolved
}

/// The policies that a method's attributes declare for one side.
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

/// Resolves the policies of one side of a method.
struct SideResolver<'a> {
    method: &'a Method,
    side: Side,
    config: &'a LitStr,
    place: String,
    changes: &'a [&'a Change],
    problems: &'a mut Vec<ConfigProblem>,
    /// The merged changes of each policy that the file changes.
    patches: Vec<(&'static str, MergedPatch)>,
}

impl SideResolver<'_> {
    fn resolve(&mut self, one: &mut OneSide) {
        for known in POLICIES {
            let changes = self.changes_of(known);
            let Some(last) = changes.last().map(|change| change.origin.clone()) else {
                continue;
            };
            let mut patch = MergedPatch::new(one.has(known.name), Origin::Contract);
            for change in &changes {
                patch.apply(change);
            }
            let base = one.find(known.name).cloned();
            one.policies.retain(|own| own.known.name != known.name);
            let timeout = one.timeout.take_if(|_| known.name == "timeout");
            match known.name {
                _ if !patch.on => one.switched_off.extend(base),
                "timeout" => one.timeout = self.timeout(known, timeout, &patch, &last),
                _ => {
                    let policy = self.policy(known, base, &patch, &last);
                    one.policies.push(policy);
                }
            }
            self.patches.push((known.name, patch));
        }
        self.check_together(one);
    }

    /// The file's changes of a policy on this side. A change without a side
    /// applies to the sides that the policy is declared on; if it is not declared,
    /// to its default sides.
    fn changes_of(&self, known: &kit_grammar::Policy) -> Vec<&Change> {
        let declares = |side| declared(self.method, side).has(known.name);
        let here = declares(self.side);
        let anywhere = declares(Side::Client) || declares(Side::Server);
        let by_default = match self.side {
            Side::Client => known.side.client(),
            Side::Server | Side::Both => known.side.server(),
        };
        let applies = here || (!anywhere && by_default);
        let changes = self.changes.iter().copied();
        changes
            .filter(|change| change.policy.name == known.name)
            .filter(|change| match change.scope.side {
                Some(side) => side == self.side,
                None => applies,
            })
            .collect()
    }

    /// A policy with the keys of its attribute, if it has one, overridden by those
    /// of the file.
    fn policy(
        &mut self,
        known: &'static kit_grammar::Policy,
        declared: Option<Policy>,
        patch: &MergedPatch,
        last: &Origin,
    ) -> Policy {
        let mut policy = match declared {
            Some(mut declared) => {
                make_defaults_explicit(&mut declared, patch);
                declared
            }
            None => Policy {
                known,
                name: Ident::new(known.name, self.config.span()),
                side: self.side,
                at: None,
                settings: Vec::new(),
                complete: true,
            },
        };
        policy
            .settings
            .retain(|setting| !patch.replaces(known, setting.key.name));
        let explicit = policy
            .settings
            .iter()
            .filter(|setting| is_explicit(setting));
        let mut all: Vec<_> = explicit.map(Setting::known).collect();
        for key in &patch.keys {
            let setting = Setting {
                key: key.key,
                token: self.config.to_token_stream(),
                value: self.config.to_token_stream(),
                parsed: ParsedValue::Value(key.value.clone()),
            };
            all.push(setting.known());
            policy.settings.push(setting);
        }
        if policy.complete {
            self.check(known, &all, patch, last);
        }
        policy
    }

    /// Resolves a timeout, which is a policy of one key.
    fn timeout(
        &mut self,
        known: &'static kit_grammar::Policy,
        declared: Option<TimeoutValue>,
        patch: &MergedPatch,
        last: &Origin,
    ) -> Option<TimeoutValue> {
        let limit = patch.keys.iter().find_map(|key| match key.value {
            Value::Duration(limit) => Some(TimeoutValue::Literal(limit)),
            _ => None,
        });
        let timeout = limit.or(declared);
        if timeout.is_none() {
            self.check(known, &[], patch, last);
        }
        timeout
    }

    /// Checks rules about several keys, and values that this build does not support.
    fn check(
        &mut self,
        known: &'static kit_grammar::Policy,
        settings: &[kit_grammar::Setting],
        patch: &MergedPatch,
        last: &Origin,
    ) {
        let subject = format!("{}.{}", self.place, known.name);
        for violation in kit_grammar::check(known, settings) {
            let mut keys = patch.keys.iter();
            let key = keys.find(|key| Some(key.key.name) == violation.key);
            let origin = key.map_or(last, |key| &key.origin);
            self.problems.push(ConfigProblem::in_subject(
                origin,
                &subject,
                violation.problem,
            ));
        }
        for key in &patch.keys {
            if let Some((rule, help)) = unavailable_value(key.key, &key.value) {
                let rule = format!("`{subject}`: {rule}");
                self.problems
                    .push(ConfigProblem::new(&key.origin, rule, help));
            }
            if key.value == Value::CountedBy(CountedBy::Peer) && self.side == Side::Client {
                let rule = format!(
                    "`{subject}`: `key = peer` identifies the callers of a server, but a client \
                     has none"
                );
                let help = "move it to a table of the `server`, or choose another `key`";
                self.problems
                    .push(ConfigProblem::new(&key.origin, rule, help));
            }
        }
    }

    /// Checks rules about several policies, if the file sets one of their values;
    /// attributes are checked elsewhere.
    fn check_together(&mut self, one: &OneSide) {
        let attempt = one
            .find("retry")
            .and_then(|retry| retry.value("attempt_timeout"));
        let rules = CrossPolicyRules {
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
            unsupported: None,
        };
        for clash in rules.clashes() {
            let mut places = clash.places.iter();
            if let Some(origin) = places.find_map(|(policy, key)| self.origin(policy, key)) {
                let rule = format!("`{}`: {}", self.place, clash.rule);
                let problem = ConfigProblem::new(origin, rule, clash.help);
                self.problems.push(problem);
            }
        }
    }

    /// The origin of a key; without a key, of what switches the policy on or off.
    fn origin(&self, policy: &str, key: &str) -> Option<&Origin> {
        let (_, patch) = self.patches.iter().find(|(name, _)| *name == policy)?;
        let origin = match key {
            "" => &patch.origin,
            key => &patch.keys.iter().find(|own| own.key.name == key)?.origin,
        };
        origin.is_configured().then_some(origin)
    }

    /// The values of this side that come from the file.
    fn compiled(&self) -> Vec<CompiledValue> {
        let mut values = Vec::new();
        for (policy, patch) in &self.patches {
            let switch = std::iter::once(("", &patch.origin));
            let keys = patch.keys.iter().filter(|_| patch.on);
            let keys = keys.map(|key| (key.key.name, &key.origin));
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

/// Makes implied values of an attribute explicit, so that a key of the file does
/// not change them.
fn make_defaults_explicit(policy: &mut Policy, patch: &MergedPatch) {
    match policy.known.name {
        // A breaker without `ratio` and `failures` has the default ratio, but one
        // with only `failures` has none.
        "breaker" if policy.setting("ratio").is_none() && policy.setting("failures").is_none() => {
            let ratio = policy.known.key("ratio");
            policy.settings.extend(ratio.and_then(|key| {
                Some(Setting {
                    key,
                    token: policy.name.to_token_stream(),
                    value: policy.name.to_token_stream(),
                    parsed: ParsedValue::Value(key.default_value()?),
                })
            }));
        }
        // A burst that equals the count of the rate follows the new rate.
        "rate_limit" if patch.replaces(policy.known, "rate") => {
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

/// Whether a setting differs from its default.
fn is_explicit(setting: &Setting) -> bool {
    // The ratio of a breaker counts even as the default, as other keys
    // depend on it.
    match &setting.parsed {
        ParsedValue::Value(value) => {
            setting.key.name == "ratio" || setting.key.default_value().as_ref() != Some(value)
        }
        _ => true,
    }
}
