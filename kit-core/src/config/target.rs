//! A configured service on one side: resolves the policies of its methods.

use std::sync::{Arc, Weak};

use kit_grammar::config::{
    Change, Clash, ConfigProblem, Contract, ContractMethod, CrossPolicyRules, Origin, Unsupported,
};
use kit_grammar::{Policy, Side};

use super::apply::Settable;
use super::describe::{Knob, knobs};
use super::resolve::{Declared, Report, resolve};
use crate::model::descriptor::{MethodMeta, ServiceDescriptor};
use crate::model::policies::rate_limit::{RateLimitKey, RateLimitStore};
use crate::model::policies::{InvalidPolicy, Overrides, SidePolicies};
use crate::pipeline::function::FUNCTIONS;
use crate::policy::rate_limit::SharedStore;

/// The owner of the live policies of a service, on one side.
pub(crate) trait PolicyTarget: Send + Sync {
    /// Replaces the policies of a method, given by its index in the contract, and
    /// keeps their state where possible.
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy>;

    /// Sets the store of the shared limits with this store name for which the
    /// program sets none.
    fn set_default_store(&self, name: &'static str, store: &Arc<dyn SharedStore>);
}

/// The description of a service that the sections about it are parsed with.
pub(super) fn contract(service: &'static ServiceDescriptor) -> Contract<'static> {
    let methods = service.methods.iter();
    Contract {
        name: service.name,
        methods: methods.map(|method| contract_method(method.meta)).collect(),
        plain: service.name == FUNCTIONS,
    }
}

fn contract_method(meta: &'static MethodMeta) -> ContractMethod<'static> {
    let client = &meta.policies.client;
    ContractMethod {
        name: meta.name,
        idempotent: meta.idempotent,
        repeats: client.retry.is_some() || client.hedge.is_some(),
        caches: client.cache.is_some(),
        falls_back: client.fallback.is_some(),
        plain: is_plain(meta),
    }
}

/// Whether this is a plain function, not a method.
fn is_plain(meta: &MethodMeta) -> bool {
    meta.service == FUNCTIONS
}

/// One side of a configured service.
pub(super) struct Target {
    pub(super) service: &'static ServiceDescriptor,
    pub(super) side: Side,
    /// The policies that the impl declares, by method; empty for a client.
    pub(super) overrides: Vec<Overrides>,
    /// The live policies; dropped with their server or client.
    pub(super) live: Weak<dyn PolicyTarget>,
    /// The resolved policies, by method.
    pub(super) resolved: Vec<ResolvedMethod>,
}

/// The resolved policies of a method on one side, with their origins.
#[derive(Clone, Debug)]
pub(super) struct ResolvedMethod {
    pub(super) policies: SidePolicies,
    pub(super) reports: Vec<Report>,
}

impl Target {
    /// Resolves the policies of all methods.
    pub(super) fn resolve(
        &self,
        changes: &[Change],
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<ResolvedMethod> {
        let methods = 0..self.service.methods.len();
        methods
            .map(|method| self.resolve_method(method, changes, problems))
            .collect()
    }

    fn resolve_method(
        &self,
        method: usize,
        changes: &[Change],
        problems: &mut Vec<ConfigProblem>,
    ) -> ResolvedMethod {
        let meta = self.service.methods[method].meta;
        let own = self
            .overrides
            .get(method)
            .copied()
            .unwrap_or_default()
            .server;
        let (here, there) = match self.side {
            Side::Client => (&meta.policies.client, &meta.policies.server),
            Side::Server | Side::Both => (&meta.policies.server, &meta.policies.client),
        };
        let mut method = Method {
            target: self,
            meta,
            index: method,
            path: format!("{}.{}", meta.service, meta.name),
            changes,
            problems,
            reports: Vec::new(),
        };
        // The order of the chain, in which the knobs are listed.
        let policies = SidePolicies {
            timeout: method.resolve(here.timeout, there.timeout, own.timeout),
            fallback: method.resolve(here.fallback, there.fallback, own.fallback),
            cache: method.resolve(here.cache, there.cache, own.cache),
            throttle: method.resolve(here.throttle, there.throttle, own.throttle),
            retry: method.resolve(here.retry, there.retry, own.retry),
            hedge: method.resolve(here.hedge, there.hedge, own.hedge),
            breaker: method.resolve(here.breaker, there.breaker, own.breaker),
            shed: method.resolve(here.shed, there.shed, own.shed),
            concurrency: method.resolve(here.concurrency, there.concurrency, own.concurrency),
            rate_limit: method.resolve(here.rate_limit, there.rate_limit, own.rate_limit),
        };
        method.check_cross_policy_rules(&policies, &own.over(*here));
        ResolvedMethod {
            policies,
            reports: method.reports,
        }
    }

    /// Whether any method has a rate limit in the shared store of this name.
    pub(super) fn shares_limits_in(&self, store: &str) -> bool {
        let limits = self
            .resolved
            .iter()
            .filter_map(|method| method.policies.rate_limit);
        limits
            .map(|limit| limit.store)
            .any(|stored| stored.is_shared() && stored.name() == store)
    }

    /// The knobs of all methods, for the policies that apply on this side. A key that
    /// can't be set has no knob.
    pub(super) fn knobs(&self) -> Vec<Knob> {
        let methods = self.service.methods.iter().zip(&self.resolved);
        let knobs = methods.flat_map(|(method, resolved)| {
            let is_plain = is_plain(method.meta);
            let mut path = format!("{}.{}", self.service.name, method.meta.name);
            if !is_plain {
                path = format!("{path}.{}", self.side.name());
            }
            let contract = contract_method(method.meta);
            let reports = resolved.reports.iter().filter(move |report| {
                // A policy that the compiled file switches off is listed as well.
                let is_set = report.origin != Origin::Default;
                let can_be_set = || contract.obstacle(report.policy).is_none();
                let applies = is_plain || report.policy.sides.allow(self.side);
                applies && (is_set || can_be_set())
            });
            reports.flat_map(move |report| knobs(&path, report))
        });
        knobs.collect()
    }
}

/// A method whose policies are being resolved, one by one.
struct Method<'a> {
    target: &'a Target,
    meta: &'static MethodMeta,
    index: usize,
    path: String,
    changes: &'a [Change],
    problems: &'a mut Vec<ConfigProblem>,
    reports: Vec<Report>,
}

impl<'a> Method<'a> {
    /// Resolves a policy that the contract declares as `here` on this side and as
    /// `there` on the other, and the impl as `own`.
    fn resolve<P: Settable>(
        &mut self,
        here: Option<P>,
        there: Option<P>,
        own: Option<P>,
    ) -> Option<P> {
        let declared = Declared {
            config: own.or(here),
            by_impl: own.is_some(),
            compiled: &self.meta.compiled,
            side: self.target.side,
        };
        let is_in_contract = here.is_some() || there.is_some();
        let changes = self.changes_of(P::policy(), declared.config.is_some(), is_in_contract);
        let subject = format!("{}.{}", self.path, P::NAME);
        let resolved = resolve(declared, &changes, &subject, self.problems);
        self.reports.push(resolved.report);
        resolved.config
    }

    /// The changes of a policy, which may be `declared` on this side or anywhere in
    /// the contract.
    fn changes_of(&self, policy: &Policy, declared: bool, is_in_contract: bool) -> Vec<&'a Change> {
        // A value without a side applies to the sides that declare the policy, or
        // else to its default side.
        let is_default_side =
            declared || is_plain(self.meta) || (!is_in_contract && self.is_on(policy.side));
        let changes = self.changes.iter();
        changes
            .filter(|change| self.is_for_this_method(change))
            .filter(|change| match change.scope.side {
                Some(side) => side == self.target.side,
                None => is_default_side,
            })
            .collect()
    }

    fn is_for_this_method(&self, change: &Change) -> bool {
        match change.scope.method {
            Some(method) => method == self.index,
            // A value for all methods applies to those that support the policy.
            None => contract_method(self.meta).obstacle(change.policy).is_none(),
        }
    }

    fn is_on(&self, side: Side) -> bool {
        match self.target.side {
            Side::Client => side.client(),
            Side::Server | Side::Both => side.server(),
        }
    }

    /// Checks the rules between the policies of a method, if the configuration
    /// changes any: the declared ones have been checked at compile time.
    fn check_cross_policy_rules(&mut self, policies: &SidePolicies, declared: &SidePolicies) {
        if policies == declared {
            return;
        }
        let argument = |policies: &SidePolicies| match policies.rate_limit?.key {
            RateLimitKey::Argument(name) => Some(name),
            _ => None,
        };
        let rules = CrossPolicyRules {
            breaker: policies.breaker.is_some(),
            throttle: policies.throttle.is_some(),
            attempt: policies.retry.and_then(|retry| retry.attempt_timeout),
            timeout: policies.timeout,
            counted: argument(policies),
            read: argument(declared),
            unsupported: self.unsupported_limit(policies),
        };
        for clash in rules.clashes() {
            self.report_clash(clash);
        }
    }

    /// The part of a plain function's rate limit that functions don't support.
    fn unsupported_limit(&self, policies: &SidePolicies) -> Option<Unsupported> {
        let limit = policies.rate_limit.filter(|_| is_plain(self.meta))?;
        match (limit.key, limit.store) {
            (RateLimitKey::Everyone, RateLimitStore::Local) => None,
            (RateLimitKey::Everyone, _) => Some(Unsupported::Store),
            _ => Some(Unsupported::Key),
        }
    }

    /// Reports a clash at the first of its policies or keys that is set by a
    /// configuration.
    fn report_clash(&mut self, clash: Clash) {
        let origin = clash.places.iter().find_map(|(policy, key)| {
            let mut reports = self.reports.iter();
            let report = reports.find(|report| report.policy.name == *policy)?;
            let origin = match *key {
                "" => Some(&report.origin),
                key => report.origin_of(key),
            };
            origin.filter(|origin| origin.is_configured()).cloned()
        });
        let origin = origin.unwrap_or(Origin::Contract);
        let rule = format!("`{}`: {}", self.path, clash.rule);
        self.problems
            .push(ConfigProblem::new(&origin, rule, clash.help));
    }
}
