//! The state of a configuration: its sources, and the services that it applies
//! to.
//!
//! Every change is a transaction. The new sources are first resolved for all
//! configured services; only if no value is invalid do the services get their
//! policies and the new sources replace the old ones.

use std::sync::{Arc, Weak};

use kit_grammar::config::{Change, ConfigError, ConfigProblem, Name, Section, changes};
use kit_grammar::{Side, did_you_mean, upper_snake};

use super::stores::{Settings, Stores};
use super::target::{PolicyTarget, ResolvedMethod, Target, contract};
use crate::model::descriptor::ServiceDescriptor;
use crate::model::policies::Overrides;
use crate::pipeline::admission::STORE_MISSING;
use crate::pipeline::function::FUNCTIONS;
use crate::policy::rate_limit::store_help;

/// The sections of each source. Later fields override earlier ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    pub(super) file: Vec<Section>,
    pub(super) environment: Vec<Section>,
    pub(super) set: Vec<Section>,
}

/// The sources that are in effect, and what they apply to.
#[derive(Default)]
pub(super) struct State {
    pub(super) sources: Sources,
    targets: Vec<Target>,
    stores: Stores,
    /// All services that were ever configured, those that no longer run included.
    services: Vec<&'static ServiceDescriptor>,
    /// Whether a section of any other service is an error.
    complete: bool,
}

impl Sources {
    fn sections(&self) -> impl Iterator<Item = &Section> + Clone {
        let file_and_environment = self.file.iter().chain(&self.environment);
        file_and_environment.chain(&self.set)
    }

    /// The changes of a service, in order of precedence: the last one wins.
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

