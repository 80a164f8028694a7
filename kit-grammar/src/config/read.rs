//! Reads the sections of a service as changes of its policies.
//!
//! ```text
//! ["pb.Add"]                 policies of all methods
//! ["pb.Add".sum]             policies of one method
//! ["pb.Add".client]          policies of all methods, only for clients
//! ["pb.Add".sum.server]      policies of one method, only for servers
//! ```
//!
//! A name is first looked up as a method, then as a side, then as a policy.

use crate::names::{did_you_mean, nearest};
use crate::policy::{POLICIES, Policy, Side};

use super::contract::Contract;
use super::error::{ConfigProblem, Origin};
use super::policy_patch::PolicyPatch;
use super::tree::{Content, Entry, Section, Spelling};
use crate::names::upper_snake;

/// The methods and the side that a change applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The index of the method in the contract; `None` is all of them.
    pub method: Option<usize>,
    /// The side; `None` is every side that the policy is declared on.
    pub side: Option<Side>,
}

/// A change of one policy by one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What it applies to.
    pub scope: Scope,
    /// The policy that it changes.
    pub policy: &'static Policy,
    /// The change itself.
    pub patch: PolicyPatch,
    /// The origin of the value.
    pub origin: Origin,
}

impl Scope {
    /// Sorts scopes so that a narrower one comes after a wider one.
    fn narrowness(self) -> (bool, bool) {
        (self.method.is_some(), self.side.is_some())
    }

    /// Its name in messages, as in `pb.Add.sum.client`.
    fn name(self, service: &Contract<'_>) -> String {
        let mut name = service.name.to_owned();
        if let Some(method) = self.method {
            name.push('.');
            name.push_str(service.methods[method].name);
        }
        if let Some(side) = self.side {
            name.push('.');
            name.push_str(side.name());
        }
        name
    }
}

/// The changes that one source makes to a service, narrower scopes last. An
/// invalid key or value adds a problem instead of a change.
pub fn changes(
    sections: &[Section],
    contract: &Contract<'_>,
    problems: &mut Vec<ConfigProblem>,
) -> Vec<Change> {
    problems.extend(
        sections
            .iter()
            .filter_map(|section| unquoted(section, contract)),
    );
    let mut changes: Vec<Change> = sections
        .iter()
        .flat_map(|section| read(section, contract, problems))
        .collect();
    changes.sort_by_key(|change| change.scope.narrowness());
    changes
}

/// Reports a table `[pb.Add]`, which TOML reads as a table `Add` in `pb`.
fn unquoted(section: &Section, service: &Contract<'_>) -> Option<ConfigProblem> {
    let rest = service.name.strip_prefix(section.service())?;
    let mut entries = &section.entries;
    let mut origin = None;
    for part in rest.strip_prefix('.')?.split('.') {
        let entry = entries.iter().find(|entry| entry.name == part)?;
        let Content::Table(inner) = &entry.node.content else {
            return None;
        };
        (entries, origin) = (inner, Some(&entry.origin));
    }
    Some(ConfigProblem::new(
        origin?,
        format!(
            "the name `{}` has a dot, so TOML reads it as a nested table",
            service.name
        ),
        format!("write it with quotes, as in `[\"{}\"]`", service.name),
    ))
}

