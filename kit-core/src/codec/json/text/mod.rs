//! The text form of arguments in a path, a query or a header.
//!
//! It is a Serde format, so that any scalar type (or a list of scalars, for a
//! repeated key) can be an argument without another derive. A JSON parser does
//! not work here: the text `7` may be a number or a string, which only the type
//! decides. Maps, structs and nested lists are errors.

mod de;
mod ser;

use std::fmt;

pub(crate) use de::Values;
pub(crate) use ser::TextSerializer;

/// The error of reading a value from text, or of writing it as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextError {
    /// There is no value, and the type requires one.
    Missing,
    /// The value is invalid; a description of the problem.
    Invalid(String),
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no value"),
            Self::Invalid(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for TextError {}

impl serde::de::Error for TextError {
    #[cold]
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::Invalid(problem.to_string())
    }
}

impl serde::ser::Error for TextError {
    #[cold]
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::Invalid(problem.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::fmt::Debug;

    use proptest::prelude::*;
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Id(u32);

    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Colour {
        DarkRed,
        Blue,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Circle(u8),
    }

    fn read<T: DeserializeOwned>(values: &[&str]) -> Result<T, String> {
        let values: Vec<_> = values.iter().copied().map(Cow::Borrowed).collect();
        T::deserialize(Values::new(&values)).map_err(|error| error.to_string())
    }

    fn write<T: Serialize>(value: &T) -> Result<Vec<String>, String> {
        let mut values = Vec::new();
        value
            .serialize(TextSerializer::new(&mut values))
            .map_err(|error| error.to_string())?;
        Ok(values)
    }

    fn assert_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
        let written = write(value).expect("a scalar");
        let values: Vec<_> = written.iter().map(String::as_str).collect();
        assert_eq!(read::<T>(&values).as_ref(), Ok(value), "{written:?}");
    }

    #[test]
    fn scalars_are_read_by_their_type() {
        assert_eq!(read(&["7"]), Ok(7_u8));
        assert_eq!(read(&["7"]), Ok("7".to_owned()));
        assert_eq!(read(&["7"]), Ok(7.0_f64));
        assert_eq!(read(&["7"]), Ok(Id(7)));
        assert_eq!(read(&["7"]), Ok('7'));
        assert_eq!(read(&["true"]), Ok(true));
        assert_eq!(read(&["dark-red"]), Ok(Colour::DarkRed));
        assert_eq!(read(&["7"]), Ok(Some(7_i64)));
        assert_eq!(read(&[]), Ok(None::<i64>));
        assert_eq!(read(&["1", "2"]), Ok(vec![1, 2]));
        assert_eq!(read(&[]), Ok(Vec::<i64>::new()));
        assert_eq!(read(&["1", "x"]), Ok((1, 'x')));
        assert_eq!(read(&["7"]), Ok(serde_json::json!("7")));
    }

    #[test]
    fn invalid_values_are_described() {
        let check = |outcome: Result<String, String>, expected: &str| {
            assert_eq!(outcome, Err(expected.to_owned()));
        };
        fn shown<T: DeserializeOwned + Debug>(values: &[&str]) -> Result<String, String> {
            read::<T>(values).map(|value| format!("{value:?}"))
        }
        check(
            shown::<i64>(&["x"]),
            "invalid value: string \"x\", expected i64",
        );
        check(
            shown::<i64>(&["+7"]),
            "invalid value: string \"+7\", expected i64",
        );
        check(
            shown::<i64>(&[""]),
            "invalid value: string \"\", expected i64",
        );
        check(
            shown::<u8>(&["300"]),
            "invalid value: integer `300`, expected u8",
        );
        check(
            shown::<u64>(&["-1"]),
            "invalid value: integer `-1`, expected u64",
        );
        check(
            shown::<i64>(&["9223372036854775808"]),
            "invalid value: integer `9223372036854775808`, expected i64",
        );
        check(
            shown::<bool>(&["yes"]),
            "invalid value: string \"yes\", expected a boolean",
        );
        check(
            shown::<char>(&["ab"]),
            "invalid value: string \"ab\", expected a character",
        );
        check(
            shown::<Colour>(&["green"]),
            "unknown variant `green`, expected `dark-red` or `blue`",
        );
        check(shown::<i64>(&[]), "no value");
        check(
            shown::<i64>(&["1", "2"]),
            "given 2 times, expected at most once",
        );
        check(
            shown::<(i64, i64)>(&["1", "2", "3"]),
            "invalid length 3, expected fewer elements in sequence",
        );
        check(
            shown::<Shape>(&["Circle"]),
            "invalid type: unit variant, expected newtype variant",
        );
        check(
            shown::<std::collections::HashMap<String, i64>>(&["1"]),
            "a map can't be read from text",
        );
    }

    #[test]
    fn values_that_are_not_scalars_cannot_be_written() {
        assert_eq!(
            write(&Shape::Circle(1)),
            Err("a variant with data can't be written as text".to_owned())
        );
        assert_eq!(
            write(&vec![vec![1]]),
            Err("a list within a list can't be written as text".to_owned())
        );
        assert_eq!(
            write(&vec![None::<i64>]),
            Err("a missing value within a list can't be written as text".to_owned())
        );
    }

    proptest! {
        #[test]
        fn every_scalar_round_trips(
            int in any::<i64>(),
            uint in any::<u64>(),
            wide in any::<i128>(),
            narrow in any::<i8>(),
            double in any::<f64>().prop_filter("NaN equals nothing", |n| !n.is_nan()),
            single in any::<f32>().prop_filter("NaN equals nothing", |n| !n.is_nan()),
            text in any::<String>(),
            letter in any::<char>(),
            flag in any::<bool>(),
            list in proptest::collection::vec(any::<String>(), 0..4),
            option in any::<Option<u16>>(),
        ) {
            assert_round_trip(&int);
            assert_round_trip(&uint);
            assert_round_trip(&wide);
            assert_round_trip(&narrow);
            assert_round_trip(&double);
            assert_round_trip(&single);
            assert_round_trip(&text);
            assert_round_trip(&letter);
            assert_round_trip(&flag);
            assert_round_trip(&list);
            assert_round_trip(&option);
            assert_round_trip(&Id(7));
            assert_round_trip(&vec![Colour::Blue, Colour::DarkRed]);
        }
    }
}
