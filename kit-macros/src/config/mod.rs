//! `#[kit::service(config = "kit.toml")]`: values from a file, which override those
//! of the attributes.
//!
//! The file has the format that `kit::Config` loads at startup, and the same parser,
//! `kit_grammar::config`, so that it has the same meaning. It can be compiled in,
//! loaded at startup, or both; values loaded at startup override compiled ones.
//!
//! ```text
//! default < contract's attributes < this file < impl's attributes < kit::Config
//! ```
//!
//! This module checks the file and changes the model; `check` has checked the
//! attributes before. Problems are reported at the file's name in the attribute,
//! with their line, as rustc can point only at Rust code.

mod file;
mod report;
mod resolve;
#[cfg(test)]
mod tests;

use kit_grammar::config::{ConfigProblem, Contract, ContractMethod, Section, changes, parse};
use kit_grammar::did_you_mean;

use self::file::File;
use crate::diagnostic::Errors;
use crate::model::{Method, Service};

/// Overrides values of the attributes with those of the service's file.
pub(crate) fn configure(service: &mut Service, errors: &mut Errors) {
    let Some(config) = service.config.clone() else {
        return;
    };
    let file = match File::read(&config.value()) {
        Ok(file) => file,
        Err((rule, help)) => {
            // Without this, rustc would report the missing file again.
            service.config = None;
            return errors.on(&config, rule, help);
        }
    };
    let problems = match parse(&file.text, &file.name) {
        Ok(sections) => apply(&sections, service, &file.name),
        Err(error) => error.problems().to_vec(),
    };
    report::problems(problems, &config, &file, errors);
}

/// Sets the values of every method, and returns the problems.
fn apply(sections: &[Section], service: &mut Service, file: &str) -> Vec<ConfigProblem> {
    let mut problems = Vec::new();
    let name = service.wire_name.text.clone();
    let contract = contract(&name, &service.methods);
    let changes = changes(sections, &contract, &mut problems);
    if problems.is_empty() {
        problems.extend(missing_section(sections, &name, file));
    }
    let resolved: Vec<_> = service
        .methods
        .iter()
        .map(|method| {
            let own = contract
                .methods
                .iter()
                .position(|known| known.name == method.name);
            let config = service.config.as_ref();
            resolve::method(method, own, &contract, &changes, config, &mut problems)
        })
        .collect();
    for (method, resolved) in service.methods.iter_mut().zip(resolved) {
        method.policies.client = resolved.client.policies;
        method.policies.server = resolved.server.policies;
        method.policies.switched_off = resolved.client.switched_off;
        method.timeouts.client = resolved.client.timeout;
        method.timeouts.server = resolved.server.timeout;
        method.compiled = resolved.compiled;
    }
    problems
}

/// The service as the parser needs it. Variants of a method under different
/// `#[cfg]`s are one method here.
fn contract<'a>(name: &'a str, all: &'a [Method]) -> Contract<'a> {
    let mut methods: Vec<ContractMethod<'a>> = Vec::new();
    for method in all {
        if methods.iter().any(|known| known.name == method.name) {
            continue;
        }
        let has = |name| method.policies.of_client(name).is_some();
        methods.push(ContractMethod {
            name: &method.name,
            idempotent: method.idempotent,
            repeats: has("retry") || has("hedge"),
            caches: has("cache"),
            falls_back: has("fallback"),
            plain: false,
        });
    }
    Contract {
        name,
        methods,
        plain: false,
    }
}

/// Several services may share a file, but a file without a table for this one is
/// probably a mistake: the name may be misspelled.
fn missing_section(sections: &[Section], name: &str, file: &str) -> Option<ConfigProblem> {
    if sections.iter().any(|section| section.about(name).is_some()) {
        return None;
    }
    let known: Vec<&str> = sections.iter().map(Section::service).collect();
    let rule = format!("{file}: there is no table of service `{name}`");
    let table = format!("add a table `[\"{name}\"]`, which may be empty");
    let help = match known.is_empty() {
        true => table,
        false => format!("{}; or {table}", did_you_mean(name, &known)),
    };
    Some(ConfigProblem::whole(rule).with_help(help))
}
