//! The definition of a policy: its name, its sides and its keys.

use crate::values::{CODES, Kind, Value};

/// A policy: an attribute, and a key of a configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// The name of its attribute, as in `rate_limit`.
    pub name: &'static str,
    /// What it does, in one line.
    pub docs: &'static str,
    /// Valid settings, as written in the attribute's parentheses.
    pub example: &'static str,
    /// The sides that it supports.
    pub sides: Sides,
    /// The side that it applies to by default.
    pub side: Side,
    /// Whether it may repeat a call, or reuse the response of another, so that
    /// the method must be idempotent.
    pub idempotent: bool,
    /// The key of a value that is written without a key, if there is one.
    pub positional: Option<&'static str>,
    /// The keys, the positional one first.
    pub keys: &'static [Key],
}

/// A key of a policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// The name, as in `burst`.
    pub name: &'static str,
    /// The type of its value.
    pub kind: Kind,
    /// The default value as text, if there is one.
    pub default: Option<&'static str>,
    /// What it sets, in one line.
    pub docs: &'static str,
    /// A valid value, as written after `=` in an attribute.
    pub example: &'static str,
}

/// The side of a call that a policy applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
    /// Both.
    Both,
}

/// The sides that a policy supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sides {
    /// Only clients.
    Client,
    /// Only servers.
    Server,
    /// Clients, servers or both.
    Either,
}

impl Policy {
    /// Finds a key by name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of the keys.
    pub fn key_names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

impl Key {
    /// The default value, if there is one, with codes in the order of their
    /// numbers.
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

    /// A valid setting, as an attribute writes it.
    pub fn written(&self) -> String {
        match self.kind {
            Kind::Flag => self.name.to_owned(),
            Kind::Codes => format!("{}({})", self.name, self.example),
            _ => format!("{} = {}", self.name, self.example),
        }
    }
}

impl Side {
    /// The keyword, as in `at = client`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Both => "both",
        }
    }

    /// Whether it includes the client.
    pub const fn client(self) -> bool {
        !matches!(self, Self::Server)
    }

    /// Whether it includes the server.
    pub const fn server(self) -> bool {
        !matches!(self, Self::Client)
    }
}

impl Sides {
    /// Whether a policy may apply to a side.
    pub const fn allow(self, side: Side) -> bool {
        match self {
            Self::Either => true,
            Self::Client => matches!(side, Side::Client),
            Self::Server => matches!(side, Side::Server),
        }
    }
}
