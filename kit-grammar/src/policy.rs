//! What a policy is called, where it works, and what it can be told.

use crate::codes::CODES;
use crate::kind::Kind;
use crate::table::POLICIES;
use crate::value::Value;

/// One policy: an attribute, and a key of a configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// The name of its attribute, as in `rate_limit`.
    pub name: &'static str,
    /// What it does, in one line.
    pub docs: &'static str,
    /// One that is right, as it stands in the attribute's parentheses.
    pub example: &'static str,
    /// The sides that it can work on.
    pub sides: Sides,
    /// The side that it works on where nothing else is said.
    pub side: Side,
    /// Whether it may make a call twice, or answer one from another.
    pub idempotent: bool,
    /// The key that a value without a key is for, if any.
    pub positional: Option<&'static str>,
    /// The keys, the positional one first.
    pub keys: &'static [Key],
}

/// One thing that a policy can be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// The name, as in `burst`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds where it is not given, as text; `None` where nothing does.
    pub default: Option<&'static str>,
    /// What it is, in one line.
    pub docs: &'static str,
    /// A value that is right, as it stands after `=` in an attribute.
    pub example: &'static str,
}

/// Where a policy works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// In the client.
    Client,
    /// In the server.
    Server,
    /// In both.
    Both,
}

/// The sides that a policy can work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sides {
    /// In clients alone.
    Client,
    /// In servers alone.
    Server,
    /// In either, or in both.
    Either,
}

impl Policy {
    /// The policy of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        POLICIES.iter().find(|policy| policy.name == name)
    }

    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of the keys.
    pub fn key_names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

impl Key {
    /// What holds where nobody says anything, with codes in the order of their
    /// numbers; `None` where nothing does.
    pub fn default_value(&self) -> Option<Value> {
        let value = self
            .kind
            .read(self.name, self.default?, self.example)
            .ok()?;
        let Value::Codes(codes) = value else {
            return Some(value);
        };
        let known = CODES.iter().copied();
        Some(Value::Codes(
            known.filter(|code| codes.contains(code)).collect(),
        ))
    }

    /// A setting that is right, as an attribute writes it.
    pub fn written(&self) -> String {
        match self.kind {
            Kind::Flag => self.name.to_owned(),
            Kind::Codes => format!("{}({})", self.name, self.example),
            _ => format!("{} = {}", self.name, self.example),
        }
    }
}

impl Side {
    /// The word, as in `at = client`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Both => "both",
        }
    }

    /// Whether a client is meant.
    pub const fn client(self) -> bool {
        !matches!(self, Self::Server)
    }

    /// Whether a server is meant.
    pub const fn server(self) -> bool {
        !matches!(self, Self::Client)
    }
}

impl Sides {
    /// Whether a policy can work there.
    pub const fn allow(self, side: Side) -> bool {
        match self {
            Self::Either => true,
            Self::Client => matches!(side, Side::Client),
            Self::Server => matches!(side, Side::Server),
        }
    }
}
