//! Rules about a method's HTTP route, status and arguments.

use kit_grammar::nearest;
use std::collections::HashMap;

use proc_macro2::Ident;

use crate::diagnostic::Errors;
use crate::model::{Argument, Method, Service, Source};
use crate::parse::SourceSyntax;
use crate::parse::route::Route;
use crate::syntax::types;

/// Settings of HTTP have no effect on a method that does not use it.
pub(crate) fn check_http_only(method: &Method, errors: &mut Errors) {
    if method.declares_http {
        return;
    }
    let mut refuse = |token: &Ident, what: &str| {
        errors.on(
            token,
            format_args!(
                "{what} configures HTTP, which method `{}` does not use",
                method.name
            ),
            "remove it, or add `http` to `#[transport(..)]`",
        );
    };
    if let Some(endpoint) = &method.endpoint {
        if let Some(route) = &endpoint.route {
            refuse(&route.key, &format!("`{} = ..`", route.key));
        }
        if let Some((key, _)) = &endpoint.status {
            refuse(key, "`status = ..`");
        }
    }
    for argument in &method.arguments {
        match &argument.parameter.source {
            // It is also the whole gRPC request.
            None | Some(SourceSyntax::Body(_)) => {}
            Some(source) => refuse(source.ident(), &format!("`#[{}]`", source.ident())),
        }
    }
}

/// The path is valid.
pub(crate) fn check_path(method: &Method, errors: &mut Errors) {
    let route = method
        .endpoint
        .as_ref()
        .and_then(|endpoint| endpoint.route.as_ref());
    let Some(route) = route else {
        return;
    };
    if let Err((rule, help)) = Route::parse(&route.path.value()) {
        errors.on(&route.path, rule, help);
    }
}

/// Every `{name}` is an argument.
pub(crate) fn check_path_names(method: &Method, errors: &mut Errors) {
    let Some((path, route)) = parsed(method) else {
        return;
    };
    let mut seen: Vec<&str> = Vec::new();
    for name in route.arguments() {
        if seen.contains(&name) {
            on_path(
                method,
                format!("\"{path}\" contains `{{{name}}}` twice"),
                "use a different argument for each".to_owned(),
                errors,
            );
            continue;
        }
        seen.push(name);
        let argument = method
            .arguments
            .iter()
            .find(|argument| argument.name == name);
        match argument.map(|argument| &argument.parameter.source) {
            None => on_path(
                method,
                format!(
                    "\"{path}\" has `{{{name}}}`, but method `{}` has no argument `{name}`",
                    method.name
                ),
                missing_help(name, &method.arguments),
                errors,
            ),
            Some(None | Some(SourceSyntax::Path(_))) => {
                let argument = argument.map(|argument| &argument.ty);
                if let Some((ty, inner)) = argument.and_then(|ty| Some((ty, types::option(ty)?))) {
                    errors.on(
                        ty,
                        format_args!(
                            "argument `{name}` is in the path \"{path}\", so it can't be optional"
                        ),
                        format_args!("write `{}`", types::text(inner)),
                    );
                }
            }
            Some(Some(source)) => errors.on(
                source.ident(),
                format_args!("argument `{name}` is in the path \"{path}\""),
                format_args!(
                    "remove `#[{}]`, or `{{{name}}}` from the path",
                    source.ident()
                ),
            ),
        }
    }
}

/// Every argument marked `#[path]` is in the path.
pub(crate) fn check_path_arguments(method: &Method, errors: &mut Errors) {
    let Some((path, route)) = parsed(method) else {
        return;
    };
    for argument in &method.arguments {
        let name = &argument.name;
        let Some(SourceSyntax::Path(ident)) = &argument.parameter.source else {
            continue;
        };
        if route.arguments().all(|other| other != name) {
            errors.on(
                ident,
                format_args!(
                    "method `{}` maps argument `{name}` to the path, but \"{path}\" has no `{{{name}}}`",
                    method.name
                ),
                format_args!(
                    "write \"{}/{{{name}}}\", or mark the argument `#[query]`",
                    path.trim_end_matches('/')
                ),
            );
        }
    }
}

/// The path, if it is valid.
fn parsed(method: &Method) -> Option<(&str, &Route)> {
    let http = method.http.as_ref()?;
    let route = http.route.as_ref().ok()?;
    Some((&http.path, route))
}

fn on_path(method: &Method, rule: String, help: String, errors: &mut Errors) {
    let route = method
        .endpoint
        .as_ref()
        .and_then(|endpoint| endpoint.route.as_ref());
    match route {
        Some(route) => errors.on(&route.path, rule, help),
        None => errors.on(&method.ident, rule, help),
    }
}

fn missing_help(name: &str, arguments: &[Argument]) -> String {
    let names: Vec<&str> = arguments
        .iter()
        .map(|argument| argument.name.as_str())
        .collect();
    match nearest(name, &names) {
        Some(nearest) => format!("did you mean `{{{nearest}}}`? or add the parameter `{name}`"),
        None => format!("add the parameter `{name}`, or remove `{{{name}}}`"),
    }
}

