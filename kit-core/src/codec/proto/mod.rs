//! The protobuf wire form of Rust types, and their schema.
//!
//! The Rust type is the source: a `.proto` file is printed from it, not
//! compiled into it. So a type says of itself how it travels, in layers:
//!
//! | trait | what has it | on the wire |
//! |---|---|---|
//! | [`Message`] | what derives it; `()`, `SystemTime`, `Duration` | a message |
//! | [`Value`] | messages, enums, scalars, strings, bytes | one value |
//! | [`Field`] | values, and `Option`, `Vec` and maps of them | a field |
//! | [`Reply`] | fields and messages | a whole response |
//! | [`ArgumentFields`] | tuples of fields | a whole request |
//!
//! Decoding is concrete over [`Bytes`], so that a `Bytes` field is a slice of
//! what arrived and nothing is compiled twice. It follows proto3: unknown
//! fields are skipped, of two scalars the last one wins, two halves of a
//! message merge, packed and unpacked lists are both read. A Rust enum is
//! closed where a proto3 enum is open: a number without a variant is an error,
//! unless the enum has an `#[other]` variant that keeps it.
//!
//! The varints, keys and skips are prost's, which the world has tested; its
//! derive is not used, as it asks for types made for protobuf where kit takes
//! yours.

mod arguments;
pub mod details;
mod error;
mod field;
mod reader;
mod recode;
mod reply;
pub(crate) mod schema;
#[cfg(feature = "grpc")]
mod status;
mod value;
mod well_known;

use bytes::{Bytes, BytesMut};

pub use self::arguments::ArgumentFields;
pub use self::error::DecodeError;
pub use self::field::{Field, Key, Repeatable};
pub use self::reader::{Reader, WireKey};
pub use self::recode::{Fixed32, Fixed64, Recode, Sfixed32, Sfixed64, Sint32, Sint64};
pub use self::reply::Reply;
pub use self::value::{Enumeration, Value};
pub use crate::model::schema::{
    EnumSchema, EnumValue, FieldSchema, FieldType, MessageSchema, MethodSchema, Payload, Scalar,
    TypeRef, ValueType,
};

// What derived code calls.
#[doc(hidden)]
pub use self::{
    reply::decode_value_reply,
    value::{enum_absent, enum_from_wire, one_of},
};

#[doc(hidden)]
pub use prost::encoding::WireType;

/// How deep messages may nest: deeper ones are refused before they can
/// exhaust the stack.
pub const DEPTH_MAX: u32 = 100;

/// A type with a protobuf message as its wire form; derive it.
///
/// ```
/// use kit::Message;
///
/// #[derive(kit::Message, Debug, PartialEq)]
/// struct Item {
///     id: u64,
///     name: String,
///     tags: Vec<String>,
/// }
///
/// let item = Item { id: 7, name: "nail".into(), tags: vec![] };
/// let bytes = item.to_bytes();
/// assert_eq!(&bytes[..], b"\x08\x07\x12\x04nail");
/// assert_eq!(Item::decode(bytes)?, item);
/// # Ok::<(), kit::codec::proto::DecodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no protobuf form",
    label = "this type can't travel over gRPC",
    note = "derive it for your own types: `#[derive(kit::Message)]`",
    note = "of std's: integers up to 64 bits, floats, `bool`, `String`, `Vec<u8>`, `Bytes`, `SystemTime`, `Duration`, `()`, and `Option`, `Vec`, `HashMap`, `BTreeMap` of them"
)]
pub trait Message: Sized + Send + 'static {
    /// The name in errors and, outside generics, in the schema; a package may
    /// stand before it, as in `google.rpc.ErrorInfo`.
    const NAME: &'static str;

    /// The length of [`Message::encode`]'s output.
    fn encoded_len(&self) -> usize;

    /// Appends the wire form.
    fn encode(&self, out: &mut BytesMut);

    /// Reads a message, over what an earlier half of it said.
    ///
    /// # Errors
    /// The bytes are not this message; the error names the field.
    #[doc(hidden)]
    fn merge(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The fields, their types and their documentation.
    #[doc(hidden)]
    fn schema() -> MessageSchema;

    /// The type in a schema.
    #[doc(hidden)]
    fn type_ref() -> TypeRef<MessageSchema> {
        TypeRef::new::<Self>(Self::schema)
    }

    /// Reads a whole message.
    ///
    /// # Errors
    /// The bytes are not this message; the error names the field.
    fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        Self::merge(None, &mut Reader::new(&bytes)).map_err(|error| error.of_message(Self::NAME))
    }

    /// The wire form.
    fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(self.encoded_len());
        self.encode(&mut out);
        out.freeze()
    }
}

/// A box is its content: it is there for types that hold themselves.
impl<T: Message> Message for Box<T> {
    const NAME: &'static str = T::NAME;

    fn encoded_len(&self) -> usize {
        T::encoded_len(self)
    }

    fn encode(&self, out: &mut BytesMut) {
        T::encode(self, out);
    }

    fn merge(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::merge(current.map(|boxed| *boxed), input).map(Self::new)
    }

    fn schema() -> MessageSchema {
        T::schema()
    }

    fn type_ref() -> TypeRef<MessageSchema> {
        T::type_ref()
    }
}
