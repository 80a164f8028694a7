//! Decoding: limits, errors by field, and forms that prost does not have.

use std::collections::HashMap;
use std::fmt::Debug;

use bytes::Bytes;
use kit::Message;
use kit::codec::proto::DecodeError;

use super::twins::{Nested, Scalars, Shape, Tree};

fn error<T: Message + Debug>(bytes: &'static [u8]) -> String {
    let error: DecodeError = T::decode(Bytes::from_static(bytes)).expect_err("it is broken");
    error.to_string()
}

#[test]
fn errors_name_the_message_and_the_field() {
    assert_eq!(
        error::<Scalars>(b"\x42\x02\xff\xff"),
        "field `text` of message `Scalars`: the string is not UTF-8: \
         invalid utf-8 sequence of 1 bytes from index 0"
    );
    assert_eq!(
        error::<Nested>(b"\x1a\x06\x12\x04\x1a\x02\x0a\x00"),
        "field `tree.children.next.label` of message `Nested`: \
         invalid wire type: LengthDelimited (expected Varint)"
    );
    assert_eq!(
        error::<Scalars>(b"\x42\x7fabc"),
        "field `text` of message `Scalars`: the value ends after its message does"
    );
    assert_eq!(
        error::<Scalars>(b"\x00"),
        "message `Scalars`: invalid tag value: 0"
    );
}

#[test]
fn an_unknown_enum_number_is_refused_with_the_enum_name() {
    assert_eq!(
        error::<Nested>(b"\x20\x09"),
        "field `color` of message `Nested`: enum `Color` has no value numbered 9"
    );
}

#[test]
fn an_other_variant_keeps_an_unknown_number() {
    #[derive(Debug, PartialEq, kit::Message)]
    enum Level {
        Low,
        High,
        #[other]
        Other(i32),
    }
    #[derive(Debug, PartialEq, kit::Message)]
    struct Alarm {
        level: Level,
        levels: Vec<Level>,
    }
    let alarm = Alarm::decode(Bytes::from_static(b"\x08\x09\x12\x02\x01\x05")).expect("it is open");
    assert_eq!(
        alarm,
        Alarm {
            level: Level::Other(9),
            levels: vec![Level::High, Level::Other(5)],
        }
    );
    assert_eq!(&alarm.to_bytes()[..], b"\x08\x09\x12\x02\x01\x05");
    let default = Alarm::decode(Bytes::new()).expect("all is default");
    assert_eq!(default.level, Level::Low);
}

#[test]
fn a_missing_oneof_is_refused_with_the_enum_name() {
    #[derive(Debug, kit::Message)]
    struct Drawing {
        shape: Shape,
    }
    assert_eq!(
        error::<Drawing>(b""),
        "field `shape` of message `Drawing`: none of the variants of `Shape` is set"
    );
    assert_eq!(
        error::<Shape>(b""),
        "message `Shape`: none of the variants of `Shape` is set"
    );
}

#[test]
fn narrow_integers_out_of_range_are_refused() {
    #[derive(Debug, PartialEq, kit::Message)]
    struct Narrow {
        a: u8,
        b: i8,
        c: u16,
        d: Option<i16>,
    }
    let value = Narrow {
        a: 255,
        b: -128,
        c: 65_535,
        d: Some(-1),
    };
    assert_eq!(Narrow::decode(value.to_bytes()), Ok(value));
    assert_eq!(
        error::<Narrow>(b"\x08\x80\x02"),
        "field `a` of message `Narrow`: 256 is out of range for `u8`"
    );
}

#[test]
fn nesting_over_100_levels_is_refused() {
    let deep = |levels: usize| {
        let mut bytes = Vec::new();
        for _ in 0..levels {
            let mut outer = vec![0x1a];
            prost::encoding::encode_varint(bytes.len() as u64, &mut outer);
            outer.extend(bytes);
            bytes = outer;
        }
        Tree::decode(bytes.into())
    };
    assert!(deep(100).is_ok());
    let error = deep(101).expect_err("one too many").to_string();
    assert!(error.ends_with("messages nest deeper than 100"), "{error}");
}

#[test]
fn an_infinitely_recursive_message_is_refused_without_stack_overflow() {
    #[derive(Debug, kit::Message)]
    struct Endless {
        next: Box<Endless>,
    }
    assert!(error::<Endless>(b"").ends_with("messages nest deeper than 100"));
    let _ = |endless: Endless| endless.next;
}

#[test]
fn decoded_bytes_share_the_input_buffer() {
    let value = Scalars {
        shared: Bytes::from_static(&[7; 100]),
        ..Scalars::default()
    };
    let bytes = value.to_bytes();
    let read = Scalars::decode(bytes.clone()).expect("it was just written");
    let range = bytes.as_ptr_range();
    assert!(range.contains(&read.shared.as_ptr()));
}

#[test]
fn negative_zero_is_kept() {
    let value = Scalars {
        float: -0.0,
        double: -0.0,
        ..Scalars::default()
    };
    let read = Scalars::decode(value.to_bytes()).expect("it was just written");
    assert!(read.float.is_sign_negative() && read.double.is_sign_negative());
}

#[test]
fn the_last_of_duplicate_scalars_and_variants_wins() {
    let read =
        Scalars::decode(Bytes::from_static(b"\x10\x01\x10\x02")).expect("duplicates are accepted");
    assert_eq!(read.int32, 2);
    let read =
        Shape::decode(Bytes::from_static(b"\x2a\x01a\x32\x00")).expect("duplicates are accepted");
    assert_eq!(read, Shape::Nothing);
}

#[test]
fn a_timestamp_or_duration_out_of_range_is_refused() {
    assert_eq!(
        error::<Nested>(b"\x3a\x06\x10\x80\x94\xeb\xdc\x03"),
        "field `at` of message `Nested`: 1000000000 nanoseconds are not within one second"
    );
    assert_eq!(
        error::<Nested>(b"\x4a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        "field `wait` of message `Nested`: a duration must not be negative"
    );
}

#[test]
fn generic_tuple_and_unit_structs_are_messages() {
    #[derive(Debug, PartialEq, kit::Message)]
    struct Page<T> {
        items: Vec<T>,
        next: Option<String>,
    }
    #[derive(Debug, PartialEq, kit::Message)]
    struct Pair(u32, #[tag(5)] String);
    #[derive(Debug, PartialEq, kit::Message)]
    struct Nothing;

    let page = Page {
        items: vec![Pair(1, "a".into()), Pair(2, String::new())],
        next: None,
    };
    let bytes = page.to_bytes();
    assert_eq!(&bytes[..], b"\x0a\x05\x08\x01\x2a\x01a\x0a\x02\x08\x02");
    assert_eq!(Page::decode(bytes), Ok(page));
    assert_eq!(Nothing.to_bytes(), Bytes::new());
    assert_eq!(
        Nothing::decode(Bytes::from_static(b"\x08\x01")),
        Ok(Nothing)
    );
}

#[test]
fn hash_maps_are_protobuf_maps() {
    #[derive(Debug, PartialEq, kit::Message)]
    struct Index {
        of: HashMap<String, u32>,
    }
    let index = Index {
        of: [("a".to_owned(), 1), ("b".to_owned(), 0)].into(),
    };
    assert_eq!(Index::decode(index.to_bytes()), Ok(index));
}
