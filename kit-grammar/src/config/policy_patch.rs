//! The changes that a value makes to a policy.
//!
//! `"100/s, burst = 20"`, `{ rate = "100/s", burst = 20 }` and `64` are parsed
//! by the same table as attributes. Only the keys and values are checked here:
//! whether they are complete depends on the declared policy that they change.

use crate::names::did_you_mean;
use crate::policy::{Key, Policy, Settings};
use crate::values::{Kind, Value};

use super::error::{ConfigProblem, Origin};
use super::tree::{Content, Entry, Node};

/// A change of a policy.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyPatch {
    /// `false` or `"off"`
    Off,
    /// `true` or `"on"`
    On,
    /// New values of some of its keys.
    Values(Vec<KeyPatch>),
}

/// A new value of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyPatch {
    /// The key.
    pub key: &'static Key,
    /// The new value.
    pub value: Value,
    /// The origin of the value.
    pub origin: Origin,
}

impl PolicyPatch {
    /// Parses a value as changes of a policy; `subject` names it in messages.
    ///
    /// # Errors
    /// Returns the problems of all keys and values.
    pub fn read(
        policy: &'static Policy,
        node: &Node,
        subject: &str,
    ) -> Result<Self, Vec<ConfigProblem>> {
        match &node.content {
            Content::Bool(false) => Ok(PolicyPatch::Off),
            Content::Bool(true) => Ok(PolicyPatch::On),
            Content::Text(text) => match text.trim() {
                "off" | "false" => Ok(PolicyPatch::Off),
                "on" | "true" => Ok(PolicyPatch::On),
                "" => Err(vec![not_settings(policy, node, subject, "nothing")]),
                text => text_keys(policy, text, node, subject),
            },
            Content::Number(number) if policy.positional.is_some() => {
                text_keys(policy, number, node, subject)
            }
            Content::Number(number) => Err(vec![not_settings(policy, node, subject, number)]),
            Content::Table(entries) if entries.is_empty() => {
                Err(vec![not_settings(policy, node, subject, "an empty table")])
            }
            Content::Table(entries) => table_keys(policy, entries, subject),
            Content::List(_) => Err(vec![not_settings(policy, node, subject, "a list")]),
            Content::Other(what) => Err(vec![not_settings(policy, node, subject, what)]),
        }
    }
}

#[cold]
fn not_settings(policy: &Policy, node: &Node, subject: &str, found: &str) -> ConfigProblem {
    ConfigProblem::new(
        &node.origin,
        format!("`{subject}`: expected settings of a policy, found {found}"),
        format!(
            "write `{} = '{}'`, a table of its keys, or `\"off\"`",
            policy.name, policy.example
        ),
    )
}

fn text_keys(
    policy: &'static Policy,
    text: &str,
    node: &Node,
    subject: &str,
) -> Result<PolicyPatch, Vec<ConfigProblem>> {
    let pairs = Settings::pairs(policy, text).map_err(|problems| {
        let problems = problems.into_iter();
        problems
            .map(|problem| ConfigProblem::in_subject(&node.origin, subject, problem))
            .collect::<Vec<_>>()
    })?;
    let pairs = pairs
        .into_iter()
        .map(|(name, value)| (name, value.to_owned(), &node.origin, &node.origin));
    keys(policy, pairs, subject)
}

fn table_keys(
    policy: &'static Policy,
    entries: &[Entry],
    subject: &str,
) -> Result<PolicyPatch, Vec<ConfigProblem>> {
    let mut problems = Vec::new();
    let mut pairs = Vec::new();
    for entry in entries {
        match text_of(&entry.node) {
            Ok(text) => pairs.push((entry.name.as_str(), text, &entry.origin, &entry.node.origin)),
            Err(found) => problems.push(ConfigProblem::new(
                &entry.node.origin,
                format!(
                    "`{subject}.{}`: expected a value, found {found}",
                    entry.name
                ),
                "write a string, a number, a boolean or a list of codes",
            )),
        }
    }
    match keys(policy, pairs, subject) {
        Ok(patch) if problems.is_empty() => Ok(patch),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

/// The value of a key, as an attribute writes it.
fn text_of(node: &Node) -> Result<String, &'static str> {
    match &node.content {
        Content::Text(text) | Content::Number(text) => Ok(text.clone()),
        Content::Bool(flag) => Ok(flag.to_string()),
        Content::List(items) => {
            let items: Result<Vec<_>, _> = items
                .iter()
                .map(|item| match &item.content {
                    Content::Text(text) => Ok(text.as_str()),
                    _ => Err("a list with an item that is not a code"),
                })
                .collect();
            items.map(|items| items.join(", "))
        }
        Content::Table(_) => Err("a table"),
        Content::Other(what) => Err(what),
    }
}

fn keys<'a>(
    policy: &'static Policy,
    pairs: impl IntoIterator<Item = (&'a str, String, &'a Origin, &'a Origin)>,
    subject: &str,
) -> Result<PolicyPatch, Vec<ConfigProblem>> {
    let mut patches: Vec<KeyPatch> = Vec::new();
    let mut problems = Vec::new();
    for (name, text, name_origin, value_origin) in pairs {
        let lower = name.to_lowercase();
        let spelled = match name_origin {
            Origin::Variable(_) => lower.as_str(),
            _ => name,
        };
        let Some(key) = policy.key(spelled) else {
            problems.push(ConfigProblem::new(
                name_origin,
                format!("`{subject}` has no key `{name}`"),
                did_you_mean(spelled, &policy.key_names()),
            ));
            continue;
        };
        if patches.iter().any(|other| other.key.name == key.name) {
            problems.push(ConfigProblem::new(
                name_origin,
                format!("`{subject}.{}` is given twice", key.name),
                "keep one of them",
            ));
            continue;
        }
        if key.kind == Kind::Path {
            problems.push(ConfigProblem::new(
                name_origin,
                format!("`{subject}`: only an attribute can name the function"),
                "set it to `\"off\"` or `\"on\"` here",
            ));
            continue;
        }
        match key.kind.read(key.name, &text, key.example) {
            Ok(value) => patches.push(KeyPatch {
                key,
                value,
                origin: value_origin.clone(),
            }),
            Err(problem) => {
                let subject = format!("{subject}.{}", key.name);
                problems.push(ConfigProblem::in_subject(value_origin, &subject, problem));
            }
        }
    }
    if problems.is_empty() {
        Ok(PolicyPatch::Values(patches))
    } else {
        Err(problems)
    }
}
