//! One value: what may be a field, and an element of a list, a map or an
//! option.

use bytes::{BufMut, Bytes, BytesMut};
use prost::encoding::{WireType, encode_varint, encoded_len_varint};

use super::Message;
use super::error::DecodeError;
use super::field::{encode_present, present_len};
use super::reader::{Reader, WireKey};
use crate::model::schema::{EnumSchema, Scalar, ValueType};

/// One value of a protobuf message.
///
/// Scalars, strings and bytes are values, messages are, and enums that derive
/// [`Message`](crate::Message) and hold no data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no protobuf form as a single value",
    label = "this type can't be a protobuf value",
    note = "derive it for your own types: `#[derive(kit::Message)]`",
    note = "a list in a list, a map or an option has no form in protobuf: give it a message of its own"
)]
pub trait Value: Sized + Send + 'static {
    /// How the value is laid out.
    #[doc(hidden)]
    const WIRE: WireType;

    /// Whether a plain field of this type is left out at its default.
    #[doc(hidden)]
    const ELIDED: bool;

    /// Whether this is what an absent value reads as.
    #[doc(hidden)]
    fn is_default(&self) -> bool;

    /// What an absent value reads as.
    ///
    /// # Errors
    /// There is none.
    #[doc(hidden)]
    fn absent_value(input: &Reader<'_>) -> Result<Self, DecodeError>;

    /// The length of [`Value::encode_value`]'s output.
    #[doc(hidden)]
    fn value_len(&self) -> usize;

    /// Appends the value, without a key.
    #[doc(hidden)]
    fn encode_value(&self, out: &mut BytesMut);

    /// Reads a value that is laid out as [`Value::WIRE`] says.
    ///
    /// # Errors
    /// The bytes are not such a value.
    #[doc(hidden)]
    fn merge_value(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The type in a schema.
    #[doc(hidden)]
    fn value_type() -> ValueType;

    /// Appends the value with its key, whether it is the default or not.
    #[doc(hidden)]
    #[inline]
    fn encode_member(&self, tag: u32, out: &mut BytesMut) {
        encode_present(self, tag, out);
    }

    /// The length of [`Value::encode_member`]'s output.
    #[doc(hidden)]
    #[inline]
    fn member_len(&self, tag: u32) -> usize {
        present_len(self, tag)
    }

    /// Reads a value that is part of a oneof, over an earlier half of it.
    ///
    /// # Errors
    /// The bytes are not that value; the error names it.
    #[doc(hidden)]
    #[inline]
    fn read_member(
        current: Option<Self>,
        key: WireKey,
        input: &mut Reader<'_>,
        message: &'static str,
        name: &'static str,
    ) -> Result<Self, DecodeError> {
        input
            .value(current, key.wire)
            .map_err(|error| error.in_field(message, name))
    }
}

impl<T: Message> Value for T {
    const WIRE: WireType = WireType::LengthDelimited;
    // A message that is there is told apart from one that is not, whatever
    // it holds.
    const ELIDED: bool = false;

    fn is_default(&self) -> bool {
        self.encoded_len() == 0
    }

    fn absent_value(input: &Reader<'_>) -> Result<Self, DecodeError> {
        input.absent()
    }

    fn value_len(&self) -> usize {
        let len = self.encoded_len();
        encoded_len_varint(len as u64) + len
    }

    fn encode_value(&self, out: &mut BytesMut) {
        encode_varint(self.encoded_len() as u64, out);
        self.encode(out);
    }

    fn merge_value(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.nested(|inner| T::merge(current, inner))
    }

    fn value_type() -> ValueType {
        ValueType::Message(T::type_ref())
    }
}

/// A Rust enum without data as a protobuf enum; derive [`Message`].
///
/// The derive implements [`Value`] by these.
pub trait Enumeration: Sized + Send + 'static {
    /// The name in errors and in the schema.
    const NAME: &'static str;

    /// The variant's number.
    fn number(&self) -> i32;

    /// The variant of a number.
    fn from_number(number: i32) -> Option<Self>;

    /// The variants and their documentation.
    fn enum_schema() -> EnumSchema;
}

