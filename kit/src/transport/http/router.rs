//! Which method answers a path and a verb.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use http::{HeaderValue, Method as HttpMethod};

use super::path::Pattern;
use super::server::{Bound, Handler};
use crate::descriptor::{HttpRoute, MethodMeta, Verb};
use crate::endpoint::Endpoint;
use crate::transport::Remote;

const VERBS: [Verb; 5] = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];

/// Routes of HTTP/JSON methods.
///
/// The most exact path decides first (a static segment before an argument),
/// the verb second, so that a path that has only other verbs is a 405 with
/// what it allows. The cost does not grow with the number of routes.
#[derive(Default)]
pub struct Router {
    paths: matchit::Router<usize>,
    tables: Vec<Table>,
    by_pattern: HashMap<String, usize>,
}

/// The methods on one path, by verb.
pub(super) struct Table {
    routes: [Option<Route>; VERBS.len()],
    allow: HeaderValue,
}

/// One method on its route.
pub(super) struct Route {
    pub(super) meta: &'static MethodMeta,
    pub(super) route: HttpRoute,
    /// The names of the path's arguments, in order.
    pub(super) captured: Vec<&'static str>,
    pub(super) handler: Box<dyn Handler>,
}

/// The table of a path, and the parts of the path that stand for arguments.
pub(super) struct Found<'r, 'p> {
    pub(super) table: &'r Table,
    pub(super) captures: Vec<&'p str>,
}

impl Router {
    /// Adds a method that has an HTTP transport; others are left out.
    ///
    /// # Errors
    /// Its route collides with another's, or can't be read.
    pub(crate) fn add<M: Remote, E: Endpoint<M> + 'static>(
        &mut self,
        endpoint: Arc<E>,
    ) -> Result<(), String> {
        match (M::META.http, M::HTTP) {
            (Some(route), Some(binding)) => {
                self.insert(M::META, route, Box::new(Bound::new(endpoint, binding)))
            }
            _ => Ok(()),
        }
    }

    fn insert(
        &mut self,
        meta: &'static MethodMeta,
        route: HttpRoute,
        handler: Box<dyn Handler>,
    ) -> Result<(), String> {
        let Pattern { text, names } =
            Pattern::parse(route.path).map_err(|error| unroutable(meta, route, &error))?;
        let at = match self.by_pattern.get(&text) {
            Some(at) => *at,
            None => {
                let at = self.tables.len();
                self.paths
                    .insert(text.as_str(), at)
                    .map_err(|error| unroutable(meta, route, &error))?;
                self.tables.push(Table::default());
                self.by_pattern.insert(text, at);
                at
            }
        };
        let place = &mut self.tables[at].routes[index(route.verb)];
        if let Some(other) = place {
            return Err(unroutable(
                meta,
                route,
                &format_args!(
                    "`{} {}` of method `{}` of `{}` matches the same requests",
                    other.route.verb.name(),
                    other.route.path,
                    other.meta.name,
                    other.meta.service
                ),
            ));
        }
        *place = Some(Route {
            meta,
            route,
            captured: names,
            handler,
        });
        self.tables[at].update_allow();
        Ok(())
    }

    /// What stands at a path in its normal form.
    pub(super) fn find<'p>(&self, path: &'p str) -> Option<Found<'_, 'p>> {
        let matched = self.paths.at(path).ok()?;
        Some(Found {
            table: &self.tables[*matched.value],
            captures: matched.params.iter().map(|(_, value)| value).collect(),
        })
    }
}

const fn index(verb: Verb) -> usize {
    match verb {
        Verb::Get => 0,
        Verb::Post => 1,
        Verb::Put => 2,
        Verb::Patch => 3,
        Verb::Delete => 4,
    }
}

impl Default for Table {
    fn default() -> Self {
        Self {
            routes: [const { None }; VERBS.len()],
            allow: HeaderValue::from_static("OPTIONS"),
        }
    }
}

impl Table {
    /// The method for a verb; `HEAD` is answered as `GET`.
    pub(super) fn route(&self, method: &HttpMethod) -> Option<&Route> {
        let verb = match *method {
            HttpMethod::POST => Verb::Post,
            HttpMethod::GET | HttpMethod::HEAD => Verb::Get,
            HttpMethod::PUT => Verb::Put,
            HttpMethod::PATCH => Verb::Patch,
            HttpMethod::DELETE => Verb::Delete,
            _ => return None,
        };
        self.routes[index(verb)].as_ref()
    }

    /// The verbs there are, as `Allow` lists them.
    pub(super) fn allow(&self) -> &HeaderValue {
        &self.allow
    }

    fn update_allow(&mut self) {
        let mut allow = String::new();
        for (verb, route) in VERBS.iter().zip(&self.routes) {
            if route.is_some() {
                allow.push_str(verb.name());
                allow.push_str(", ");
            }
            if route.is_some() && *verb == Verb::Get {
                allow.push_str("HEAD, ");
            }
        }
        allow.push_str("OPTIONS");
        if let Ok(allow) = HeaderValue::try_from(allow) {
            self.allow = allow;
        }
    }
}

#[cold]
fn unroutable(meta: &MethodMeta, route: HttpRoute, why: &dyn fmt::Display) -> String {
    format!(
        "route `{} {}` of method `{}` of `{}`: {why}",
        route.verb.name(),
        route.path,
        meta.name,
        meta.service
    )
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.tables.iter().flat_map(|table| &table.routes).flatten();
        f.debug_list()
            .entries(
                routes.map(|route| format!("{} {}", route.route.verb.name(), route.route.path)),
            )
            .finish()
    }
}
