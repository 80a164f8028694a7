//! Single values: the types of fields, and of elements of lists, maps and options.

use bytes::{BufMut, Bytes, BytesMut};
use prost::encoding::{WireType, encode_varint, encoded_len_varint};

use super::Message;
use super::error::DecodeError;
use super::field::{encode_present, present_len};
use super::reader::{Reader, WireKey};
use crate::model::schema::{EnumSchema, Scalar, ValueType};

/// A type that is a single value in a protobuf message.
///
/// These are scalars, strings, bytes, messages, and enums without data that derive
/// [`Message`](crate::Message).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no protobuf form as a single value",
    label = "this type can't be a protobuf value",
    note = "derive it for your own types: `#[derive(kit::Message)]`",
    note = "a list in a list, a map or an option has no form in protobuf: give it a message of its own"
)]
pub trait Value: Sized + Send + 'static {
    /// The wire type.
    #[doc(hidden)]
    const WIRE: WireType;

    /// Whether a plain field of this type is omitted at its default.
    #[doc(hidden)]
    const ELIDED: bool;

    /// Whether this is the default, the value of an absent field.
    #[doc(hidden)]
    fn is_default(&self) -> bool;

    /// The default, the value of an absent field.
    ///
    /// # Errors
    /// The type has no default.
    #[doc(hidden)]
    fn absent_value(input: &Reader<'_>) -> Result<Self, DecodeError>;

    /// The length of [`Value::encode_value`]'s output.
    #[doc(hidden)]
    fn value_len(&self) -> usize;

    /// Appends the value, without a key.
    #[doc(hidden)]
    fn encode_value(&self, out: &mut BytesMut);

    /// Decodes a value of the wire type [`Value::WIRE`].
    ///
    /// # Errors
    /// The bytes are not such a value.
    #[doc(hidden)]
    fn merge_value(current: Option<Self>, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The type in a schema.
    #[doc(hidden)]
    fn value_type() -> ValueType;

    /// Appends the value with its key, even if it is the default.
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

    /// Decodes a member of a oneof and merges it into an earlier occurrence.
    ///
    /// # Errors
    /// The bytes are not such a value; the error names the member.
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
    // Messages have explicit presence, whatever their content.
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

/// A Rust enum without data that is encoded as a protobuf enum; derive
/// [`Message`].
///
/// The derive implements [`Value`] by this trait.
pub trait Enumeration: Sized + Send + 'static {
    /// The name in errors and in the schema.
    const NAME: &'static str;

    /// The variant's number.
    fn number(&self) -> i32;

    /// The variant with a number.
    fn from_number(number: i32) -> Option<Self>;

    /// The variants and their documentation.
    fn enum_schema() -> EnumSchema;
}

/// Decodes the variant of an enum.
///
/// # Errors
/// The enum has no variant with that number.
#[doc(hidden)]
pub fn enum_from_wire<T: Enumeration>(input: &mut Reader<'_>) -> Result<T, DecodeError> {
    enum_value(input.varint()? as i32)
}

/// The default of an enum: the variant with number 0.
///
/// # Errors
/// The enum has no such variant; the derive ensures that it has.
#[doc(hidden)]
pub fn enum_absent<T: Enumeration>() -> Result<T, DecodeError> {
    enum_value(0)
}

fn enum_value<T: Enumeration>(number: i32) -> Result<T, DecodeError> {
    T::from_number(number).ok_or_else(|| {
        DecodeError::new(format!("enum `{}` has no value numbered {number}", T::NAME))
    })
}

/// The decoded variant of an enum with data.
///
/// # Errors
/// No variant was set: a oneof has no default.
#[doc(hidden)]
pub fn one_of<T: Message>(current: Option<T>) -> Result<T, DecodeError> {
    current.ok_or_else(|| DecodeError::new(format!("none of the variants of `{}` is set", T::NAME)))
}

/// Implements the other traits of an [`Enumeration`]: [`Value`], `Repeatable` and
/// `Reply`.
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

/// Implements [`Value`] for integers and `bool`: `$read` and `$write` convert from
/// and to `u64`.
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

// As proto3 specifies, a negative `int32` is sign-extended to ten bytes, and a
// reader takes the low bits. Types narrower than those of protobuf are checked.
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

/// Implements [`Value`] for floats. Only +0 is the default: -0 is written.
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

/// Implements [`Value`] for strings and bytes.
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