/// The status is a success, and allows a body if the method returns a value.
pub(crate) fn check_status(method: &Method, errors: &mut Errors) {
    let Some((_, literal)) = method
        .endpoint
        .as_ref()
        .and_then(|endpoint| endpoint.status.as_ref())
    else {
        return;
    };
    let status = literal.base10_parse::<u16>();
    let ok = method.returns.ok();
    match status {
        Ok(204 | 205) if !types::is_unit(&ok) => errors.on(
            literal,
            format_args!(
                "status {literal} has no body, but method `{}` returns `{}`",
                method.name,
                types::text(&ok)
            ),
            "write another status, or return `Result<(), _>`",
        ),
        Ok(200..=299) => {}
        _ => errors.on(
            literal,
            format_args!("{literal} is not a success status"),
            "write a status from 200 to 299; failures get theirs from `#[derive(kit::ServiceError)]`",
        ),
    }
}

/// Headers are valid, unique and not reserved by HTTP.
pub(crate) fn check_headers(method: &Method, errors: &mut Errors) {
    const PROTOCOL: [&str; 8] = [
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "te",
        "transfer-encoding",
        "upgrade",
    ];
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for argument in &method.arguments {
        let (Source::Header(header), Some(SourceSyntax::Header(_, literal))) =
            (&argument.source, &argument.parameter.source)
        else {
            continue;
        };
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if header.is_empty() || !header.chars().all(is_token) {
            errors.on(
                literal,
                format_args!("\"{header}\" is not a valid header name"),
                "write letters, digits and dashes, as in \"x-tenant\"",
            );
        } else if PROTOCOL.contains(&header.as_str()) {
            errors.on(
                literal,
                format_args!(
                    "header \"{header}\" is reserved by HTTP, so method `{}` can't use it",
                    method.name
                ),
                "write a header of your own, as in \"x-tenant\"",
            );
        }
        if let Some(first) = seen.insert(header, &argument.name) {
            errors.on(
                literal,
                format_args!(
                    "arguments `{first}` and `{}` both come from header \"{header}\"",
                    argument.name
                ),
                "use a different header for each",
            );
        }
    }
}

/// A request has one body: one argument is the whole body, or several are its
/// members.
pub(crate) fn check_bodies(method: &Method, errors: &mut Errors) {
    let mut first: Option<&Argument> = None;
    for argument in &method.arguments {
        let Some(SourceSyntax::Body(ident)) = &argument.parameter.source else {
            continue;
        };
        if let Some(first) = first {
            errors.on(
                ident,
                format_args!(
                    "arguments `{}` and `{}` are both the whole body",
                    first.name, argument.name
                ),
                "keep one, or remove both `#[body]` to make them members of one JSON object",
            );
            continue;
        }
        first = Some(argument);
        if let Some(http) = &method.http
            && http.verb.has_no_body()
        {
            errors.on(
                ident,
                format_args!(
                    "argument `{}` is the body, but a {} request has none",
                    argument.name,
                    http.verb.name()
                ),
                "write `post`, `put` or `patch`, or mark it `#[query]`",
            );
        }
    }
    let Some(body) = first.filter(|_| method.http.is_some()) else {
        return;
    };
    for member in method
        .arguments
        .iter()
        .filter(|argument| argument.source == Source::Member && !argument.parameter.misread)
    {
        errors.on(
            &member.typed.pat,
            format_args!(
                "argument `{}` would be a member of the body, but argument `{}` is the whole body",
                member.name, body.name
            ),
            "mark it `#[query]`, `#[path]` or `#[header(\"..\")]`, or remove `#[body]`",
        );
    }
}

/// Whether the route is derived from names.
fn is_default(method: &Method) -> bool {
    let endpoint = method.endpoint.as_ref();
    endpoint.is_none_or(|endpoint| endpoint.route.is_none())
}

/// A request matches one method.
pub(crate) fn check_collisions(service: &Service, errors: &mut Errors) {
    let mut routes: Vec<(&Method, &str, &Route)> = Vec::new();
    for method in &service.methods {
        let Some((path, route)) = parsed(method) else {
            continue;
        };
        let Some(http) = &method.http else {
            continue;
        };
        let collides = |other: &&(&Method, &str, &Route)| {
            let same_verb = other
                .0
                .http
                .as_ref()
                .is_some_and(|other| other.verb == http.verb);
            // Variants of one method under different `#[cfg]`s.
            other.0.ident != method.ident
                && same_verb
                && other.2.collides(route)
                // The name that both routes are derived from is already reported.
                && !(is_default(other.0) && is_default(method) && other.0.wire_name.text == method.wire_name.text)
        };
        if let Some((first, other, _)) = routes.iter().find(collides) {
            on_path(
                method,
                format!(
                    "{} \"{path}\" matches both method `{}` (\"{other}\") and method `{}`",
                    http.verb.name(),
                    first.name,
                    method.name
                ),
                "give one of them another path or verb".to_owned(),
                errors,
            );
        }
        routes.push((method, path, route));
    }
}
