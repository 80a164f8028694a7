//! One side of a service that a configuration is for.

use std::sync::Weak;

use kit_grammar::config::{
    Change, Clash, ConfigProblem, Contract, ContractMethod, CrossPolicyRules, Foreign, Origin,
};
use kit_grammar::{Policy, Side};

use super::describe::{Knob, knobs};
use super::settle::{Declared, Report, settle};
use crate::model::descriptor::{MethodMeta, ServiceDescriptor};
use crate::model::policies::rate_limit::{RateLimitKey, RateLimitStore};
use crate::model::policies::{InvalidPolicy, Overrides, SidePolicies};
use crate::pipeline::function::FUNCTIONS;

/// What runs the policies of a service, on one side.
pub(crate) trait PolicyTarget: Send + Sync {
    /// Takes other policies for a method, by its place in the contract, with
    /// as much of their state as can stay.
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy>;

    /// Counts the limits of the store of this name here, where the code gives
    /// no store.
    fn set_default_store(
        &self,
        name: &'static str,
        store: &std::sync::Arc<dyn crate::policy::rate_limit::SharedStore>,
    );
}

/// What is said of a service is read with this.
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

/// Whether it is no method but a plain function.
fn is_plain(meta: &MethodMeta) -> bool {
    meta.service == FUNCTIONS
}

/// One side of a service with what its attributes say.
pub(super) struct Target {
    pub(super) service: &'static ServiceDescriptor,
    pub(super) side: Side,
    /// What the impl says, by method; empty for a client.
    pub(super) overrides: Vec<Overrides>,
    pub(super) gates: Weak<dyn PolicyTarget>,
    /// What holds, by method.
    pub(super) settled: Vec<SettledMethod>,
}

/// The policies of a method on one side, and why.
#[derive(Clone, Debug)]
pub(super) struct SettledMethod {
    pub(super) policies: SidePolicies,
    pub(super) reports: Vec<Report>,
}

impl Target {
    /// All methods with the changes over what is declared.
    pub(super) fn settle(
        &self,
        changes: &[Change],
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<SettledMethod> {
        let methods = 0..self.service.methods.len();
        methods
            .map(|method| self.settle_method(method, changes, problems))
            .collect()
    }

    fn settle_method(
        &self,
        method: usize,
        changes: &[Change],
        problems: &mut Vec<ConfigProblem>,
    ) -> SettledMethod {
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
            place: format!("{}.{}", meta.service, meta.name),
            changes,
            problems,
            reports: Vec::new(),
        };
        // In the order of the chain, in which the knobs are shown.
        let policies = SidePolicies {
            timeout: method.settle(here.timeout, there.timeout, own.timeout),
            fallback: method.settle(here.fallback, there.fallback, own.fallback),
            cache: method.settle(here.cache, there.cache, own.cache),
            throttle: method.settle(here.throttle, there.throttle, own.throttle),
            retry: method.settle(here.retry, there.retry, own.retry),
            hedge: method.settle(here.hedge, there.hedge, own.hedge),
            breaker: method.settle(here.breaker, there.breaker, own.breaker),
            shed: method.settle(here.shed, there.shed, own.shed),
            concurrency: method.settle(here.concurrency, there.concurrency, own.concurrency),
            rate_limit: method.settle(here.rate_limit, there.rate_limit, own.rate_limit),
        };
        method.check_together(&policies, &own.over(*here));
        SettledMethod {
            policies,
            reports: method.reports,
        }
    }

    /// Whether a limit of its methods is counted in the shared store of this
    /// name.
    pub(super) fn shares_limits_in(&self, store: &str) -> bool {
        let limits = self
            .settled
            .iter()
            .filter_map(|method| method.policies.rate_limit);
        limits
            .map(|limit| limit.store)
            .any(|stored| stored.is_shared() && stored.name() == store)
    }

