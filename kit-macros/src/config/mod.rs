//! `#[kit::service(config = "kit.toml")]`: values from a file, over those of
//! the attributes.
//!
//! The file is the one that `kit::Config` reads at start, in the same words and
//! by the same reader, `kit_grammar::config`: what it says here, it would say
//! there. So it can be compiled in, loaded at start, or both, and the later
//! goes over the earlier.
//!
//! ```text
//! default < contract's attributes < this file < impl's attributes < kit::Config
//! ```
//!
//! What stands here judges the file and changes the model; of attributes,
//! `check` has judged already. All that is wrong is reported on the file's name
//! in the attribute, with its line: rustc can point at nothing but Rust.

mod file;
mod report;
mod settle;
#[cfg(test)]
mod tests;

use kit_grammar::config::{ConfigProblem, Contract, ContractMethod, Section, changes, parse};
use kit_grammar::did_you_mean;

use self::file::File;
use crate::diagnostic::Errors;
use crate::model::{Method, Service};

/// Puts what the service's file says over what its attributes say.
pub(crate) fn configure(service: &mut Service, errors: &mut Errors) {
    let Some(config) = service.config.clone() else {
        return;
    };
    let file = match File::read(&config.value()) {
        Ok(file) => file,
        Err((rule, help)) => {
            // Nothing to watch: rustc would say once more that it is missing.
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

/// Gives every method its values, and says what is wrong with them.
fn apply(sections: &[Section], service: &mut Service, file: &str) -> Vec<ConfigProblem> {
    let mut problems = Vec::new();
    let name = service.wire_name.text.clone();
    let contract = contract(&name, &service.methods);
    let changes = changes(sections, &contract, &mut problems);
    if problems.is_empty() {
        problems.extend(silence(sections, &name, file));
    }
    let settled: Vec<_> = service
        .methods
        .iter()
        .map(|method| {
            let own = contract
                .methods
                .iter()
                .position(|known| known.name == method.name);
            let config = service.config.as_ref();
            settle::method(method, own, &contract, &changes, config, &mut problems)
        })
        .collect();
    for (method, settled) in service.methods.iter_mut().zip(settled) {
        method.policies.client = settled.client.policies;
        method.policies.server = settled.server.policies;
        method.policies.switched_off = settled.client.switched_off;
        method.timeouts.client = settled.client.timeout;
        method.timeouts.server = settled.server.timeout;
        method.compiled = settled.compiled;
    }
    problems
}

/// What the reader has to know of the service. A method that a `#[cfg]` makes
/// two of is one here.
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

/// A file may be shared by many services, but one that says nothing of this
/// one was hardly meant: its name may be misspelled there.
fn silence(sections: &[Section], name: &str, file: &str) -> Option<ConfigProblem> {
    if sections.iter().any(|section| section.about(name).is_some()) {
        return None;
    }
    let known: Vec<&str> = sections.iter().map(Section::service).collect();
    let rule = format!("{file}: there is no table of the service `{name}`");
    let table = format!("write `[\"{name}\"]`, which may be empty");
    let help = match known.is_empty() {
        true => table,
        false => format!("{}; or {table}", did_you_mean(name, &known)),
    };
    Some(ConfigProblem::whole(rule).with_help(help))
}