/// Reads a section of a service.
fn read(
    section: &Section,
    service: &Contract<'_>,
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
    service: &'a Contract<'a>,
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
                    return self.table(entry, scope, self.service.noun());
                }
                _ => return self.ambiguous(entry),
            }
        }
        let name = self.word(&entry.name);
        if scope.side.is_none()
            && let Some(side) = side(&name)
        {
            if self.service.plain {
                return self.sideless(entry, scope, side);
            }
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

    /// Reads the policies of a method or of a side.
    fn table(&mut self, entry: &Entry, scope: Scope, what: &str) {
        match &entry.node.content {
            Content::Table(entries) => self.entries(entries, scope),
            _ => self.problems.push(ConfigProblem::new(
                &entry.origin,
                format!("`{}` is a {what}, not a policy", scope.name(self.service)),
                "give it a table of policies, as in `timeout = \"2s\"`",
            )),
        }
    }

    fn sideless(&mut self, entry: &Entry, scope: Scope, side: Side) {
        let (place, side) = (scope.name(self.service), side.name());
        self.problems.push(ConfigProblem::new(
            &entry.origin,
            format!("`{place}`: a plain function has no sides"),
            format!("move its policies out of `{side}`"),
        ));
    }

    fn policy(&mut self, entry: &Entry, scope: Scope, policy: &'static Policy) {
        let subject = format!("{}.{}", scope.name(self.service), policy.name);
        if let Some(side) = scope.side
            && !policy.sides.allow(side)
        {
            self.problems.push(ConfigProblem::new(
                &entry.origin,
                format!(
                    "`{subject}`: `{}` does not apply to a {}",
                    policy.name,
                    side.name()
                ),
                format!("it applies to a {}", policy.side.name()),
            ));
            return;
        }
        match PolicyPatch::read(policy, &entry.node, &subject) {
            Ok(patch) => {
                let obstacle = self.obstacle(policy, scope);
                if let (Some((rule, help)), true) = (obstacle, patch != PolicyPatch::Off) {
                    let rule = format!("`{subject}`: {rule}");
                    self.problems
                        .push(ConfigProblem::new(&entry.origin, rule, help));
                    return;
                }
                self.changes.push(Change {
                    scope,
                    policy,
                    patch,
                    origin: entry.origin.clone(),
                });
            }
            Err(problems) => self.problems.extend(problems),
        }
    }

    /// Why no method of a scope can have a policy.
    fn obstacle(&self, policy: &Policy, scope: Scope) -> Option<(String, String)> {
        let methods = &self.service.methods;
        if let Some(method) = scope.method {
            return methods[method].obstacle(policy);
        }
        let mut obstacles = methods.iter().map(|method| method.obstacle(policy));
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
        let looks_like_a_method = scope.narrowness() == (false, false)
            && is_table
            && (nearest(written, &methods).is_some() || nearest(&name, &policies).is_none());
        let (rule, help) = if looks_like_a_method {
            let rule = format!("`{place}` has no {} `{written}`", self.service.noun());
            (rule, did_you_mean(written, &methods))
        } else {
            let rule = format!("`{place}`: there is no policy `{written}`");
            (rule, did_you_mean(&name, &policies))
        };
        self.problems
            .push(ConfigProblem::new(&entry.origin, rule, help));
    }

    fn ambiguous(&mut self, entry: &Entry) {
        let names: Vec<String> = self
            .methods(&entry.name)
            .into_iter()
            .map(|method| format!("`{}`", self.service.methods[method].name))
            .collect();
        let is_one_name = names.iter().all(|name| *name == names[0]);
        let problem = if is_one_name {
            ConfigProblem::new(
                &entry.origin,
                format!("{} functions are named {}", names.len(), names[0]),
                "give each another name with `name = \"..\"` in one of its policies",
            )
        } else {
            ConfigProblem::new(
                &entry.origin,
                format!(
                    "`{}` is ambiguous: it is the spelling of {}",
                    entry.name,
                    names.join(" and of ")
                ),
                "set them in a file",
            )
        };
        self.problems.push(problem);
    }

    /// The methods with a name.
    fn methods(&self, name: &str) -> Vec<usize> {
        let spelled = self.spelled_methods();
        let matching = spelled.iter().enumerate();
        matching
            .filter(|(_, method)| *method == name)
            .map(|(index, _)| index)
            .collect()
    }

    fn spelled_methods(&self) -> Vec<String> {
        let names = self.service.methods.iter().map(|method| method.name);
        names
            .map(|name| match self.spelling {
                Spelling::Exact => name.to_owned(),
                Spelling::UpperSnake => upper_snake(name),
            })
            .collect()
    }

    /// A name of the grammar in the grammar's spelling.
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