/// The value of a number on the wire.
///
/// # Errors
/// The enum has no variant for it.
#[doc(hidden)]
pub fn enum_from_wire<T: Enumeration>(input: &mut Reader<'_>) -> Result<T, DecodeError> {
    enum_value(input.varint()? as i32)
}

/// The value that an absent enum reads as: the one numbered zero.
///
/// # Errors
/// The enum has none; the derive sees to it that it has.
#[doc(hidden)]
pub fn enum_absent<T: Enumeration>() -> Result<T, DecodeError> {
    enum_value(0)
}

fn enum_value<T: Enumeration>(number: i32) -> Result<T, DecodeError> {
    T::from_number(number).ok_or_else(|| {
        DecodeError::new(format!("enum `{}` has no value numbered {number}", T::NAME))
    })
}

/// The variant of an enum with data that was read.
///
/// # Errors
/// None was: there is no default among equals.
#[doc(hidden)]
pub fn one_of<T: Message>(current: Option<T>) -> Result<T, DecodeError> {
    current.ok_or_else(|| DecodeError::new(format!("none of the variants of `{}` is set", T::NAME)))
}

/// Implements what an [`Enumeration`] is besides: a value, an element of a
/// list, a whole response.
#[doc(hidden)]
#[macro_export]
macro_rules! __kit_enumeration {
    ([$($generics:tt)*] $type:ty) => {
        impl $($generics)* $crate::__private::proto::Value for $type {
            const WIRE: $crate::__private::proto::WireType =
                $crate::__private::proto::WireType::Varint;
            const ELIDED: $crate::__private::core::primitive::bool = true;

            fn is_default(&self) -> $crate::__private::core::primitive::bool {
                $crate::__private::proto::Enumeration::number(self) == 0
            }

            fn absent_value(
                _: &$crate::__private::proto::Reader<'_>,
            ) -> $crate::__private::core::result::Result<Self, $crate::__private::proto::DecodeError> {
                $crate::__private::proto::enum_absent()
            }

            fn value_len(&self) -> $crate::__private::core::primitive::usize {
                $crate::__private::proto::Value::value_len(
                    &$crate::__private::proto::Enumeration::number(self),
                )
            }

            fn encode_value(&self, out: &mut $crate::__private::BytesMut) {
                $crate::__private::proto::Value::encode_value(
                    &$crate::__private::proto::Enumeration::number(self),
                    out,
                );
            }

            fn merge_value(
                _: $crate::__private::core::option::Option<Self>,
                input: &mut $crate::__private::proto::Reader<'_>,
            ) -> $crate::__private::core::result::Result<Self, $crate::__private::proto::DecodeError> {
                $crate::__private::proto::enum_from_wire(input)
            }

            fn value_type() -> $crate::__private::proto::ValueType {
                $crate::__private::proto::ValueType::of_enum::<Self>()
            }
        }

        impl $($generics)* $crate::__private::proto::Repeatable for $type {}

        $crate::__kit_reply_by_value!([$($generics)*] $type);
    };
}

/// Integers and `bool`: `$read` and `$write` go through `u64`.
macro_rules! varint {
    ($($type:ty => $scalar:ident, |$value:ident| $write:expr, |$wire:ident| $read:expr;)+) => {$(
        impl Value for $type {
            const WIRE: WireType = WireType::Varint;
            const ELIDED: bool = true;

            #[inline]
            fn is_default(&self) -> bool {
                *self == Self::default()
            }

            #[inline]
            fn absent_value(_: &Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self::default())
            }

            #[inline]
            fn value_len(&self) -> usize {
                let $value = *self;
                encoded_len_varint($write)
            }

            #[inline]
            fn encode_value(&self, out: &mut BytesMut) {
                let $value = *self;
                encode_varint($write, out);
            }

            #[inline]
            fn merge_value(_: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let $wire = input.varint()?;
                $read
            }

            fn value_type() -> ValueType {
                ValueType::Scalar(Scalar::$scalar)
            }
        }
    )+};
}

