//! The result of a method, encoded as a whole response.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use bytes::{Bytes, BytesMut};

use super::Message;
use super::error::DecodeError;
use super::field::{Field, Key, Repeatable};
use super::reader::Reader;
use super::value::Value;
use crate::model::schema::Payload;

/// A type that a method can return over gRPC. A message is the response itself; a
/// scalar, list, map or option is its field `value = 1`; `()` is empty.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a gRPC response",
    label = "this type has no protobuf form",
    note = "derive it for your own types: `#[derive(kit::Message)]`",
    note = "of std's: integers up to 64 bits, floats, `bool`, `String`, `Vec<u8>`, `Bytes`, `SystemTime`, `Duration`, `()`, and `Option`, `Vec`, `HashMap`, `BTreeMap` of them"
)]
pub trait Reply: Sized + Send + 'static {
    /// The length of [`Reply::encode_reply`]'s output.
    fn reply_len(&self) -> usize;

    /// Appends the encoded response.
    fn encode_reply(&self, out: &mut BytesMut);

    /// Decodes a whole response.
    ///
    /// # Errors
    /// The bytes are not such a response.
    fn decode_reply(bytes: Bytes) -> Result<Self, DecodeError>;

    /// The payload of the response in a schema.
    fn reply_payload() -> Payload;
}

impl<T: Message> Reply for T {
    #[inline]
    fn reply_len(&self) -> usize {
        self.encoded_len()
    }

    #[inline]
    fn encode_reply(&self, out: &mut BytesMut) {
        self.encode(out);
    }

    #[inline]
    fn decode_reply(bytes: Bytes) -> Result<Self, DecodeError> {
        T::decode(bytes)
    }

    fn reply_payload() -> Payload {
        Payload::message::<T>()
    }
}

/// The field of a response that is not a message.
const VALUE: u32 = 1;

/// Decodes a response `{ value = 1 }`.
///
/// # Errors
/// The bytes are not such a response.
#[doc(hidden)]
pub fn decode_value_reply<T: Field>(bytes: &Bytes) -> Result<T, DecodeError> {
    let input = &mut Reader::new(bytes);
    let mut value = None;
    while let Some(key) = input.key()? {
        match key.tag {
            VALUE => Field::read(&mut value, key, input, "response", "value")?,
            _ => input.skip(key)?,
        }
    }
    T::finish(value, input, "response", "value")
}

/// Implements [`Reply`] for types that are fields but not messages.
#[doc(hidden)]
#[macro_export]
macro_rules! __kit_reply_by_value {
    ([$($generics:tt)*] $type:ty) => {
        impl $($generics)* $crate::__private::proto::Reply for $type {
            #[inline]
            fn reply_len(&self) -> $crate::__private::core::primitive::usize {
                $crate::__private::proto::Field::field_len(self, 1)
            }

            #[inline]
            fn encode_reply(&self, out: &mut $crate::__private::BytesMut) {
                $crate::__private::proto::Field::encode_field(self, 1, out);
            }

            fn decode_reply(
                bytes: $crate::__private::Bytes,
            ) -> $crate::__private::core::result::Result<Self, $crate::__private::proto::DecodeError> {
                $crate::__private::proto::decode_value_reply(&bytes)
            }

            fn reply_payload() -> $crate::__private::proto::Payload {
                $crate::__private::proto::Payload::value::<Self>()
            }
        }
    };
}

macro_rules! by_value {
    ($($type:ty)+) => { $(__kit_reply_by_value!([] $type);)+ };
}
by_value!(bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 String Vec<u8> Bytes);
__kit_reply_by_value!([<T: Repeatable>] Vec<T>);
__kit_reply_by_value!([<T: Value>] Option<T>);
__kit_reply_by_value!([<K: Key + Ord, V: Value>] BTreeMap<K, V>);
__kit_reply_by_value!([<K: Key + Hash + Eq, V: Value, S: BuildHasher + Default + Send + 'static>] HashMap<K, V, S>);
