//! The arguments of a method over HTTP/JSON, read and written by position.
//!
//! Arguments come from several places of a request and in any order, so each
//! has a slot that is filled when its value is found. The
//! positions are those of [`MethodMeta::arguments`](crate::MethodMeta).

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};
use serde::{Deserialize, forward_to_deserialize_any};

/// A tuple of up to 16 arguments that serde can read and write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the arguments of a method over HTTP/JSON",
    note = "a method can have at most 16 arguments"
)]
pub trait HttpArguments: Sized + Send + 'static {
    /// The arguments read so far.
    #[doc(hidden)]
    type Slots;

    /// The slots with no argument read yet.
    #[doc(hidden)]
    fn empty() -> Self::Slots;

    /// Reads the argument at a position into its slot.
    #[doc(hidden)]
    fn read<'de, D: Deserializer<'de>>(
        slots: &mut Self::Slots,
        at: usize,
        from: D,
    ) -> Result<(), D::Error>;

    /// The arguments, or the position of the first that is missing and not
    /// optional.
    #[doc(hidden)]
    fn finish(slots: Self::Slots) -> Result<Self, usize>;

    /// Writes the argument at a position.
    #[doc(hidden)]
    fn write<S: Serializer>(&self, at: usize, into: S) -> Result<S::Ok, S::Error>;
}

/// An argument over HTTP/JSON: any type that serde can read and write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel over HTTP/JSON",
    label = "serde can't write and read this type",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it, or narrow the method with `#[transport(grpc)]`"
)]
pub trait HttpArgument: Serialize + DeserializeOwned + Send + 'static {}

// A missing trait is reported once, by the message above, and not once for each
// derive.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> HttpArgument for T {}

macro_rules! arguments {
    ($($at:tt $slot:ident $T:ident,)*) => {
        impl<$($T: HttpArgument,)*> HttpArguments for ($($T,)*) {
            type Slots = ($(Option<$T>,)*);

            #[allow(clippy::unused_unit, reason = "no arguments, no slots")]
            fn empty() -> Self::Slots {
                ($(None::<$T>,)*)
            }

            fn read<'de, D: Deserializer<'de>>(
                slots: &mut Self::Slots,
                at: usize,
                from: D,
            ) -> Result<(), D::Error> {
                let ($($slot,)*) = slots;
                match at {
                    $($at => *$slot = Some($T::deserialize(from)?),)*
                    _ => { IgnoredAny::deserialize(from)?; }
                }
                Ok(())
            }

            fn finish(slots: Self::Slots) -> Result<Self, usize> {
                let ($($slot,)*) = slots;
                Ok(($(
                    match $slot {
                        Some(argument) => argument,
                        None => $T::deserialize(Missing).map_err(|_| $at as usize)?,
                    },
                )*))
            }

            #[allow(unused_variables, reason = "no arguments, nothing to write")]
            fn write<S: Serializer>(&self, at: usize, into: S) -> Result<S::Ok, S::Error> {
                let ($($slot,)*) = self;
                match at {
                    $($at => $slot.serialize(into),)*
                    _ => Err(S::Error::custom("no argument at this position")),
                }
            }
        }
    };
}

arguments! {}
arguments! { 0 a A, }
arguments! { 0 a A, 1 b B, }
arguments! { 0 a A, 1 b B, 2 c C, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, 9 j J, }
arguments! { 0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, 9 j J, 10 k K, }
arguments! {
    0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, 9 j J, 10 k K, 11 l L,
}
arguments! {
    0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, 9 j J, 10 k K, 11 l L,
    12 m M,
}
arguments! {
    0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, 9 j J, 10 k K, 11 l L,
    12 m M, 13 n N,
}
arguments! {
    0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, 9 j J, 10 k K, 11 l L,
    12 m M, 13 n N, 14 o O,
}
arguments! {
    0 a A, 1 b B, 2 c C, 3 d T3, 4 e E, 5 f F, 6 g G, 7 h H, 8 i I, 9 j J, 10 k K, 11 l L,
    12 m M, 13 n N, 14 o O, 15 p P,
}

/// The absence of an argument: `None` to an `Option`, `()` to a unit, an error
/// to every other type.
struct Missing;

/// The error that an argument is missing.
#[derive(Debug)]
struct IsMissing;

impl fmt::Display for IsMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("missing")
    }
}

impl std::error::Error for IsMissing {}

impl Error for IsMissing {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Missing {
    type Error = IsMissing;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, IsMissing> {
        Err(IsMissing)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, IsMissing> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, IsMissing> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, IsMissing> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit_struct seq tuple tuple_struct map struct enum
        identifier ignored_any
    }
}