    /// The knobs of all methods: of the policies that can stand before them on
    /// this side. What would be refused if it were set is no knob.
    pub(super) fn knobs(&self) -> Vec<Knob> {
        let methods = self.service.methods.iter().zip(&self.settled);
        let knobs = methods.flat_map(|(method, settled)| {
            let is_plain = is_plain(method.meta);
            let mut place = format!("{}.{}", self.service.name, method.meta.name);
            if !is_plain {
                place = format!("{place}.{}", self.side.name());
            }
            let contract = contract_method(method.meta);
            let reports = settled.reports.iter().filter(move |report| {
                // What the contract's file has switched off is told, too.
                let is_said = report.origin != Origin::Default;
                let can_be = || contract.obstacle(report.policy).is_none();
                let stands_here = is_plain || report.policy.sides.allow(self.side);
                stands_here && (is_said || can_be())
            });
            reports.flat_map(move |report| knobs(&place, report))
        });
        knobs.collect()
    }
}

/// One method, while its policies are settled one by one.
struct Method<'a> {
    target: &'a Target,
    meta: &'static MethodMeta,
    index: usize,
    place: String,
    changes: &'a [Change],
    problems: &'a mut Vec<ConfigProblem>,
    reports: Vec<Report>,
}

impl<'a> Method<'a> {
    /// What holds for a policy, of which the contract says `here` for this
    /// side and `there` for the other, and the impl `own`.
    fn settle<P: super::apply::Settable>(
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
        let subject = format!("{}.{}", self.place, P::NAME);
        let settled = settle(declared, &changes, &subject, self.problems);
        self.reports.push(settled.report);
        settled.config
    }

    /// What is said of a policy, which may be `declared` here or on some side
    /// of the contract.
    fn changes_of(&self, policy: &Policy, declared: bool, is_in_contract: bool) -> Vec<&'a Change> {
        // Where no side is named, a value is for the sides on which the policy
        // stands already, or else for those on which it would.
        let meant =
            declared || is_plain(self.meta) || (!is_in_contract && self.stands_here(policy.side));
        let changes = self.changes.iter();
        changes
            .filter(|change| self.is_for_this_method(change))
            .filter(|change| match change.scope.side {
                Some(side) => side == self.target.side,
                None => meant,
            })
            .collect()
    }

    fn is_for_this_method(&self, change: &Change) -> bool {
        match change.scope.method {
            Some(method) => method == self.index,
            // What is said of all methods is for those that can take it.
            None => contract_method(self.meta).obstacle(change.policy).is_none(),
        }
    }

    fn stands_here(&self, side: Side) -> bool {
        match self.target.side {
            Side::Client => side.client(),
            Side::Server | Side::Both => side.server(),
        }
    }

    /// What the policies of a method mean together, where a configuration has
    /// a part in it: the rest has been judged by the compiler.
    fn check_together(&mut self, policies: &SidePolicies, declared: &SidePolicies) {
        if policies == declared {
            return;
        }
        let argument = |policies: &SidePolicies| match policies.rate_limit?.key {
            RateLimitKey::Argument(name) => Some(name),
            _ => None,
        };
        let together = CrossPolicyRules {
            breaker: policies.breaker.is_some(),
            throttle: policies.throttle.is_some(),
            attempt: policies.retry.and_then(|retry| retry.attempt_timeout),
            timeout: policies.timeout,
            counted: argument(policies),
            read: argument(declared),
            foreign: self.foreign(policies),
        };
        for clash in together.clashes() {
            self.problem(clash);
        }
    }

    /// What a plain function is told of its rate limit that it can't have.
    fn foreign(&self, policies: &SidePolicies) -> Option<Foreign> {
        let limit = policies.rate_limit.filter(|_| is_plain(self.meta))?;
        match (limit.key, limit.store) {
            (RateLimitKey::Everyone, RateLimitStore::Local) => None,
            (RateLimitKey::Everyone, _) => Some(Foreign::Store),
            _ => Some(Foreign::Callers),
        }
    }

    /// A problem of the first of these policies or keys that a configuration
    /// says something of.
    fn problem(&mut self, clash: Clash) {
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
        let rule = format!("`{}`: {}", self.place, clash.rule);
        self.problems
            .push(ConfigProblem::new(&origin, rule, clash.help));
    }
}
