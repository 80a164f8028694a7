//! A Serde deserializer of scalars, and lists of scalars, from text.

use std::borrow::Cow;

use serde::de::value::SeqDeserializer;
use serde::de::{
    Deserializer, EnumAccess, Error as _, IntoDeserializer, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::TextError;

/// A deserializer of the values of one name, in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'de>(&'de [Cow<'de, str>]);

impl<'de> Values<'de> {
    pub(crate) fn new(values: &'de [Cow<'de, str>]) -> Self {
        Self(values)
    }

    fn one(self) -> Result<&'de str, TextError> {
        match self.0 {
            [only] => Ok(only),
            [] => Err(TextError::Missing),
            many => Err(TextError::custom(format_args!(
                "given {} times, expected at most once",
                many.len()
            ))),
        }
    }

    /// Deserializes any integer, so that one out of range is reported as such,
    /// and not as text that is no number.
    fn integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        let text = self.one()?;
        // Rust's parser accepts a leading plus; JSON does not, and neither do
        // services in other languages.
        if !text.starts_with('+') {
            if let Ok(value) = text.parse() {
                return visitor.visit_i64(value);
            }
            if let Ok(value) = text.parse() {
                return visitor.visit_u64(value);
            }
        }
        Err(invalid(text, &visitor))
    }
}

#[cold]
fn invalid<'de, V: Visitor<'de>>(text: &str, expected: &V) -> TextError {
    TextError::invalid_value(Unexpected::Str(text), expected)
}

macro_rules! integers {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            self.integer(visitor)
        }
    )+};
}

macro_rules! parsed {
    ($($method:ident => $visit:ident,)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            let text = self.one()?;
            match text.parse() {
                Ok(value) if !text.starts_with('+') => visitor.$visit(value),
                _ => Err(invalid(text, &visitor)),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Values<'de> {
    type Error = TextError;

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    parsed! {
        deserialize_bool => visit_bool,
        deserialize_i128 => visit_i128,
        deserialize_u128 => visit_u128,
        deserialize_f32 => visit_f32,
        deserialize_f64 => visit_f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_borrowed_str(self.one()?)
    }

    forward_to_deserialize_any! { str string identifier }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        let text = self.one()?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => visitor.visit_char(only),
            _ => Err(invalid(text, &visitor)),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_borrowed_bytes(self.one()?.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        if self.0.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match self.one()? {
            "" => visitor.visit_unit(),
            text => Err(invalid(text, &visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        let mut values = SeqDeserializer::new(self.0.iter().map(Item));
        let list = visitor.visit_seq(&mut values)?;
        values.end().map_err(|_: TextError| {
            TextError::custom(format_args!(
                "invalid length {}, expected fewer elements in sequence",
                self.0.len()
            ))
        })?;
        Ok(list)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, TextError> {
        Err(TextError::custom("a map can't be read from text"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, TextError> {
        Err(TextError::custom(format_args!(
            "the struct `{name}` can't be read from text"
        )))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_enum(Variant(self.one()?))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }
}

/// One value of a list.
struct Item<'de>(&'de Cow<'de, str>);

impl<'de> IntoDeserializer<'de, TextError> for Item<'de> {
    type Deserializer = Values<'de>;

    fn into_deserializer(self) -> Values<'de> {
        Values(std::slice::from_ref(self.0))
    }
}

/// The name of a unit variant.
struct Variant<'de>(&'de str);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = TextError;
    type Variant = Unit;

    fn variant_seed<V: serde::de::DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Unit), TextError> {
        let name: serde::de::value::BorrowedStrDeserializer<'de, TextError> =
            serde::de::value::BorrowedStrDeserializer::new(self.0);
        Ok((seed.deserialize(name)?, Unit))
    }
}

struct Unit;

fn with_data<T>(expected: &'static str) -> Result<T, TextError> {
    Err(TextError::invalid_type(Unexpected::UnitVariant, &expected))
}

impl<'de> VariantAccess<'de> for Unit {
    type Error = TextError;

    fn unit_variant(self) -> Result<(), TextError> {
        Ok(())
    }

    fn newtype_variant_seed<T: serde::de::DeserializeSeed<'de>>(
        self,
        _seed: T,
    ) -> Result<T::Value, TextError> {
        with_data("newtype variant")
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        _visitor: V,
    ) -> Result<V::Value, TextError> {
        with_data("tuple variant")
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, TextError> {
        with_data("struct variant")
    }
}
