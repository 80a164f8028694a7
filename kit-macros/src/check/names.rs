//! Rules of names, on wires and in Rust.

use std::collections::HashMap;

use kit_grammar::upper_snake;
use proc_macro2::Ident;

use crate::diagnostic::Errors;
use crate::model::{Method, Service};

/// What a configuration calls the tables that are of no service, as the
/// environment spells it, and what they are of.
const TABLES: &[(&str, &str)] = &[
    ("FUNCTIONS", "the plain functions with policies"),
    ("REDIS", "the Redis of shared limits"),
];

/// The name of a service is a path in protobuf, a part of gRPC's URLs, and
/// what a configuration calls it.
pub(crate) fn check_service_name(service: &Service, errors: &mut Errors) {
    let name = &service.wire_name.text;
    let is_path = name.split('.').all(is_proto_ident);
    if let Some(literal) = &service.wire_name.literal
        && (name.is_empty() || (!is_path && service.transports.grpc.is_some()))
    {
        errors.on(
            literal,
            format_args!("\"{name}\" is not the name of a service"),
            "write words of ASCII letters, digits and `_`, separated by dots, as in \"pb.Add\"",
        );
        return;
    }
    let spelled = upper_snake(name);
    let Some((_, whose)) = TABLES.iter().find(|(table, _)| *table == spelled) else {
        return;
    };
    let contract = &service.names.contract;
    let rule = format!("\"{name}\" is what a configuration calls {whose}");
    match &service.wire_name.literal {
        Some(literal) => {
            let help = format_args!("write another name, as in \"pb.{contract}\"");
            errors.on(literal, rule, help);
        }
        None => {
            let help = format_args!(
                "give the service another name: `#[kit::service(name = \"pb.{contract}\")]`"
            );
            errors.on(contract, rule, help);
        }
    }
}

fn is_proto_ident(word: &str) -> bool {
    let starts = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A name says which method is meant, and those that begin with `__kit` are
/// ours. What is refused here can't stand in a trait beside the others, so
/// this says which to leave out.
pub(crate) fn check_method_names(service: &Service, errors: &mut Errors) -> Vec<bool> {
    let mut seen: Vec<&Method> = Vec::new();
    let mut refused = Vec::new();
    for method in &service.methods {
        let is_ours = method.name.starts_with("__kit");
        // Of versions under different `#[cfg]`s, rustc sees one.
        let is_version =
            |other: &&&Method| other.cfgs().next().is_some() && method.cfgs().next().is_some();
        let is_second = seen
            .iter()
            .any(|other| other.ident == method.ident && !is_version(&other));
        if is_ours {
            errors.on(
                &method.ident,
                format_args!(
                    "method `{}` has a name that kit keeps for itself",
                    method.name
                ),
                "write a name that does not begin with `__kit`",
            );
        } else if is_second {
            errors.on(
                &method.ident,
                format_args!("method `{}` is declared twice", method.name),
                "rename one of them",
            );
        }
        refused.push(is_ours || is_second);
        seen.push(method);
    }
    refused
}

/// Two methods may not be one on a wire.
pub(crate) fn check_wire_names(service: &Service, errors: &mut Errors) {
    let mut seen: HashMap<&str, &Method> = HashMap::new();
    for method in &service.methods {
        let name = method.wire_name.text.as_str();
        if let Some(literal) = &method.wire_name.literal
            && !is_proto_ident(name)
        {
            errors.on(
                literal,
                format_args!("\"{name}\" is not the name of a method"),
                "write a word of ASCII letters, digits and `_`, as in \"Sum\"",
            );
        }
        match seen.get(name) {
            None => {
                seen.insert(name, method);
            }
            // Versions of one method under different `#[cfg]`s.
            Some(first) if first.ident == method.ident => {}
            // Methods of the same generated name are told there.
            Some(first) if first.marker == method.marker => {}
            Some(first) => {
                let help =
                    format!("give one of them another name: `#[endpoint(name = \"{name}2\")]`");
                let rule = format!(
                    "methods `{}` and `{}` are both `{name}` on the wire",
                    first.name, method.name
                );
                match &method.wire_name.literal {
                    Some(literal) => errors.on(literal, rule, help),
                    None => errors.on(&method.ident, rule, help),
                }
            }
        }
    }
}

/// A method makes two types in the module of its service; a second of the
/// same name would be rustc's to report, on code that nobody wrote.
pub(crate) fn check_generated_names(service: &Service, broken: &mut [bool], errors: &mut Errors) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for (method, broken) in service.methods.iter().zip(broken) {
        for generated in [&method.marker, &method.request] {
            let name = generated.to_string();
            match seen.get(&name) {
                None => {
                    seen.insert(name, &method.ident);
                }
                Some(first) if **first == method.ident => {}
                Some(first) => {
                    *broken = true;
                    errors.on(
                        &method.ident,
                        format_args!(
                            "methods `{first}` and `{}` both make a type `{}::{name}`",
                            method.ident, service.names.module,
                        ),
                        "rename one of them; its name on the wire can stay by `#[endpoint(name = \"..\")]`",
                    );
                    break;
                }
            }
        }
    }
}
