//! The protobuf model of a type.

use syn::{Generics, Ident, Member, Type};

use crate::derive::attributes::Container;

/// A type that derives `Message`.
pub(super) struct Model<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) container: Container,
    pub(super) docs: String,
    pub(super) body: Body<'a>,
}

/// The form of a type.
pub(super) enum Body<'a> {
    /// A struct.
    Message(Vec<Field<'a>>),
    /// An enum without data.
    Enumeration(Enumeration<'a>),
    /// An enum with data.
    OneOf(Vec<Variant<'a>>),
    /// None; an error is reported.
    Unsupported,
}

/// A field of a struct.
pub(super) struct Field<'a> {
    pub(super) member: Member,
    pub(super) ty: &'a Type,
    pub(super) entry: Entry<'a>,
    /// The name of another encoding's type, as in `Sint32`.
    pub(super) encoding: Option<Ident>,
}

/// A variant of an enum with data.
pub(super) struct Variant<'a> {
    pub(super) ident: &'a Ident,
    /// The type of its value, if it holds one.
    pub(super) ty: Option<&'a Type>,
    pub(super) entry: Entry<'a>,
}

/// An enum without data.
pub(super) struct Enumeration<'a> {
    pub(super) values: Vec<Value<'a>>,
    /// The variant that keeps unknown numbers.
    pub(super) other: Option<&'a Ident>,
}

/// A variant of an enum without data.
pub(super) struct Value<'a> {
    pub(super) ident: &'a Ident,
    pub(super) number: i64,
    pub(super) docs: String,
}

/// The common parts of fields and variants with data.
pub(super) struct Entry<'a> {
    /// The name in the schema.
    pub(super) name: String,
    /// The number.
    pub(super) tag: u64,
    /// The `#[tag]`, or the item if it has none; for messages.
    pub(super) place: &'a dyn quote::ToTokens,
    pub(super) docs: String,
    pub(super) deprecated: bool,
}

impl Model<'_> {
    /// The name in errors and in the schema.
    pub(super) fn name(&self) -> String {
        match &self.container.name {
            Some(name) => name.value(),
            None => super::names::unraw(self.ident),
        }
    }
}
