//! Rules about names, on the wire and in Rust.

use std::collections::HashMap;

use kit_grammar::upper_snake;
use proc_macro2::Ident;

use crate::diagnostic::Errors;
use crate::model::{Method, Service};

/// The tables of a configuration that are not of a service, as the environment
/// spells them, and their contents.
const TABLES: &[(&str, &str)] = &[
    ("FUNCTIONS", "the plain functions with policies"),
    ("REDIS", "the Redis of shared limits"),
];

/// The name of a service is a path in protobuf, a part of gRPC's URLs, and a key
/// of configurations.
pub(crate) fn check_service_name(service: &Service, errors: &mut Errors) {
    let name = &service.wire_name.text;
    let is_path = name.split('.').all(is_proto_ident);
    if let Some(literal) = &service.wire_name.literal
        && (name.is_empty() || (!is_path && service.transports.grpc.is_some()))
    {
        errors.on(
            literal,
            format_args!("\"{name}\" is not a valid service name"),
            "write words of ASCII letters, digits and `_`, separated by dots, as in \"pb.Add\"",
        );
        return;
    }
    let spelled = upper_snake(name);
    let Some((_, content)) = TABLES.iter().find(|(table, _)| *table == spelled) else {
        return;
    };
    let contract = &service.names.contract;
    let rule = format!("\"{name}\" is reserved: in a configuration it is the table of {content}");
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

/// Names of methods are unique, and those that begin with `__kit` are reserved.
/// Returns for each method whether it must be left out of the trait.
pub(crate) fn check_method_names(service: &Service, errors: &mut Errors) -> Vec<bool> {
    let mut seen: Vec<&Method> = Vec::new();
    let mut invalid = Vec::new();
    for method in &service.methods {
        let is_reserved = method.name.starts_with("__kit");
        // Of variants under different `#[cfg]`s, rustc sees one.
        let is_variant =
            |other: &&&Method| other.cfgs().next().is_some() && method.cfgs().next().is_some();
        let is_second = seen
            .iter()
            .any(|other| other.ident == method.ident && !is_variant(&other));
        if is_reserved {
            errors.on(
                &method.ident,
                format_args!("method `{}` has a reserved name", method.name),
                "write a name that does not begin with `__kit`",
            );
        } else if is_second {
            errors.on(
                &method.ident,
                format_args!("method `{}` is declared twice", method.name),
                "rename one of them",
            );
        }
        invalid.push(is_reserved || is_second);
        seen.push(method);
    }
    invalid
}

/// The names of methods on the wire are unique.
pub(crate) fn check_wire_names(service: &Service, errors: &mut Errors) {
    let mut seen: HashMap<&str, &Method> = HashMap::new();
    for method in &service.methods {
        let name = method.wire_name.text.as_str();
        if let Some(literal) = &method.wire_name.literal
            && !is_proto_ident(name)
        {
            errors.on(
                literal,
                format_args!("\"{name}\" is not a valid method name"),
                "write a word of ASCII letters, digits and `_`, as in \"Sum\"",
            );
        }
        match seen.get(name) {
            None => {
                seen.insert(name, method);
            }
            // Variants of one method under different `#[cfg]`s.
            Some(first) if first.ident == method.ident => {}
            // `check_generated_names` reports these.
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

/// A method generates two types in the module of its service. rustc would report
/// a duplicate at generated code, which the user can't see.
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
                            "methods `{first}` and `{}` both generate a type `{}::{name}`",
                            method.ident, service.names.module,
                        ),
                        "rename one of them; to keep its name on the wire, add `#[endpoint(name = \"..\")]`",
                    );
                    break;
                }
            }
        }
    }
}
