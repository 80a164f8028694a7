//! The HTTP route of a method.

use syn::LitStr;

use super::returns::Returns;
use crate::parse::{Endpoint, Verb, route};
use crate::syntax::names;
use crate::syntax::types;

/// A method's binding to HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    pub(crate) verb: Verb,
    pub(crate) path: String,
    /// The parsed path, or its problem.
    pub(crate) route: Result<route::Route, route::Problem>,
    pub(crate) status: u16,
}

impl Http {
    pub(super) fn new(
        transport: &crate::parse::Http,
        endpoint: Option<&Endpoint>,
        contract: &str,
        method: &str,
        returns: &Returns,
    ) -> Self {
        let route = endpoint.and_then(|endpoint| endpoint.route.as_ref());
        // An invalid prefix is reported once, on the trait; paths are checked
        // without it.
        let prefix = transport
            .prefix
            .as_ref()
            .map(LitStr::value)
            .filter(|prefix| route::Route::parse(prefix).is_ok());
        let own = route.map_or_else(
            || format!("/{}", names::separated(method, '-')),
            |route| route.path.value(),
        );
        let prefix = match (prefix, route) {
            (Some(prefix), _) => prefix,
            (None, Some(_)) => String::new(),
            (None, None) => format!("/{}", names::separated(contract, '-')),
        };
        let parsed = route::Route::parse(&own);
        let path = join(&prefix, &own);
        let status = endpoint
            .and_then(|endpoint| endpoint.status.as_ref())
            .and_then(|(_, status)| status.base10_parse().ok());
        let default_status = if types::is_unit(&returns.ok()) {
            204
        } else {
            200
        };
        Self {
            verb: route.map_or(Verb::Post, |route| route.verb),
            route: parsed.and_then(|_| route::Route::parse(&path)),
            path,
            status: status.unwrap_or(default_status),
        }
    }
}

/// Joins a prefix and a path; a lone slash adds nothing to either.
fn join(prefix: &str, path: &str) -> String {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    match path {
        "/" if !prefix.is_empty() => prefix.to_owned(),
        _ => format!("{prefix}{path}"),
    }
}
