//! What a section says of a service, as changes to its policies.
//!
//! ```text
//! ["pb.Add"]                 policies of all methods
//! ["pb.Add".sum]             of one
//! ["pb.Add".client]          of all, in clients alone
//! ["pb.Add".sum.server]      of one, in servers alone
//! ```
//!
//! A method's name wins over a policy's or a side's of the same spelling.

use kit_grammar::{POLICIES, Policy, Side, did_you_mean, nearest};

use super::env::upper_snake;
use super::error::{ConfigProblem, Origin};
use super::told::{Told, told};
use super::tree::{Content, Entry, Section, Spelling};
use crate::descriptor::{MethodMeta, ServiceDescriptor};

/// Where a change holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// The method by its place in the contract; `None` is all of them.
    pub(super) method: Option<usize>,
    /// The side; `None` is where the policy stands.
    pub(super) side: Option<Side>,
}

/// What one value says of one policy.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) scope: Scope,
    pub(super) policy: &'static Policy,
    pub(super) told: Told,
    pub(super) origin: Origin,
}

impl Scope {
    /// The narrower scope goes over the wider one.
    pub(super) fn narrowness(self) -> (bool, bool) {
        (self.method.is_some(), self.side.is_some())
    }

    /// Its name in messages, as in `pb.Add.sum.client`.
    pub(super) fn name(self, service: &ServiceDescriptor) -> String {
        let mut name = service.name.to_owned();
        if let Some(method) = self.method {
            name.push('.');
            name.push_str(service.methods[method].meta.name);
        }
        if let Some(side) = self.side {
            name.push('.');
            name.push_str(side.name());
        }
        name
    }
}

/// Reads what a section says of a service.
pub(super) fn read(
    section: &Section,
    service: &'static ServiceDescriptor,
    problems: &mut Vec<ConfigProblem>,
) -> Vec<Change> {
    let mut reader = Reader {
        service,
        spelling: section.spelling(),
        changes: Vec::new(),
        problems,
    };
    if let Some(entries) = section.about(service.name) {
        reader.entries(&entries, Scope::default());
    }
    reader.changes
}

struct Reader<'a> {
    service: &'static ServiceDescriptor,
    spelling: Spelling,
    changes: Vec<Change>,
    problems: &'a mut Vec<ConfigProblem>,
}

