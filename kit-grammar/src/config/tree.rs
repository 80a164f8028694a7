//! The tree of configured values, whatever their source.
//!
//! A file is a tree, and a variable or a key that code sets is a tree of one
//! branch, so that all three are read by the same code. They differ only in the
//! spelling of names.

use super::error::Origin;
use crate::names::upper_snake;

/// A value with its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The origin of the value.
    pub origin: Origin,
    /// The value.
    pub content: Content,
}

/// The content of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A table.
    Table(Vec<Entry>),
    /// A list.
    List(Vec<Node>),
    /// A text.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A boolean.
    Bool(bool),
    /// A value of a type that no key takes; named for messages.
    Other(&'static str),
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name, as written.
    pub name: String,
    /// The origin of the name.
    pub origin: Origin,
    /// The value.
    pub node: Node,
}

/// The spelling of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As in the contract.
    Exact,
    /// As in the environment.
    UpperSnake,
}

/// The values of one source for one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The name of the service.
    pub name: Name,
    /// The origin of the name.
    pub origin: Origin,
    /// The values.
    pub entries: Vec<Entry>,
}

/// The service of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// The service of this name.
    Exact(String),
    /// The service of this name, as the environment spells it.
    UpperSnake(String),
    /// The service whose name starts this key; the rest of the key is the path of
    /// the value.
    Key(String),
}

impl Section {
    /// The values for a service, if the section belongs to it.
    pub fn about(&self, service: &str) -> Option<Vec<Entry>> {
        match &self.name {
            Name::Exact(name) => (name == service).then(|| self.entries.clone()),
            Name::UpperSnake(name) => (*name == upper_snake(service)).then(|| self.entries.clone()),
            Name::Key(key) => {
                let rest = key.strip_prefix(service)?.strip_prefix('.')?;
                let parts: Vec<&str> = rest.split('.').collect();
                let leaf = self.entries.first()?;
                Some(vec![branch(&parts, &leaf.node)])
            }
        }
    }

    /// The spelling of its names.
    pub(super) fn spelling(&self) -> Spelling {
        match self.name {
            Name::UpperSnake(_) => Spelling::UpperSnake,
            Name::Exact(_) | Name::Key(_) => Spelling::Exact,
        }
    }

    /// The name of the service, as written; for a key, the whole key.
    pub fn service(&self) -> &str {
        match &self.name {
            Name::Exact(name) | Name::UpperSnake(name) | Name::Key(name) => name,
        }
    }
}

/// A tree of one branch: nested tables for all parts but the last, which is the
/// leaf.
pub fn branch(parts: &[&str], leaf: &Node) -> Entry {
    let (first, rest) = parts.split_first().unwrap_or((&"", &[]));
    let node = if rest.is_empty() {
        leaf.clone()
    } else {
        Node {
            origin: leaf.origin.clone(),
            content: Content::Table(vec![branch(rest, leaf)]),
        }
    };
    Entry {
        name: (*first).to_owned(),
        origin: leaf.origin.clone(),
        node,
    }
}
