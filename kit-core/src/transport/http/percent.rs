//! Percent-encoding and strict decoding of paths and queries.
//!
//! A path is routed *encoded*, so that `%2F` stays inside its segment, and
//! each argument is decoded afterwards. Input that can't be decoded is an error
//! and not passed on unchanged: two readers that repair bad input in different
//! ways let access rules be bypassed.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that a path segment need not encode: RFC 3986 `pchar`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// As [`SEGMENT`], with the slashes between segments and existing escapes.
const PATH: &AsciiSet = &SEGMENT.remove(b'/').remove(b'%');

/// The characters that `application/x-www-form-urlencoded` does not encode.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*');

/// The error of a text that can't be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// A `%` without two hexadecimal digits after it.
    Sequence(String),
    /// The octets are not UTF-8.
    Utf8,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence(text) => write!(f, "invalid percent-encoding `{text}`"),
            Self::Utf8 => f.write_str("invalid UTF-8 after percent-decoding"),
        }
    }
}

/// Encodes one segment of a path.
pub(super) fn encode_segment(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, SEGMENT)
}

/// Encodes the static part of a route, as written in the source.
pub(super) fn encode_path(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, PATH)
}

/// Encodes a key or a value of a query.
pub(super) fn encode_query(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, QUERY)
}

/// Decodes one argument of a path.
pub(super) fn decode_segment(text: &str) -> Result<Cow<'_, str>, Malformed> {
    if text.contains('%') {
        decode(text, false).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(text))
    }
}

/// Decodes a key or a value of a query, where `+` is a space.
pub(super) fn decode_query(text: &str) -> Result<Cow<'_, str>, Malformed> {
    if text.contains(['%', '+']) {
        decode(text, true).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(text))
    }
}

fn decode(text: &str, plus_is_space: bool) -> Result<String, Malformed> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        octets.push(match first {
            b'%' => {
                let octet = octet(tail).ok_or_else(|| broken(tail))?;
                rest = &tail[2..];
                octet
            }
            b'+' if plus_is_space => b' ',
            other => *other,
        });
    }
    String::from_utf8(octets).map_err(|_| Malformed::Utf8)
}

/// Normalizes a path, so that `/%73um` finds `/sum`: characters that need no
/// encoding are decoded, the rest gets upper-case digits.
pub(super) fn normalize(path: &str) -> Result<Cow<'_, str>, Malformed> {
    if !path.contains('%') {
        return Ok(Cow::Borrowed(path));
    }
    let mut normal = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (before, encoded) = rest.split_at(at);
        normal.push_str(before);
        let digits = &encoded.as_bytes()[1..];
        let octet = octet(digits).ok_or_else(|| broken(digits))?;
        if octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&octet) {
            normal.push(char::from(octet));
        } else {
            normal.push('%');
            normal.push_str(&encoded[1..3].to_ascii_uppercase());
        }
        rest = &encoded[3..];
    }
    normal.push_str(rest);
    Ok(Cow::Owned(normal))
}

fn octet(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*digits.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

#[cold]
fn broken(tail: &[u8]) -> Malformed {
    let shown = String::from_utf8_lossy(&tail[..tail.len().min(2)]);
    Malformed::Sequence(format!("%{shown}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plus_is_a_space_only_in_queries() {
        assert_eq!(decode_query("a+b%2B").as_deref(), Ok("a b+"));
        assert_eq!(decode_segment("a+b%2B").as_deref(), Ok("a+b+"));
    }

    #[test]
    fn malformed_encoding_is_an_error() {
        let check = |text, expected: &str| {
            let error = decode_segment(text).expect_err("malformed");
            assert_eq!(error.to_string(), expected);
        };
        check("%", "invalid percent-encoding `%`");
        check("a%4", "invalid percent-encoding `%4`");
        check("%zz1", "invalid percent-encoding `%zz`");
        check("%+1", "invalid percent-encoding `%+1`");
        check("%ff", "invalid UTF-8 after percent-decoding");
        check("%c3%28", "invalid UTF-8 after percent-decoding");
    }

    #[test]
    fn a_path_has_one_normal_form() {
        let check = |path, expected: &str| {
            assert_eq!(normalize(path).as_deref(), Ok(expected));
        };
        check("/sum", "/sum");
        check("/%73u%6D", "/sum");
        check("/a%2fb", "/a%2Fb");
        check("/a%40b", "/a@b");
        check("/gr%c3%b6sse", "/gr%C3%B6sse");
        check("/100%25", "/100%25");
        assert!(normalize("/%2").is_err());
        assert!(normalize("/%é").is_err());
    }

    proptest! {
        #[test]
        fn any_text_survives_encoding_as_a_segment_and_in_a_query(text in ".*") {
            let segment = encode_segment(&text).to_string();
            prop_assert!(!segment.contains('/'));
            prop_assert_eq!(decode_segment(&segment), Ok(text.as_str().into()));
            let normal = normalize(&segment).expect("well formed");
            prop_assert_eq!(decode_segment(&normal), Ok(text.as_str().into()));
            let value = encode_query(&text).to_string();
            prop_assert!(!value.contains(['&', '=', '+', ' ']));
            prop_assert_eq!(decode_query(&value), Ok(text.as_str().into()));
        }

        #[test]
        fn no_input_panics(text in ".*") {
            let _ = decode_segment(&text);
            let _ = decode_query(&text);
            let _ = normalize(&text);
        }
    }
}
