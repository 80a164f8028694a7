//! The route table of HTTP/JSON: from a path and a verb to a method.

use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasherDefault;

use fnv::FnvHasher;
use http::{HeaderValue, Method as HttpMethod};

use super::decode::{has_body, has_text};
use super::path::Pattern;
use crate::model::descriptor::{HttpRoute, MethodMeta, Verb};
use crate::transport::handler::MethodHandler;

const VERBS: [Verb; 5] = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];

/// Routes of HTTP/JSON methods.
///
/// The most specific path decides first (a static segment before an argument),
/// the verb second, so that a path that has only other verbs is a 405 that
/// lists them. The cost does not grow with the number of routes.
///
/// Most requests are for a path without arguments, in its normal form: one
/// lookup in a hash table finds those.
#[derive(Default)]
pub struct Router {
    /// Paths without arguments, in their normal form.
    literal: HashMap<String, usize, BuildHasherDefault<FnvHasher>>,
    paths: matchit::Router<usize>,
    tables: Vec<Table>,
    by_pattern: HashMap<String, usize>,
}

/// The methods on one path, by verb.
pub(super) struct Table {
    routes: [Option<Route>; VERBS.len()],
    allow: HeaderValue,
}

/// One method and its route.
pub(super) struct Route {
    pub(super) meta: &'static MethodMeta,
    pub(super) route: HttpRoute,
    /// The names of the path's arguments, in order.
    pub(super) captured: Vec<&'static str>,
    /// Whether an argument is in the body.
    pub(super) has_body: bool,
    /// Whether an argument is outside the body.
    pub(super) has_text: bool,
    pub(super) method: MethodHandler,
}

/// A matched path: its table, and the segments that hold arguments.
pub(super) struct Found<'r, 'p> {
    pub(super) table: &'r Table,
    pub(super) captures: Vec<&'p str>,
}

impl Router {
    /// Adds a method if it has an HTTP transport.
    ///
    /// # Errors
    /// Its route is invalid, or collides with that of another method.
    pub(crate) fn add(&mut self, method: MethodHandler) -> Result<(), String> {
        match method.meta().http {
            Some(route) => self.insert(route, method),
            None => Ok(()),
        }
    }