// A negative `int32` travels as ten bytes, sign-extended, and a reader takes
// the low bits: so proto3 says. Types narrower than protobuf's are checked.
varint! {
    bool => Bool, |value| u64::from(value), |wire| Ok(wire != 0);
    i64 => Int64, |value| value as u64, |wire| Ok(wire as i64);
    u64 => Uint64, |value| value, |wire| Ok(wire);
    i32 => Int32, |value| i64::from(value) as u64, |wire| Ok(wire as i32);
    u32 => Uint32, |value| u64::from(value), |wire| Ok(wire as u32);
    i16 => Int32, |value| i64::from(value) as u64, |wire| narrow(wire as i32);
    u16 => Uint32, |value| u64::from(value), |wire| narrow(wire as u32);
    i8 => Int32, |value| i64::from(value) as u64, |wire| narrow(wire as i32);
    u8 => Uint32, |value| u64::from(value), |wire| narrow(wire as u32);
}

fn narrow<W, N>(wide: W) -> Result<N, DecodeError>
where
    W: Copy + std::fmt::Display,
    N: TryFrom<W>,
{
    N::try_from(wide).map_err(|_| out_of_range(&wide, std::any::type_name::<N>()))
}

#[cold]
fn out_of_range(value: &dyn std::fmt::Display, ty: &str) -> DecodeError {
    DecodeError::new(format!("{value} is out of range for `{ty}`"))
}

/// Floats. Their default is +0 alone: -0 is another number, and is written.
macro_rules! float {
    ($($type:ty => $scalar:ident, $wire:ident;)+) => {$(
        impl Value for $type {
            const WIRE: WireType = WireType::$wire;
            const ELIDED: bool = true;

            #[inline]
            fn is_default(&self) -> bool {
                self.to_bits() == 0
            }

            #[inline]
            fn absent_value(_: &Reader<'_>) -> Result<Self, DecodeError> {
                Ok(0.0)
            }

            #[inline]
            fn value_len(&self) -> usize {
                size_of::<Self>()
            }

            #[inline]
            fn encode_value(&self, out: &mut BytesMut) {
                out.put_slice(&self.to_le_bytes());
            }

            #[inline]
            fn merge_value(_: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                input.array().map(Self::from_le_bytes)
            }

            fn value_type() -> ValueType {
                ValueType::Scalar(Scalar::$scalar)
            }
        }
    )+};
}

float! {
    f32 => Float, ThirtyTwoBit;
    f64 => Double, SixtyFourBit;
}

/// Strings and bytes.
macro_rules! delimited {
    ($($type:ty => $scalar:ident, |$input:ident| $read:expr;)+) => {$(
        impl Value for $type {
            const WIRE: WireType = WireType::LengthDelimited;
            const ELIDED: bool = true;

            #[inline]
            fn is_default(&self) -> bool {
                self.is_empty()
            }

            #[inline]
            fn absent_value(_: &Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self::default())
            }

            #[inline]
            fn value_len(&self) -> usize {
                encoded_len_varint(self.len() as u64) + self.len()
            }

            #[inline]
            fn encode_value(&self, out: &mut BytesMut) {
                encode_varint(self.len() as u64, out);
                out.put_slice(self.as_ref());
            }

            #[inline]
            fn merge_value(_: Option<Self>, $input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                $read
            }

            fn value_type() -> ValueType {
                ValueType::Scalar(Scalar::$scalar)
            }
        }
    )+};
}

delimited! {
    String => String, |input| match std::str::from_utf8(input.slice()?) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(not_utf8(error)),
    };
    Vec<u8> => Bytes, |input| input.slice().map(<[u8]>::to_vec);
    Bytes => Bytes, |input| input.bytes();
}

#[cold]
fn not_utf8(error: std::str::Utf8Error) -> DecodeError {
    DecodeError::new(format!("the string is not UTF-8: {error}"))
}
