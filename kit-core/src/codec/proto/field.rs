//! Fields of a message: a value, or an option, a list or a map of values.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use bytes::BytesMut;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

use super::error::DecodeError;
use super::reader::{Reader, WireKey};
use super::value::Value;
use crate::model::schema::{FieldType, ValueType};

/// A type that can be a field of a message, and an argument of a method over
/// gRPC.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no protobuf form",
    label = "this type can't travel over gRPC",
    note = "derive it for your own types: `#[derive(kit::Message)]`",
    note = "of std's: integers up to 64 bits, floats, `bool`, `String`, `Vec<u8>`, `Bytes`, `SystemTime`, `Duration`, `()`, and `Option`, `Vec`, `HashMap`, `BTreeMap` of them",
    note = "a list in a list, a map or an option has no form in protobuf: give it a message of its own; keys of maps are integers, `bool` and `String`"
)]
pub trait Field: Sized + Send + 'static {
    /// The value of the field in a message without it.
    ///
    /// # Errors
    /// The field has no default: it is a data enum outside an `Option`.
    #[doc(hidden)]
    fn absent(input: &Reader<'_>) -> Result<Self, DecodeError>;

    /// The length of [`Field::encode_field`]'s output.
    #[doc(hidden)]
    fn field_len(&self, tag: u32) -> usize;

    /// Appends the key and the value, or nothing if proto3 omits the value.
    #[doc(hidden)]
    fn encode_field(&self, tag: u32, out: &mut BytesMut);

    /// Decodes one occurrence of the field and merges it into earlier ones.
    ///
    /// # Errors
    /// The bytes are not such a field.
    #[doc(hidden)]
    fn merge_field(
        slot: &mut Option<Self>,
        wire: WireType,
        input: &mut Reader<'_>,
    ) -> Result<(), DecodeError>;

    /// The type in a schema.
    #[doc(hidden)]
    fn field_type() -> FieldType;

    /// [`Field::merge_field`], with the field's name in the error.
    ///
    /// # Errors
    /// The bytes are not such a field.
    #[doc(hidden)]
    #[inline]
    fn read(
        slot: &mut Option<Self>,
        key: WireKey,
        input: &mut Reader<'_>,
        message: &'static str,
        name: &'static str,
    ) -> Result<(), DecodeError> {
        Self::merge_field(slot, key.wire, input).map_err(|error| error.in_field(message, name))
    }

    /// The value of the field at the end of its message.
    ///
    /// # Errors
    /// The field is absent, and has no default.
    #[doc(hidden)]
    #[inline]
    fn finish(
        slot: Option<Self>,
        input: &Reader<'_>,
        message: &'static str,
        name: &'static str,
    ) -> Result<Self, DecodeError> {
        match slot {
            Some(value) => Ok(value),
            None => Self::absent(input).map_err(|error| error.in_field(message, name)),
        }
    }
}

/// A value that can be repeated: all but `u8`, as `Vec<u8>` is bytes.
#[diagnostic::on_unimplemented(
    message = "`Vec<{Self}>` has no protobuf form",
    label = "a list of this type can't travel over gRPC",
    note = "derive it for your own types: `#[derive(kit::Message)]`",
    note = "a list in a list, a map or an option has no form in protobuf: give it a message of its own"
)]
pub trait Repeatable: Value {}

/// A value that can be the key of a map: integers, `bool` and `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the key of a protobuf map",
    label = "only integers, `bool` and `String` are keys"
)]
pub trait Key: Value {}

macro_rules! mark {
    ($trait:ident: $($type:ty)+) => { $(impl $trait for $type {})+ };
}
mark!(Repeatable: bool i8 i16 i32 i64 u16 u32 u64 f32 f64 String Vec<u8> bytes::Bytes);
mark!(Key: bool i8 i16 i32 i64 u8 u16 u32 u64 String);
impl<T: super::Message> Repeatable for T {}

/// The length of a value with its key, even if it is the default.
#[inline]
pub(super) fn present_len<T: Value>(value: &T, tag: u32) -> usize {
    key_len(tag) + value.value_len()
}

/// Appends a value with its key, even if it is the default.
#[inline]
pub(super) fn encode_present<T: Value>(value: &T, tag: u32, out: &mut BytesMut) {
    encode_key(tag, T::WIRE, out);
    value.encode_value(out);
}

impl<T: Value> Field for T {
    #[inline]
    fn absent(input: &Reader<'_>) -> Result<Self, DecodeError> {
        T::absent_value(input)
    }

    #[inline]
    fn field_len(&self, tag: u32) -> usize {
        if T::ELIDED && self.is_default() {
            return 0;
        }
        present_len(self, tag)
    }

    #[inline]
    fn encode_field(&self, tag: u32, out: &mut BytesMut) {
        if T::ELIDED && self.is_default() {
            return;
        }
        encode_present(self, tag, out);
    }

    #[inline]
    fn merge_field(
        slot: &mut Option<Self>,
        wire: WireType,
        input: &mut Reader<'_>,
    ) -> Result<(), DecodeError> {
        *slot = Some(input.value(slot.take(), wire)?);
        Ok(())
    }

    fn field_type() -> FieldType {
        FieldType::Single(T::value_type())
    }
}

impl<T: Value> Field for Option<T> {
    #[inline]
    fn absent(_: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(None)
    }

    #[inline]
    fn field_len(&self, tag: u32) -> usize {
        self.as_ref().map_or(0, |value| present_len(value, tag))
    }

    #[inline]
    fn encode_field(&self, tag: u32, out: &mut BytesMut) {
        if let Some(value) = self {
            encode_present(value, tag, out);
        }
    }

