//! The schemas of Rust types: constructors of the data of
//! [`model::schema`](crate::model::schema) from the traits of this module.

use super::field::Field;
use super::reply::Reply;
use super::value::Enumeration;
use super::{ArgumentFields, Message};
use crate::model::argument::Argument;
use crate::model::schema::{FieldSchema, MessageSchema, Payload, TypeRef, ValueType};

impl Payload {
    /// A message type of the user.
    pub fn message<T: Message>() -> Self {
        Self::Message(T::type_ref())
    }

    /// The arguments of a method.
    pub fn arguments<T: ArgumentFields>(arguments: &[Argument]) -> Self {
        Self::Fields(T::argument_fields(arguments))
    }

    /// The result of a method.
    pub fn reply<T: Reply>() -> Self {
        T::reply_payload()
    }

    /// One field `value = 1`.
    pub fn value<T: Field>() -> Self {
        Self::Fields(vec![FieldSchema::new("value", 1, T::field_type())])
    }
}

impl MessageSchema {
    /// A message without fields, with the name of `T`.
    pub fn new<T: Message>() -> Self {
        Self {
            name: T::NAME.to_owned(),
            docs: "",
            fields: Vec::new(),
            one_of: false,
        }
    }

    /// Appends the name of a generic type's argument to the message's name:
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