    /// An error for each section of any other service or store.
    fn unknown_sections(
        &self,
        services: &[&'static ServiceDescriptor],
        stores: &Stores,
    ) -> Vec<ConfigProblem> {
        let is_known = |section: &Section| {
            let mut services = services.iter();
            let is_of_a_service = services.any(|service| section.about(service.name).is_some());
            is_of_a_service || stores.has_table(section)
        };
        let unknown_sections = self.sections().filter(|section| !is_known(section));
        unknown_sections
            .map(|section| unknown_section(section, services))
            .collect()
    }
}

fn unknown_section(section: &Section, services: &[&'static ServiceDescriptor]) -> ConfigProblem {
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
            format!("`{written}` is the section of plain functions, which are not configured"),
            "call `Config::functions`".to_owned(),
        ),
        Name::Key(_) => (
            format!("`{written}` is not a key of a configured service"),
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
    /// Applies the configuration to a service, now and with every later change.
    pub(super) fn configure(
        &mut self,
        service: &'static ServiceDescriptor,
        side: Side,
        overrides: Vec<Overrides>,
        live: &Arc<dyn PolicyTarget>,
    ) -> Result<(), ConfigError> {
        self.remove_dropped_targets();
        if let Some(store) = self.stores.named_like(service.name) {
            let rule = format!(
                "service `{}` has the name of the registered store `{store}`, so that a table of this \
                 name is ambiguous",
                service.name
            );
            let problem = ConfigProblem::whole(rule).with_help("give the service another name");
            return Err(ConfigError::one(problem));
        }
        let mut target = Target {
            service,
            side,
            overrides,
            live: Arc::downgrade(live),
            resolved: Vec::new(),
        };
        // A rollback restores the declared values.
        target.resolved = target.resolve(&[], &mut Vec::new());
        let one = std::slice::from_ref(&target);
        let resolved = resolve_all(&self.sources, one, Vec::new())?;
        for (name, store) in self.stores.all() {
            live.set_default_store(name, &store);
        }
        apply_all(std::slice::from_mut(&mut target), resolved)?;
        self.targets.push(target);
        if !self.services.iter().any(|known| known.name == service.name) {
            self.services.push(service);
        }
        Ok(())
    }

    /// Replaces the sources, if all their values are valid.
    pub(super) fn replace(&mut self, sources: Sources) -> Result<(), ConfigError> {
        self.remove_dropped_targets();
        if self.complete {
            ConfigError::check(sources.unknown_sections(&self.services, &self.stores))?;
        }
        let mut problems = Vec::new();
        let sections: Vec<&Section> = sources.sections().collect();
        let stores = self.stores.read(&sections, &mut problems);
        let resolved = resolve_all(&sources, &self.targets, problems)?;
        self.set_default_stores(&stores);
        if let Err(error) = apply_all(&mut self.targets, resolved) {
            self.stores.use_current_settings();
            return Err(error);
        }
        self.stores.replace(stores);
        self.sources = sources;
        Ok(())
    }

    /// Sets the stores that are configured for the first time. A target accepts
    /// limits with a store only once it has the store, so this comes before the
    /// values; if those are rejected, the target keeps a store without an address.
    fn set_default_stores(&mut self, settings: &[Settings]) {
        for (name, store) in self.stores.first_stores(settings) {
            for target in &self.targets {
                if let Some(live) = Weak::upgrade(&target.live) {
                    live.set_default_store(name, &store);
                }
            }
        }
    }

    /// The knobs of stores, which belong to no service.
    pub(super) fn store_knobs(&self) -> Vec<super::Knob> {
        let needed = |store: &str| self.targets().any(|target| target.shares_limits_in(store));
        self.stores.knobs(needed)
    }

    /// Makes a section of a service that was not configured an error, now and in
    /// later sources.
    pub(super) fn complete(&mut self) -> Result<(), ConfigError> {
        ConfigError::check(self.sources.unknown_sections(&self.services, &self.stores))?;
        self.complete = true;
        Ok(())
    }

    /// Checks that a key to set is of a store or of a configured service. Before any
    /// service is configured, every key is accepted.
    pub(super) fn check_known(&self, section: &Section) -> Result<(), ConfigError> {
        let mut services = self.services.iter();
        let is_known = services.any(|service| section.about(service.name).is_some());
        if is_known || self.stores.has_table(section) || self.services.is_empty() {
            return Ok(());
        }
        Err(ConfigError::one(unknown_section(section, &self.services)))
    }

    /// The services whose server or client still exists.
    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> {
        let targets = self.targets.iter();
        targets.filter(|target| target.live.strong_count() > 0)
    }

    fn remove_dropped_targets(&mut self) {
        self.targets.retain(|target| target.live.strong_count() > 0);
    }
}

/// Resolves the policies of all targets. Fails if there are problems, earlier ones
/// included.
fn resolve_all(
    sources: &Sources,
    targets: &[Target],
    mut problems: Vec<ConfigProblem>,
) -> Result<Vec<Vec<ResolvedMethod>>, ConfigError> {
    let mut resolved = Vec::new();
    for target in targets {
        let changes = sources.changes(target.service, &mut problems);
        resolved.push(target.resolve(&changes, &mut problems));
    }
    ConfigError::check(problems)?;
    Ok(resolved)
}

/// Applies resolved policies to all targets, or to none.
fn apply_all(
    targets: &mut [Target],
    resolved: Vec<Vec<ResolvedMethod>>,
) -> Result<(), ConfigError> {
    for (index, target) in targets.iter().enumerate() {
        if let Err(problem) = apply(target, &target.resolved, &resolved[index]) {
            for (target, applied) in targets[..=index].iter().zip(&resolved) {
                // Cannot fail: these values were in effect before.
                let _ = apply(target, applied, &target.resolved);
            }
            return Err(ConfigError::one(problem));
        }
    }
    for (target, resolved) in targets.iter_mut().zip(resolved) {
        target.resolved = resolved;
    }
    Ok(())
}

/// Applies the policies of a target that have changed.
fn apply(
    target: &Target,
    old: &[ResolvedMethod],
    new: &[ResolvedMethod],
) -> Result<(), ConfigProblem> {
    let Some(live) = Weak::upgrade(&target.live) else {
        return Ok(());
    };
    for (method, (old, new)) in old.iter().zip(new).enumerate() {
        if old.policies == new.policies {
            continue;
        }
        if let Err(invalid) = live.configure(method, new.policies) {
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
