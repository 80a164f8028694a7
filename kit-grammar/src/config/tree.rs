//! Values by name, wherever they come from.
//!
//! A file is a tree, and a variable or a key that is set by hand is a branch
//! of one: so the three are read by the same code, and differ in how their
//! names are spelled.

use super::error::Origin;
use crate::upper_snake;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub origin: Origin,
    /// What it is.
    pub content: Content,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Values by name.
    Table(Vec<Entry>),
    /// Values in a row.
    List(Vec<Node>),
    /// A text.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// A switch.
    Bool(bool),
    /// What no key takes.
    Other(&'static str),
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name, as it is written.
    pub name: String,
    /// Where the name stands.
    pub origin: Origin,
    /// The value.
    pub node: Node,
}

/// How names are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As in the contract.
    Exact,
    /// As in the environment.
    UpperSnake,
}

/// All that one source says of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Which service.
    pub name: Name,
    /// Where the name stands.
    pub origin: Origin,
    /// What it says.
    pub entries: Vec<Entry>,
}

/// Which service a section is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// The service of this name.
    Exact(String),
    /// The service of this name, as the environment spells it.
    UpperSnake(String),
    /// The service whose name starts this key; the entries follow from it.
    Key(String),
}

impl Section {
    /// What it says of a service, if it is about that one.
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

    /// How its names are spelled.
    pub(super) fn spelling(&self) -> Spelling {
        match self.name {
            Name::UpperSnake(_) => Spelling::UpperSnake,
            Name::Exact(_) | Name::Key(_) => Spelling::Exact,
        }
    }

    /// The service's name as far as it is known.
    pub fn service(&self) -> &str {
        match &self.name {
            Name::Exact(name) | Name::UpperSnake(name) | Name::Key(name) => name,
        }
    }
}

/// A tree of one branch: a table in a table for each part but the last.
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
