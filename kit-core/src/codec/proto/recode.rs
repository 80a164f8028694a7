//! Alternative encodings of integers, such as `#[proto(sint32)]`.
//!
//! Rust has one `i32`, protobuf has three. The default encoding is implemented by
//! the type itself; the others by newtypes that only generated code names, so that
//! the user's struct has a plain integer.

use bytes::{BufMut, BytesMut};
use prost::encoding::{WireType, encode_varint, encoded_len_varint};

use super::error::DecodeError;
use super::field::{Field, Repeatable};
use super::reader::Reader;
use super::value::Value;
use crate::model::schema::{Scalar, ValueType};

/// A field that can be encoded by another encoding `E` of its integers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel as `{E}`",
    label = "the encoding in `#[proto(..)]` is not one of this type's",
    note = "`sint32` and `sfixed32` are for `i32`, `sint64` and `sfixed64` for `i64`, `fixed32` for `u32`, `fixed64` for `u64`, and for an `Option` or a `Vec` of it"
)]
pub trait Recode<E>: Sized {
    /// The field type with that encoding.
    type Coded: Field;

    /// Converts the value into the encoding.
    fn coded(&self) -> Self::Coded;

    /// Converts the value back.
    fn plain(coded: Self::Coded) -> Self;
}

macro_rules! encodings {
    ($($(#[$docs:meta])* $name:ident($plain:ty), $wire:ident, |$value:ident, $out:ident| ($len:expr, $write:expr), |$input:ident| $read:expr;)+) => {$(
        $(#[$docs])*
        #[doc(hidden)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub $plain);

        impl Value for $name {
            const WIRE: WireType = WireType::$wire;
            const ELIDED: bool = true;

            #[inline]
            fn is_default(&self) -> bool {
                self.0 == 0
            }

            #[inline]
            fn absent_value(_: &Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self(0))
            }

            #[inline]
            fn value_len(&self) -> usize {
                let $value = self.0;
                $len
            }

            #[inline]
            fn encode_value(&self, $out: &mut BytesMut) {
                let $value = self.0;
                $write;
            }

            #[inline]
            fn merge_value(_: Option<Self>, $input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self($read))
            }

            fn value_type() -> ValueType {
                ValueType::Scalar(Scalar::$name)
            }
        }

        impl Repeatable for $name {}

        impl Recode<$name> for $plain {
            type Coded = $name;

            #[inline]
            fn coded(&self) -> $name {
                $name(*self)
            }

            #[inline]
            fn plain(coded: $name) -> Self {
                coded.0
            }
        }

        impl Recode<$name> for Option<$plain> {
            type Coded = Option<$name>;

            #[inline]
            fn coded(&self) -> Option<$name> {
                self.map($name)
            }

            #[inline]
            fn plain(coded: Option<$name>) -> Self {
                coded.map(|value| value.0)
            }
        }

        impl Recode<$name> for Vec<$plain> {
            type Coded = Vec<$name>;

            fn coded(&self) -> Vec<$name> {
                self.iter().copied().map($name).collect()
            }

            fn plain(coded: Vec<$name>) -> Self {
                coded.into_iter().map(|value| value.0).collect()
            }
        }
    )+};
}

encodings! {
    /// The encoding of an `i32` that is often negative.
    Sint32(i32), Varint,
        |value, out| (encoded_len_varint(zigzag32(value)), encode_varint(zigzag32(value), out)),
        |input| zagzig32(input.varint()? as u32);
    /// The encoding of an `i64` that is often negative.
    Sint64(i64), Varint,
        |value, out| (encoded_len_varint(zigzag64(value)), encode_varint(zigzag64(value), out)),
        |input| zagzig64(input.varint()?);
    /// The encoding of a `u32` that is often large.
    Fixed32(u32), ThirtyTwoBit,
        |value, out| (fixed(value), out.put_u32_le(value)),
        |input| u32::from_le_bytes(input.array()?);
    /// The encoding of a `u64` that is often large.
    Fixed64(u64), SixtyFourBit,
        |value, out| (fixed(value), out.put_u64_le(value)),
        |input| u64::from_le_bytes(input.array()?);
    /// The encoding of an `i32` that is often large.
    Sfixed32(i32), ThirtyTwoBit,
        |value, out| (fixed(value), out.put_i32_le(value)),
        |input| i32::from_le_bytes(input.array()?);
    /// The encoding of an `i64` that is often large.
    Sfixed64(i64), SixtyFourBit,
        |value, out| (fixed(value), out.put_i64_le(value)),
        |input| i64::from_le_bytes(input.array()?);
}

const fn fixed<T: Copy>(_: T) -> usize {
    size_of::<T>()
}

/// ZigZag encoding: numbers near zero, of either sign, become small.
const fn zigzag32(value: i32) -> u64 {
    ((value << 1) ^ (value >> 31)) as u32 as u64
}

const fn zagzig32(wire: u32) -> i32 {
    ((wire >> 1) as i32) ^ -((wire & 1) as i32)
}

const fn zigzag64(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

const fn zagzig64(wire: u64) -> i64 {
    ((wire >> 1) as i64) ^ -((wire & 1) as i64)
}
