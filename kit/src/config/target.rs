//! One side of a service that a configuration is for.

use std::sync::Weak;

use kit_grammar::Side;

use super::describe::{Knob, knobs};
use super::error::ConfigProblem;
use super::read::{Change, is_allowed};
use super::settle::{Declared, Report, settle};
use crate::descriptor::ServiceDescriptor;
use crate::policy::{InvalidPolicy, Overrides, SidePolicies};

/// What runs the policies of a service, on one side.
pub(crate) trait Gates: Send + Sync {
    /// Takes other policies for a method, by its place in the contract, with
    /// as much of their state as can stay.
    fn configure(&self, method: usize, policies: SidePolicies) -> Result<(), InvalidPolicy>;
}

/// One side of a service with what its attributes say.
pub(super) struct Target {
    pub(super) service: &'static ServiceDescriptor,
    pub(super) side: Side,
    /// What the impl says, by method; empty for a client.
    pub(super) overrides: Vec<Overrides>,
    pub(super) gates: Weak<dyn Gates>,
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
        let own = self.overrides.get(method).copied().unwrap_or_default();
        let (here, there) = match self.side {
            Side::Client => (meta.policies.client, meta.policies.server),
            Side::Server | Side::Both => (meta.policies.server, meta.policies.client),
        };
        let place = format!("{}.{}", meta.service, meta.name);
        let mut method = Method {
            target: self,
            index: method,
            place,
            changes,
            problems,
            reports: Vec::new(),
        };
        let declared = own.apply(here);
        let policies = SidePolicies {
            timeout: method.settle(here.timeout, there.timeout, own.server.timeout),
            ..declared
        };
        SettledMethod {
            policies,
            reports: method.reports,
        }
    }

    /// The knobs of all methods.
    pub(super) fn knobs(&self) -> Vec<Knob> {
        let methods = self.service.methods.iter().zip(&self.settled);
        let knobs = methods.flat_map(|(method, settled)| {
            let place = format!(
                "{}.{}.{}",
                self.service.name,
                method.meta.name,
                self.side.name()
            );
            let reports = settled.reports.iter();
            reports.flat_map(move |report| knobs(&place, report))
        });
        knobs.collect()
    }
}

/// One method, while its policies are settled one by one.
struct Method<'a> {
    target: &'a Target,
    index: usize,
    place: String,
    changes: &'a [Change],
    problems: &'a mut Vec<ConfigProblem>,
    reports: Vec<Report>,
}

impl Method<'_> {
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
        };
        // Where no side is named, a value is for the sides on which the policy
        // stands already, or else for those on which it would.
        let stands = here.is_some() || there.is_some();
        let meant = declared.config.is_some() || (!stands && self.stands_here(P::policy().side));
        let changes: Vec<&Change> = self
            .changes
            .iter()
            .filter(|change| self.is_for_this_method(change))
            .filter(|change| match change.scope.side {
                Some(side) => side == self.target.side,
                None => meant,
            })
            .collect();
        let subject = format!("{}.{}", self.place, P::NAME);
        let settled = settle(declared, &changes, &subject, self.problems);
        self.reports.push(settled.report);
        settled.config
    }

    fn is_for_this_method(&self, change: &Change) -> bool {
        match change.scope.method {
            Some(method) => method == self.index,
            // What is said of all methods is for those that can take it.
            None => is_allowed(change.policy, self.target.service, self.index),
        }
    }

    fn stands_here(&self, side: Side) -> bool {
        match self.target.side {
            Side::Client => side.client(),
            Side::Server | Side::Both => side.server(),
        }
    }
}
