//! What a value says of a policy.
//!
//! `"100/s, burst = 20"`, `{ rate = "100/s", burst = 20 }` and `64` are read
//! by the words of `kit-grammar`, as an attribute's are. Only what is said is
//! read here: whether it makes a policy shows over what the attributes said.

use crate::{Key, Kind, Policy, Settings, Value, did_you_mean};

use super::error::{ConfigProblem, Origin};
use super::tree::{Content, Entry, Node};

/// What is said of a policy.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyPatch {
    /// `false` or `"off"`
    Off,
    /// `true` or `"on"`
    On,
    /// Some of its keys.
    Values(Vec<KeyPatch>),
}

/// What is said of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyPatch {
    /// The key.
    pub key: &'static Key,
    /// What it is to be.
    pub value: Value,
    /// Who says so.
    pub origin: Origin,
}

/// Reads what a value says of a policy; `subject` names it in messages.
///
/// # Errors
/// All keys and values that are no such thing.
pub fn told(
    policy: &'static Policy,
    node: &Node,
    subject: &str,
) -> Result<PolicyPatch, Vec<ConfigProblem>> {
    match &node.content {
        Content::Bool(false) => Ok(PolicyPatch::Off),
        Content::Bool(true) => Ok(PolicyPatch::On),
        Content::Text(text) => match text.trim() {
            "off" | "false" => Ok(PolicyPatch::Off),
            "on" | "true" => Ok(PolicyPatch::On),
            "" => Err(vec![takes(policy, node, subject, "nothing")]),
            text => text_keys(policy, text, node, subject),
        },
        Content::Number(number) if policy.positional.is_some() => {
            text_keys(policy, number, node, subject)
        }
        Content::Number(number) => Err(vec![takes(policy, node, subject, number)]),
        Content::Table(entries) if entries.is_empty() => {
            Err(vec![takes(policy, node, subject, "an empty table")])
        }
        Content::Table(entries) => table_keys(policy, entries, subject),
        Content::List(_) => Err(vec![takes(policy, node, subject, "a list")]),
        Content::Other(what) => Err(vec![takes(policy, node, subject, what)]),
    }
}

#[cold]
fn takes(policy: &Policy, node: &Node, subject: &str, found: &str) -> ConfigProblem {
    ConfigProblem::new(
        &node.origin,
        format!("`{subject}`: {found} says nothing of a policy"),
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
    let pairs = Settings::pairs(policy, text).map_err(|wrong| {
        let wrong = wrong.into_iter();
        wrong
            .map(|wrong| ConfigProblem::wrong(&node.origin, subject, wrong))
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
                format!("`{subject}.{}`: {found} is no value of a key", entry.name),
                "write a string, a number, a boolean or a list of codes",
            )),
        }
    }
    match keys(policy, pairs, subject) {
        Ok(told) if problems.is_empty() => Ok(told),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

/// A key's value as an attribute would write it.
fn text_of(node: &Node) -> Result<String, &'static str> {
    match &node.content {
        Content::Text(text) | Content::Number(text) => Ok(text.clone()),
        Content::Bool(flag) => Ok(flag.to_string()),
        Content::List(items) => {
            let items: Result<Vec<_>, _> = items
                .iter()
                .map(|item| match &item.content {
                    Content::Text(text) => Ok(text.as_str()),
                    _ => Err("a list of what is no code"),
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
    let mut told: Vec<KeyPatch> = Vec::new();
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
        if told.iter().any(|other| other.key.name == key.name) {
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
                format!("`{subject}` names a function, which only an attribute can"),
                "switch it off or on here, with `\"off\"` or `\"on\"`",
            ));
            continue;
        }
        match key.kind.read(key.name, &text, key.example) {
            Ok(value) => told.push(KeyPatch {
                key,
                value,
                origin: value_origin.clone(),
            }),
            Err(wrong) => {
                let subject = format!("{subject}.{}", key.name);
                problems.push(ConfigProblem::wrong(value_origin, &subject, wrong));
            }
        }
    }
    if problems.is_empty() {
        Ok(PolicyPatch::Values(told))
    } else {
        Err(problems)
    }
}