    fn insert(&mut self, route: HttpRoute, method: MethodHandler) -> Result<(), String> {
        let meta = method.meta();
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
                // A literal brace is doubled in a pattern.
                if !text.contains(['{', '}']) {
                    self.literal.insert(text.clone(), at);
                }
                self.by_pattern.insert(text, at);
                at
            }
        };
        let slot = &mut self.tables[at].routes[index(route.verb)];
        if let Some(other) = slot {
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
        *slot = Some(Route {
            meta,
            route,
            captured: names,
            has_body: has_body(meta.arguments),
            has_text: has_text(meta.arguments),
            method,
        });
        self.tables[at].update_allow();
        Ok(())
    }

    /// Finds a path without arguments that is in its normal form.
    pub(super) fn find_literal(&self, path: &str) -> Option<Found<'_, 'static>> {
        let at = *self.literal.get(path)?;
        Some(Found {
            table: &self.tables[at],
            captures: Vec::new(),
        })
    }

    /// Finds a path in its normal form.
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
    /// The method for a verb; `HEAD` is served as `GET`.
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

    /// The verbs of this path, as `Allow` lists them.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn insert(router: &mut Router, verb: Verb, path: &'static str) -> Result<(), String> {
        let meta: &'static MethodMeta = Box::leak(Box::new(
            MethodMeta::new("pb.Items", path, "M").http(verb, path, 200),
        ));
        let route = meta.http.expect("just set");
        router.insert(route, MethodHandler::unused(meta))
    }

    fn router(routes: &[(Verb, &'static str)]) -> Router {
        let mut router = Router::default();
        for (verb, path) in routes {
            insert(&mut router, *verb, path).expect("no collision");
        }
        router
    }

    #[test]
    fn routes_that_match_the_same_requests_collide() {
        let mut router = router(&[(Verb::Get, "/items/{id}"), (Verb::Post, "/sum")]);
        assert_eq!(insert(&mut router, Verb::Put, "/items/{key}"), Ok(()));
        assert_eq!(
            insert(&mut router, Verb::Get, "/items/{name}"),
            Err(
                "route `GET /items/{name}` of method `/items/{name}` of `pb.Items`: \
                 `GET /items/{id}` of method `/items/{id}` of `pb.Items` matches the same requests"
                    .to_owned()
            )
        );
        assert!(insert(&mut router, Verb::Post, "/%73um").is_err());
        assert!(insert(&mut router, Verb::Get, "/{a}-{b}").is_err());
        assert!(insert(&mut router, Verb::Get, "items").is_err());
    }

    #[test]
    fn each_method_keeps_its_own_names() {
        let router = router(&[
            (Verb::Get, "/items/{id}"),
            (Verb::Put, "/items/{key}"),
            (Verb::Get, "/items/{owner}/{id}"),
        ]);
        let found = router.find("/items/7").expect("a path");
        assert_eq!(found.captures, ["7"]);
        let names = |method| &found.table.route(method).expect("a verb").captured;
        assert_eq!(names(&HttpMethod::GET), &["id"]);
        assert_eq!(names(&HttpMethod::PUT), &["key"]);
        let found = router.find("/items/7/8").expect("a path");
        assert_eq!(found.captures, ["7", "8"]);
    }

    #[test]
    fn allow_lists_the_verbs_of_a_path() {
        let router = router(&[
            (Verb::Delete, "/items/{id}"),
            (Verb::Get, "/items/{id}"),
            (Verb::Post, "/items"),
        ]);
        let allow = |path| router.find(path).expect("a path").table.allow().clone();
        assert_eq!(allow("/items/7"), "GET, HEAD, DELETE, OPTIONS");
        assert_eq!(allow("/items"), "POST, OPTIONS");
        assert!(router.find("/items/").is_none());
        assert!(router.find("/items/7/").is_none());
        assert!(router.find("/").is_none());
    }

    /// The expected route: of those that match, the one whose first different
    /// segment is static. Searches all of them, segment by segment.
    fn reference<'r>(routes: &[&'r str], path: &str) -> Option<(&'r str, Vec<String>)> {
        let segments: Vec<_> = path.split('/').collect();
        let matching = routes.iter().filter_map(|route| {
            let parts: Vec<_> = route.split('/').collect();
            if parts.len() != segments.len() {
                return None;
            }
            let mut rank = Vec::new();
            let mut captures = Vec::new();
            for (part, segment) in parts.iter().zip(&segments) {
                let argument = part.starts_with('{');
                if argument && !segment.is_empty() {
                    captures.push((*segment).to_owned());
                } else if part != segment {
                    return None;
                }
                rank.push(argument);
            }
            Some((rank, *route, captures))
        });
        let (_, route, captures) = matching.min()?;
        Some((route, captures))
    }

    fn path(segments: &'static [&'static str]) -> impl Strategy<Value = String> {
        proptest::collection::vec(proptest::sample::select(segments), 1..5)
            .prop_map(|segments| format!("/{}", segments.join("/")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn routing_agrees_with_a_search_through_all_routes(
            routes in proptest::collection::btree_set(path(&["a", "b", "ab", "{x}"]), 1..12),
            paths in proptest::collection::vec(path(&["a", "b", "ab", "c", "", "a%2Fb"]), 1..12),
        ) {
            let routes: Vec<&'static str> = routes
                .into_iter()
                .map(|route| &*Box::leak(route.into_boxed_str()))
                .collect();
            let verbs: Vec<_> = routes.iter().map(|route| (Verb::Post, *route)).collect();
            let router = router(&verbs);
            for path in &paths {
                let found = router.find(path).map(|found| {
                    let route = found.table.route(&HttpMethod::POST).expect("a verb");
                    let captures = found.captures.iter().map(|c| (*c).to_owned()).collect();
                    (route.route.path, captures)
                });
                prop_assert_eq!(&found, &reference(&routes, path), "{} in {:?}", path, routes);
                let literal = router.find_literal(path).map(|found| {
                    found.table.route(&HttpMethod::POST).expect("a verb").route.path
                });
                let without_arguments = found.filter(|(_, captures)| captures.is_empty());
                prop_assert_eq!(literal, without_arguments.map(|(path, _)| path));
            }
        }
    }
}
