//! A Serde serializer of scalars, and lists of scalars, to text.

use std::fmt::Display;

use serde::ser::{Error as _, Impossible, Serialize, SerializeSeq, SerializeTuple, Serializer};

use super::TextError;

/// A serializer that writes each scalar of a value as one text: none for `None`,
/// one for a scalar, one for each element of a list.
#[derive(Debug)]
pub(crate) struct TextSerializer<'a> {
    values: &'a mut Vec<String>,
    within_list: bool,
}

impl<'a> TextSerializer<'a> {
    pub(crate) fn new(values: &'a mut Vec<String>) -> Self {
        Self {
            values,
            within_list: false,
        }
    }

    fn push(self, value: impl Display) -> Result<(), TextError> {
        self.values.push(value.to_string());
        Ok(())
    }

    fn list(self) -> Result<List<'a>, TextError> {
        if self.within_list {
            return unsupported("a list within a list");
        }
        Ok(List(self.values))
    }
}

#[cold]
fn unsupported<T>(what: &str) -> Result<T, TextError> {
    Err(TextError::custom(format_args!(
        "{what} can't be written as text"
    )))
}

macro_rules! shown {
    ($($method:ident($type:ty))+) => {$(
        fn $method(self, value: $type) -> Result<(), TextError> {
            self.push(value)
        }
    )+};
}

impl<'a> Serializer for TextSerializer<'a> {
    type Ok = ();
    type Error = TextError;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = Impossible<(), TextError>;
    type SerializeTupleVariant = Impossible<(), TextError>;
    type SerializeMap = Impossible<(), TextError>;
    type SerializeStruct = Impossible<(), TextError>;
    type SerializeStructVariant = Impossible<(), TextError>;

    shown! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128)
        serialize_f32(f32) serialize_f64(f64)
        serialize_char(char)
        serialize_str(&str)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), TextError> {
        match std::str::from_utf8(value) {
            Ok(text) => self.push(text),
            Err(_) => unsupported("bytes that are not UTF-8"),
        }
    }

    fn serialize_none(self) -> Result<(), TextError> {
        if self.within_list {
            return unsupported("a missing value within a list");
        }
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), TextError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), TextError> {
        self.push("")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), TextError> {
        self.push("")
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), TextError> {
        self.push(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), TextError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), TextError> {
        unsupported("a variant with data")
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<List<'a>, TextError> {
        self.list()
    }

    fn serialize_tuple(self, _len: usize) -> Result<List<'a>, TextError> {
        self.list()
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, TextError> {
        unsupported("a tuple struct")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, TextError> {
        unsupported("a variant with data")
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap, TextError> {
        unsupported("a map")
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStruct, TextError> {
        unsupported("a struct")
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, TextError> {
        unsupported("a variant with data")
    }
}

/// The elements of a list.
#[derive(Debug)]
pub(crate) struct List<'a>(&'a mut Vec<String>);

impl List<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TextError> {
        value.serialize(TextSerializer {
            values: self.0,
            within_list: true,
        })
    }
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = TextError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TextError> {
        self.element(value)
    }

    fn end(self) -> Result<(), TextError> {
        Ok(())
    }
}

impl SerializeTuple for List<'_> {
    type Ok = ();
    type Error = TextError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TextError> {
        self.element(value)
    }

    fn end(self) -> Result<(), TextError> {
        Ok(())
    }
}
