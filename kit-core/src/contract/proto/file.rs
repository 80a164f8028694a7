//! The content of a `.proto` file, as data: services, messages, enums.
//!
//! Both forms of a file, text and `FileDescriptorProto`, are made from it, so
//! they can't differ.

use std::collections::BTreeSet;

use crate::model::schema::Scalar;

/// A `.proto` file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) package: String,
    pub(super) imports: BTreeSet<String>,
    pub(super) services: Vec<Service>,
    pub(super) types: Vec<Type>,
}

/// A service.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) methods: Vec<Method>,
}

/// A method of a service.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) docs: String,
    /// The full name of the request message.
    pub(super) request: String,
    /// The full name of the response message.
    pub(super) response: String,
    pub(super) client_streaming: bool,
    pub(super) server_streaming: bool,
    pub(super) idempotent: bool,
    pub(super) deprecated: bool,
}

/// A type that a file defines.
#[derive(Debug)]
pub(super) enum Type {
    Message(Message),
    Enum(Enum),
}

/// A message.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) fields: Vec<Field>,
    pub(super) one_of: bool,
}

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) number: u32,
    pub(super) kind: Kind,
    pub(super) docs: String,
    pub(super) deprecated: bool,
}

/// The cardinality and the type of a field.
#[derive(Debug)]
pub(super) enum Kind {
    Single(Value),
    Optional(Value),
    Repeated(Value),
    Map(Scalar, Value),
}

/// The type of one value; messages and enums by their full names.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(Scalar),
    Message(String),
    Enum(String),
}

/// An enum.
#[derive(Debug)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) docs: String,
    /// Name, number, documentation.
    pub(super) values: Vec<(String, i32, String)>,
}

impl Message {
    /// The name of the oneof of a message that is one; distinct from the fields.
    pub(super) fn one_of_name(&self) -> String {
        let mut name = "value".to_owned();
        while self.fields.iter().any(|field| field.name == name) {
            name.push('_');
        }
        name
    }
}

impl Field {
    /// The name of the message of a map's entries.
    pub(super) fn entry_name(&self) -> Option<String> {
        let Kind::Map(..) = self.kind else {
            return None;
        };
        let camel = json_name(&format!("_{}", self.name));
        Some(format!("{camel}Entry"))
    }
}

/// A name with its package.
pub(super) fn join(package: &str, name: &str) -> String {
    if package.is_empty() {
        return name.to_owned();
    }
    format!("{package}.{name}")
}

/// `unit_price` as `unitPrice`, by the rule of protoc.
pub(super) fn json_name(name: &str) -> String {
    let mut out = String::new();
    let mut starts_word = false;
    for c in name.chars() {
        if c == '_' {
            starts_word = true;
        } else if starts_word {
            out.push(c.to_ascii_uppercase());
            starts_word = false;
        } else {
            out.push(c);
        }
    }
    out
}
