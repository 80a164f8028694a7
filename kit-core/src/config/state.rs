//! What a configuration holds: what was said, and to whom it goes.
//!
//! Every change goes the same way: the sources as they would be are settled
//! for every service that is configured; only if nothing is wrong anywhere do
//! the services get their values and the sources become what they would be.

use std::sync::{Arc, Weak};

use kit_grammar::config::{Change, ConfigError, ConfigProblem, Name, Section, changes};
use kit_grammar::{Side, did_you_mean, upper_snake};

use super::stores::{Given, Stores};
use super::target::{PolicyTarget, SettledMethod, Target, contract};
use crate::model::descriptor::ServiceDescriptor;
use crate::model::policies::Overrides;
use crate::pipeline::admission::STORE_MISSING;
use crate::pipeline::function::FUNCTIONS;
use crate::policy::rate_limit::store_help;

/// What was said, by who said it; the later goes over the earlier.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    pub(super) file: Vec<Section>,
    pub(super) environment: Vec<Section>,
    pub(super) set: Vec<Section>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) sources: Sources,
    targets: Vec<Target>,
    stores: Stores,
    /// Every service that was ever configured.
    services: Vec<&'static ServiceDescriptor>,
    /// Whether sections of other services are wrong from now on.
    complete: bool,
}

impl Sources {
    fn sections(&self) -> impl Iterator<Item = &Section> + Clone {
        let file_and_environment = self.file.iter().chain(&self.environment);
        file_and_environment.chain(&self.set)
    }

