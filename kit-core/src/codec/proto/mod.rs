//! The protobuf encoding of Rust types, and their schema.
//!
//! The Rust type is the source: a `.proto` file is printed from it, not
//! compiled into it. So a type implements its encoding, by traits in layers:
//!
//! | trait | implemented by | on the wire |
//! |---|---|---|
//! | [`Message`] | types that derive it; `()`, `SystemTime`, `Duration` | a message |
//! | [`Value`] | messages, enums, scalars, strings, bytes | one value |
//! | [`Field`] | values, and `Option`, `Vec` and maps of them | a field |
//! | [`Reply`] | fields and messages | a whole response |
//! | [`ArgumentFields`] | tuples of fields | a whole request |
//!
//! Decoding is concrete over [`Bytes`], so that a `Bytes` field is a slice of
//! the received buffer and nothing is compiled twice. It follows proto3: unknown
//! fields are skipped, of repeated occurrences of a scalar the last one wins,
//! those of a message are merged, packed and unpacked lists are both read. A Rust
//! enum is closed while a proto3 enum is open: a number without a variant is an
//! error, unless the enum has an `#[other]` variant that holds it.
//!
//! Varints, keys and skipping are those of prost, which are widely tested. Its
//! derive is not used: it requires types designed for protobuf, while kit encodes
//! the user's own.

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

// Called by derived code.
#[doc(hidden)]
pub use self::{
    reply::decode_value_reply,
    value::{enum_absent, enum_from_wire, one_of},
};

#[doc(hidden)]
pub use prost::encoding::WireType;

/// The deepest nesting of messages. Deeper ones are errors, so that they can't
/// exhaust the stack.
pub const DEPTH_MAX: u32 = 100;

/// A type that is encoded as a protobuf message; derive it.
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
    /// The name in errors and, for types that are not generic, in the schema; it
    /// may have a package, as in `google.rpc.ErrorInfo`.
    const NAME: &'static str;

    /// The length of [`Message::encode`]'s output.
    fn encoded_len(&self) -> usize;

    /// Appends the encoded message.
    fn encode(&self, out: &mut BytesMut);

    /// Decodes a message and merges it into an earlier occurrence.
    ///
    /// # Errors
    /// The bytes are not such a message; the error names the field.
    #[doc(hidden)]
    fn merge(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The fields, their types and their documentation.
    #[doc(hidden)]
    fn schema() -> MessageSchema;

    /// The reference to the type in a schema.
    #[doc(hidden)]
    fn type_ref() -> TypeRef<MessageSchema> {
        TypeRef::new::<Self>(Self::schema)
    }

    /// Decodes a whole message.
    ///
    /// # Errors
    /// The bytes are not such a message; the error names the field.
    fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        Self::merge(None, &mut Reader::new(&bytes)).map_err(|error| error.of_message(Self::NAME))
    }

    /// Encodes the message.
    fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(self.encoded_len());
        self.encode(&mut out);
        out.freeze()
    }
}

/// A box is encoded as its content; it makes recursive types possible.
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