    #[inline]
    fn merge_field(
        slot: &mut Option<Self>,
        wire: WireType,
        input: &mut Reader<'_>,
    ) -> Result<(), DecodeError> {
        let current = slot.take().flatten();
        *slot = Some(Some(input.value(current, wire)?));
        Ok(())
    }

    fn field_type() -> FieldType {
        FieldType::Optional(T::value_type())
    }
}

/// Whether a list of `T` is packed: one run of values under one key.
const fn is_packed<T: Value>() -> bool {
    !matches!(T::WIRE, WireType::LengthDelimited)
}

fn packed_len<T: Value>(values: &[T]) -> usize {
    values.iter().map(Value::value_len).sum()
}

impl<T: Repeatable> Field for Vec<T> {
    #[inline]
    fn absent(_: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self::new())
    }

    fn field_len(&self, tag: u32) -> usize {
        if self.is_empty() {
            return 0;
        }
        if is_packed::<T>() {
            let len = packed_len(self);
            return key_len(tag) + encoded_len_varint(len as u64) + len;
        }
        key_len(tag) * self.len() + packed_len(self)
    }

    fn encode_field(&self, tag: u32, out: &mut BytesMut) {
        if self.is_empty() {
            return;
        }
        if is_packed::<T>() {
            encode_key(tag, WireType::LengthDelimited, out);
            encode_varint(packed_len(self) as u64, out);
            self.iter().for_each(|value| value.encode_value(out));
        } else {
            self.iter()
                .for_each(|value| encode_present(value, tag, out));
        }
    }

    fn merge_field(
        slot: &mut Option<Self>,
        wire: WireType,
        input: &mut Reader<'_>,
    ) -> Result<(), DecodeError> {
        let values = slot.get_or_insert_default();
        if is_packed::<T>() && wire == WireType::LengthDelimited {
            return input.nested(|run| {
                while bytes::Buf::has_remaining(run) {
                    values.push(T::merge_value(None, run)?);
                }
                Ok(())
            });
        }
        values.push(input.value(None, wire)?);
        Ok(())
    }

    fn field_type() -> FieldType {
        FieldType::Repeated(T::value_type())
    }
}

/// The length of a map entry, a message `{ key = 1, value = 2 }` that omits both at
/// their defaults.
fn entry_len<K: Key, V: Value>(key: &K, value: &V) -> usize {
    let key_len = if key.is_default() {
        0
    } else {
        present_len(key, 1)
    };
    let value_len = if value.is_default() {
        0
    } else {
        present_len(value, 2)
    };
    key_len + value_len
}

fn entries_len<'a, K: Key, V: Value>(
    tag: u32,
    entries: impl Iterator<Item = (&'a K, &'a V)>,
) -> usize {
    entries
        .map(|(key, value)| {
            let len = entry_len(key, value);
            key_len(tag) + encoded_len_varint(len as u64) + len
        })
        .sum()
}

fn encode_entries<'a, K: Key, V: Value>(
    tag: u32,
    entries: impl Iterator<Item = (&'a K, &'a V)>,
    out: &mut BytesMut,
) {
    for (key, value) in entries {
        encode_key(tag, WireType::LengthDelimited, out);
        encode_varint(entry_len(key, value) as u64, out);
        if !key.is_default() {
            encode_present(key, 1, out);
        }
        if !value.is_default() {
            encode_present(value, 2, out);
        }
    }
}

fn read_entry<K: Key, V: Value>(
    wire: WireType,
    input: &mut Reader<'_>,
) -> Result<(K, V), DecodeError> {
    prost::encoding::check_wire_type(WireType::LengthDelimited, wire)?;
    input.nested(|entry| {
        let (mut key, mut value) = (None, None);
        while let Some(next) = entry.key()? {
            match next.tag {
                1 => K::merge_field(&mut key, next.wire, entry)?,
                2 => V::merge_field(&mut value, next.wire, entry)?,
                _ => entry.skip(next)?,
            }
        }
        let key = key.map_or_else(|| K::absent_value(entry), Ok)?;
        let value = value.map_or_else(|| V::absent_value(entry), Ok)?;
        Ok((key, value))
    })
}

fn map_type<K: Key, V: Value>() -> FieldType {
    match K::value_type() {
        ValueType::Scalar(key) => FieldType::Map(key, V::value_type()),
        // Unreachable: `Key` is implemented only for scalars.
        ValueType::Message(_) | ValueType::Enum(_) => FieldType::Repeated(V::value_type()),
    }
}

macro_rules! map {
    ($type:ty, [$($bounds:tt)*]) => {
        impl<$($bounds)*> Field for $type {
            #[inline]
            fn absent(_: &Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self::default())
            }

            fn field_len(&self, tag: u32) -> usize {
                entries_len(tag, self.iter())
            }

            fn encode_field(&self, tag: u32, out: &mut BytesMut) {
                encode_entries(tag, self.iter(), out);
            }

            fn merge_field(
                slot: &mut Option<Self>,
                wire: WireType,
                input: &mut Reader<'_>,
            ) -> Result<(), DecodeError> {
                let (key, value) = read_entry(wire, input)?;
                slot.get_or_insert_default().insert(key, value);
                Ok(())
            }

            fn field_type() -> FieldType {
                map_type::<K, V>()
            }
        }
    };
}

map!(BTreeMap<K, V>, [K: Key + Ord, V: Value]);
map!(HashMap<K, V, S>, [K: Key + Hash + Eq, V: Value, S: BuildHasher + Default + Send + 'static]);