impl Reader<'_> {
    fn entries(&mut self, entries: &[Entry], scope: Scope) {
        for entry in entries {
            self.entry(entry, scope);
        }
    }

    fn entry(&mut self, entry: &Entry, scope: Scope) {
        if scope.narrowness() == (false, false) {
            match self.methods(&entry.name)[..] {
                [] => {}
                [method] => {
                    let scope = Scope {
                        method: Some(method),
                        side: None,
                    };
                    return self.table(entry, scope, "method");
                }
                _ => return self.spelled_alike(entry),
            }
        }
        let name = self.word(&entry.name);
        if scope.side.is_none()
            && let Some(side) = side(&name)
        {
            let scope = Scope {
                side: Some(side),
                ..scope
            };
            return self.table(entry, scope, "side");
        }
        match Policy::named(&name) {
            Some(policy) => self.policy(entry, scope, policy),
            None => self.unknown(entry, scope),
        }
    }

    /// What a method or a side has: policies by name.
    fn table(&mut self, entry: &Entry, scope: Scope, what: &str) {
        match &entry.node.content {
            Content::Table(entries) => self.entries(entries, scope),
            _ => self.problems.push(ConfigProblem::new(
                &entry.origin,
                format!("`{}` is a {what}, and no policy", scope.name(self.service)),
                "give it a table of policies, as in `timeout = \"2s\"`",
            )),
        }
    }

    fn policy(&mut self, entry: &Entry, scope: Scope, policy: &'static Policy) {
        let subject = format!("{}.{}", scope.name(self.service), policy.name);
        if let Some(side) = scope.side
            && !policy.sides.allow(side)
        {
            self.problems.push(ConfigProblem::new(
                &entry.origin,
                format!(
                    "`{subject}`: `{}` does not work in a {}",
                    policy.name,
                    side.name()
                ),
                format!("it works in a {}", policy.side.name()),
            ));
            return;
        }
        match told(policy, &entry.node, &subject) {
            Ok(told) => {
                let obstacle = self.obstacle(policy, scope);
                if let (Some((rule, help)), true) = (obstacle, told != Told::Off) {
                    let rule = format!("`{subject}`: {rule}");
                    self.problems
                        .push(ConfigProblem::new(&entry.origin, rule, help));
                    return;
                }
                self.changes.push(Change {
                    scope,
                    policy,
                    told,
                    origin: entry.origin.clone(),
                });
            }
            Err(problems) => self.problems.extend(problems),
        }
    }

    /// Why a policy can't stand before any of the methods of a scope.
    fn obstacle(&self, policy: &Policy, scope: Scope) -> Option<(String, String)> {
        let methods = self.service.methods;
        if let Some(method) = scope.method {
            return obstacle(policy, methods[method].meta);
        }
        let mut obstacles = methods.iter().map(|method| obstacle(policy, method.meta));
        let first = obstacles.next()??;
        obstacles
            .all(|obstacle| obstacle.is_some())
            .then_some(first)
    }

    fn unknown(&mut self, entry: &Entry, scope: Scope) {
        let written = &entry.name;
        let name = self.word(written);
        let place = scope.name(self.service);
        let policies: Vec<&str> = POLICIES.iter().map(|policy| policy.name).collect();
        let methods = self.spelled_methods();
        let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
        let is_table = matches!(entry.node.content, Content::Table(_));
        let meant_a_method = scope.narrowness() == (false, false)
            && is_table
            && (nearest(written, &methods).is_some() || nearest(&name, &policies).is_none());
        let (rule, help) = if meant_a_method {
            let rule = format!("`{place}` has no method `{written}`");
            (rule, did_you_mean(written, &methods))
        } else {
            let rule = format!("`{place}`: there is no policy `{written}`");
            (rule, did_you_mean(&name, &policies))
        };
        self.problems
            .push(ConfigProblem::new(&entry.origin, rule, help));
    }

    fn spelled_alike(&mut self, entry: &Entry) {
        let names: Vec<String> = self
            .methods(&entry.name)
            .into_iter()
            .map(|method| format!("`{}`", self.service.methods[method].meta.name))
            .collect();
        self.problems.push(ConfigProblem::new(
            &entry.origin,
            format!(
                "`{}` is how {} are both spelled",
                entry.name,
                names.join(" and ")
            ),
            "set them in a file",
        ));
    }

    /// The methods of that name.
    fn methods(&self, name: &str) -> Vec<usize> {
        let spelled = self.spelled_methods();
        let matching = spelled.iter().enumerate();
        matching
            .filter(|(_, method)| *method == name)
            .map(|(index, _)| index)
            .collect()
    }

    fn spelled_methods(&self) -> Vec<String> {
        let names = self.service.methods.iter().map(|method| method.meta.name);
        names
            .map(|name| match self.spelling {
                Spelling::Exact => name.to_owned(),
                Spelling::UpperSnake => upper_snake(name),
            })
            .collect()
    }

    /// A word of the grammar as it is spelled there.
    fn word(&self, written: &str) -> String {
        match self.spelling {
            Spelling::Exact => written.to_owned(),
            Spelling::UpperSnake => written.to_lowercase(),
        }
    }
}

fn side(name: &str) -> Option<Side> {
    match name {
        "client" => Some(Side::Client),
        "server" => Some(Side::Server),
        _ => None,
    }
}

/// Why a policy can't stand before a method, and the way out.
///
/// Policies that need the call itself ask something of its types, which the
/// compiler has checked where an attribute says so, and nowhere else.
pub(super) fn obstacle(policy: &Policy, meta: &MethodMeta) -> Option<(String, String)> {
    let name = policy.name;
    if policy.idempotent && !meta.idempotent {
        return Some((
            format!("`{name}` may make a call twice, and the method is not idempotent"),
            "say so in its `#[endpoint(.., idempotent)]`, or remove it here".to_owned(),
        ));
    }
    let client = &meta.policies.client;
    let is_declared = match name {
        "retry" | "hedge" => client.retry.is_some() || client.hedge.is_some(),
        "cache" => client.cache.is_some(),
        "fallback" => client.fallback.is_some(),
        _ => true,
    };
    (!is_declared).then(|| {
        (
            format!("the code of the method is not made for a `{name}`"),
            format!(
                "add `#[{name}({})]` to the contract's method",
                policy.example
            ),
        )
    })
}