    /// What is said of a service, the weaker first.
    fn changes(
        &self,
        service: &'static ServiceDescriptor,
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<Change> {
        let contract = contract(service);
        [&self.file, &self.environment, &self.set]
            .into_iter()
            .flat_map(|source| changes(source, &contract, problems))
            .collect()
    }

    /// The sections of services that are none of these.
    fn unknown_sections(
        &self,
        services: &[&'static ServiceDescriptor],
        stores: &Stores,
    ) -> Vec<ConfigProblem> {
        let is_known = |section: &Section| {
            let mut services = services.iter();
            let about_a_service = services.any(|service| section.about(service.name).is_some());
            about_a_service || stores.own(section)
        };
        let unknown_sections = self.sections().filter(|section| !is_known(section));
        unknown_sections
            .map(|section| stranger(section, services))
            .collect()
    }
}

fn stranger(section: &Section, services: &[&'static ServiceDescriptor]) -> ConfigProblem {
    let written = section.service();
    let names: Vec<String> = services
        .iter()
        .map(|service| match section.name {
            Name::UpperSnake(_) => upper_snake(service.name),
            Name::Exact(_) | Name::Key(_) => service.name.to_owned(),
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (rule, help) = match section.name {
        _ if section.about(FUNCTIONS).is_some() => (
            format!("`{written}` is said of plain functions, which are not configured"),
            "configure them by `Config::functions`".to_owned(),
        ),
        Name::Key(_) => (
            format!("`{written}` is no key of a service that is configured"),
            did_you_mean(written.split('.').next().unwrap_or_default(), &names),
        ),
        _ => (
            format!("no service `{written}` is configured"),
            did_you_mean(written, &names),
        ),
    };
    ConfigProblem::new(&section.origin, rule, help)
}

impl State {
    /// Gives a service its values, now and with every change to come.
    pub(super) fn configure(
        &mut self,
        service: &'static ServiceDescriptor,
        side: Side,
        overrides: Vec<Overrides>,
        gates: &Arc<dyn PolicyTarget>,
    ) -> Result<(), ConfigError> {
        self.forget_the_gone();
        if let Some(store) = self.stores.named_like(service.name) {
            let rule = format!(
                "service `{}` has the name of the registered store `{store}`, and a table could be \
                 either's",
                service.name
            );
            let problem = ConfigProblem::whole(rule).with_help("give the service another name");
            return Err(ConfigError::one(problem));
        }
        let mut target = Target {
            service,
            side,
            overrides,
            gates: Arc::downgrade(gates),
            settled: Vec::new(),
        };
        // What is declared is where a rollback leads.
        target.settled = target.settle(&[], &mut Vec::new());
        let one = std::slice::from_ref(&target);
        let settled = settle_all(&self.sources, one, Vec::new())?;
        for (name, store) in self.stores.all() {
            gates.set_default_store(name, &store);
        }
        give(std::slice::from_mut(&mut target), settled)?;
        self.targets.push(target);
        if !self.services.iter().any(|known| known.name == service.name) {
            self.services.push(service);
        }
        Ok(())
    }

    /// Takes other sources, if nothing is wrong with them.
    pub(super) fn take(&mut self, sources: Sources) -> Result<(), ConfigError> {
        self.forget_the_gone();
        if self.complete {
            ConfigError::check(sources.unknown_sections(&self.services, &self.stores))?;
        }
        let mut problems = Vec::new();
        let stores = self.stores.judge(sources.sections(), &mut problems);
        let settled = settle_all(&sources, &self.targets, problems)?;
        self.set_default_store(&stores);
        if let Err(error) = give(&mut self.targets, settled) {
            self.stores.stay();
            return Err(error);
        }
        self.stores.take(stores);
        self.sources = sources;
        Ok(())
    }

    /// Offers stores to those who have none of their name by now. They need
    /// them before values that are counted there; if those are not taken, the
    /// store stays theirs and has no address.
    fn set_default_store(&mut self, given: &[Given]) {
        for (name, store) in self.stores.first_stores(given) {
            for target in &self.targets {
                if let Some(gates) = Weak::upgrade(&target.gates) {
                    gates.set_default_store(name, &store);
                }
            }
        }
    }

    /// The knobs of no service.
    pub(super) fn own_knobs(&self) -> Vec<super::Knob> {
        let needed = |store: &str| self.targets().any(|target| target.shares_limits_in(store));
        self.stores.knobs(needed)
    }

    /// Refuses what is about no service that was configured, from now on.
    pub(super) fn complete(&mut self) -> Result<(), ConfigError> {
        ConfigError::check(self.sources.unknown_sections(&self.services, &self.stores))?;
        self.complete = true;
        Ok(())
    }

    /// A key that is set has to be one of a service that is configured, once
    /// there is one.
    pub(super) fn knows(&self, section: &Section) -> Result<(), ConfigError> {
        let mut services = self.services.iter();
        let is_known = services.any(|service| section.about(service.name).is_some());
        if is_known || self.stores.own(section) || self.services.is_empty() {
            return Ok(());
        }
        Err(ConfigError::one(stranger(section, &self.services)))
    }

    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> {
        let targets = self.targets.iter();
        targets.filter(|target| target.gates.strong_count() > 0)
    }

    fn forget_the_gone(&mut self) {
        self.targets
            .retain(|target| target.gates.strong_count() > 0);
    }
}

/// What would hold for all targets, if there are no problems before.
fn settle_all(
    sources: &Sources,
    targets: &[Target],
    mut problems: Vec<ConfigProblem>,
) -> Result<Vec<Vec<SettledMethod>>, ConfigError> {
    let mut settled = Vec::new();
    for target in targets {
        let changes = sources.changes(target.service, &mut problems);
        settled.push(target.settle(&changes, &mut problems));
    }
    ConfigError::check(problems)?;
    Ok(settled)
}

/// Gives the targets their values: all of them, or none.
fn give(targets: &mut [Target], settled: Vec<Vec<SettledMethod>>) -> Result<(), ConfigError> {
    for (index, target) in targets.iter().enumerate() {
        if let Err(problem) = hand_over(target, &target.settled, &settled[index]) {
            for (target, given) in targets[..=index].iter().zip(&settled) {
                // These values held a moment ago.
                let _ = hand_over(target, given, &target.settled);
            }
            return Err(ConfigError::one(problem));
        }
    }
    for (target, settled) in targets.iter_mut().zip(settled) {
        target.settled = settled;
    }
    Ok(())
}

/// Gives a target what is new for it.
fn hand_over(
    target: &Target,
    old: &[SettledMethod],
    new: &[SettledMethod],
) -> Result<(), ConfigProblem> {
    let Some(gates) = Weak::upgrade(&target.gates) else {
        return Ok(());
    };
    for (method, (old, new)) in old.iter().zip(new).enumerate() {
        if old.policies == new.policies {
            continue;
        }
        if let Err(invalid) = gates.configure(method, new.policies) {
            let meta = target.service.methods[method].meta;
            let problem = ConfigProblem::whole(format!(
                "`{}.{}.{}`: {}",
                meta.service,
                meta.name,
                invalid.policy(),
                invalid.problem()
            ));
            return Err(match new.policies.rate_limit {
                Some(limit) if invalid.problem() == STORE_MISSING => {
                    problem.with_help(store_help(limit.store.name()))
                }
                _ => problem,
            });
        }
    }
    Ok(())
}
