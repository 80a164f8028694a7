//! The schemas of Rust types: what the traits of this module say of them, as
//! the data of [`model::schema`](crate::model::schema).

use super::field::Field;
use super::reply::Reply;
use super::value::Enumeration;
use super::{ArgumentFields, Message};
use crate::model::argument::Argument;
use crate::model::schema::{FieldSchema, MessageSchema, Payload, TypeRef, ValueType};

impl Payload {
    /// A message that the user has.
    pub fn message<T: Message>() -> Self {
        Self::Message(T::type_ref())
    }

    /// The arguments of a method.
    pub fn arguments<T: ArgumentFields>(arguments: &[Argument]) -> Self {
        Self::Fields(T::argument_fields(arguments))
    }

    /// A response.
    pub fn reply<T: Reply>() -> Self {
        T::reply_payload()
    }

    /// One field `value = 1`.
    pub fn value<T: Field>() -> Self {
        Self::Fields(vec![FieldSchema::new("value", 1, T::field_type())])
    }
}

impl MessageSchema {
    /// A message without fields, named as `T` is.
    pub fn new<T: Message>() -> Self {
        Self {
            name: T::NAME.to_owned(),
            docs: "",
            fields: Vec::new(),
            one_of: false,
        }
    }

    /// The same, with the names of a generic type's arguments behind its own:
    /// `Page<Item>` is `PageItem`.
    #[must_use]
    pub fn parameter<T: Field>(mut self) -> Self {
        self.name.push_str(&T::field_type().name());
        self
    }
}

impl ValueType {
    /// The enum `T`.
    pub fn of_enum<T: Enumeration>() -> Self {
        Self::Enum(TypeRef::new::<T>(T::enum_schema))
    }
}
