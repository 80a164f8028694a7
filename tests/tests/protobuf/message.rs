//! Messages against prost: the same schema is the same bytes, whatever the
//! values, and no bytes at all can do more than be refused.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use kit::Message;
use kit::codec::proto::{DecodeError, Enumeration as _};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
struct Scalars {
    flag: bool,
    int32: i32,
    int64: i64,
    uint32: u32,
    uint64: u64,
    float: f32,
    double: f64,
    text: String,
    raw: Vec<u8>,
    shared: Bytes,
    maybe: Option<i32>,
    maybe_text: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ProstScalars {
    #[prost(bool, tag = "1")]
    flag: bool,
    #[prost(int32, tag = "2")]
    int32: i32,
    #[prost(int64, tag = "3")]
    int64: i64,
    #[prost(uint32, tag = "4")]
    uint32: u32,
    #[prost(uint64, tag = "5")]
    uint64: u64,
    #[prost(float, tag = "6")]
    float: f32,
    #[prost(double, tag = "7")]
    double: f64,
    #[prost(string, tag = "8")]
    text: String,
    #[prost(bytes = "vec", tag = "9")]
    raw: Vec<u8>,
    #[prost(bytes = "bytes", tag = "10")]
    shared: Bytes,
    #[prost(int32, optional, tag = "11")]
    maybe: Option<i32>,
    #[prost(string, optional, tag = "12")]
    maybe_text: Option<String>,
}

/// The encodings that are not a type's own, and numbers out of order.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
struct Encodings {
    #[tag(9)]
    #[proto(sint32)]
    sint32: i32,
    #[tag(2000)]
    #[proto(sint64)]
    sint64: i64,
    #[proto(fixed32)]
    fixed32: u32,
    #[proto(fixed64)]
    fixed64: u64,
    #[proto(sfixed32)]
    sfixed32: i32,
    #[proto(sfixed64)]
    sfixed64: Option<i64>,
    #[proto(sint32)]
    many: Vec<i32>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ProstEncodings {
    #[prost(sint32, tag = "9")]
    sint32: i32,
    #[prost(sint64, tag = "2000")]
    sint64: i64,
    #[prost(fixed32, tag = "3")]
    fixed32: u32,
    #[prost(fixed64, tag = "4")]
    fixed64: u64,
    #[prost(sfixed32, tag = "5")]
    sfixed32: i32,
    #[prost(sfixed64, optional, tag = "6")]
    sfixed64: Option<i64>,
    #[prost(sint32, repeated, tag = "7")]
    many: Vec<i32>,
}

#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
struct Lists {
    flags: Vec<bool>,
    ints: Vec<i32>,
    longs: Vec<u64>,
    doubles: Vec<f64>,
    texts: Vec<String>,
    blobs: Vec<Vec<u8>>,
    by_name: BTreeMap<String, i64>,
    by_id: BTreeMap<i32, Encodings>,
    colors: Vec<Color>,
    shapes: Vec<Shape>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ProstLists {
    #[prost(bool, repeated, tag = "1")]
    flags: Vec<bool>,
    #[prost(int32, repeated, tag = "2")]
    ints: Vec<i32>,
    #[prost(uint64, repeated, tag = "3")]
    longs: Vec<u64>,
    #[prost(double, repeated, tag = "4")]
    doubles: Vec<f64>,
    #[prost(string, repeated, tag = "5")]
    texts: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    blobs: Vec<Vec<u8>>,
    #[prost(btree_map = "string, int64", tag = "7")]
    by_name: BTreeMap<String, i64>,
    #[prost(btree_map = "int32, message", tag = "8")]
    by_id: BTreeMap<i32, ProstEncodings>,
    #[prost(enumeration = "ProstColor", repeated, tag = "9")]
    colors: Vec<i32>,
    #[prost(message, repeated, tag = "10")]
    shapes: Vec<ProstShape>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, kit::Message)]
enum Color {
    Red,
    Green = 7,
    #[tag(-1)]
    Infrared,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, prost::Enumeration)]
enum ProstColor {
    Red = 0,
    Green = 7,
    Infrared = -1,
}

#[derive(Clone, Debug, PartialEq, kit::Message)]
enum Shape {
    Radius(f64),
    #[tag(5)]
    Name(String),
    Sides(Box<Encodings>),
    Color(Color),
    #[tag(6)]
    Nothing,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ProstShape {
    #[prost(oneof = "ProstShapeKind", tags = "1, 5, 3, 4, 6")]
    kind: Option<ProstShapeKind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum ProstShapeKind {
    #[prost(double, tag = "1")]
    Radius(f64),
    #[prost(string, tag = "5")]
    Name(String),
    #[prost(message, tag = "3")]
    Sides(ProstEncodings),
    #[prost(enumeration = "ProstColor", tag = "4")]
    Color(i32),
    #[prost(message, tag = "6")]
    Nothing(()),
}

#[derive(Clone, Debug, PartialEq, kit::Message)]
struct Nested {
    scalars: Scalars,
    maybe: Option<Scalars>,
    tree: Option<Box<Tree>>,
    color: Color,
    maybe_color: Option<Color>,
    shape: Option<Shape>,
    at: SystemTime,
    maybe_at: Option<SystemTime>,
    wait: Duration,
    unit: (),
}

#[derive(Clone, PartialEq, prost::Message)]
struct ProstNested {
    #[prost(message, optional, tag = "1")]
    scalars: Option<ProstScalars>,
    #[prost(message, optional, tag = "2")]
    maybe: Option<ProstScalars>,
    #[prost(message, optional, tag = "3")]
    tree: Option<ProstTree>,
    #[prost(enumeration = "ProstColor", tag = "4")]
    color: i32,
    #[prost(enumeration = "ProstColor", optional, tag = "5")]
    maybe_color: Option<i32>,
    #[prost(message, optional, tag = "6")]
    shape: Option<ProstShape>,
    #[prost(message, optional, tag = "7")]
    at: Option<prost_types::Timestamp>,
    #[prost(message, optional, tag = "8")]
    maybe_at: Option<prost_types::Timestamp>,
    #[prost(message, optional, tag = "9")]
    wait: Option<prost_types::Duration>,
    #[prost(message, optional, tag = "10")]
    unit: Option<()>,
}

#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
struct Tree {
    label: u64,
    children: Vec<Tree>,
    next: Option<Box<Tree>>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ProstTree {
    #[prost(uint64, tag = "1")]
    label: u64,
    #[prost(message, repeated, tag = "2")]
    children: Vec<ProstTree>,
    #[prost(message, optional, boxed, tag = "3")]
    next: Option<Box<ProstTree>>,
}

/// A type of ours and prost's type of the same schema.
trait Twin: Message + Clone + Debug + PartialEq {
    type Prost: prost::Message + Default + PartialEq + Debug;
    fn twin(&self) -> Self::Prost;
}

impl Twin for Scalars {
    type Prost = ProstScalars;
    fn twin(&self) -> ProstScalars {
        let this = self.clone();
        ProstScalars {
            flag: this.flag,
            int32: this.int32,
            int64: this.int64,
            uint32: this.uint32,
            uint64: this.uint64,
            float: this.float,
            double: this.double,
            text: this.text,
            raw: this.raw,
            shared: this.shared,
            maybe: this.maybe,
            maybe_text: this.maybe_text,
        }
    }
}

impl Twin for Encodings {
    type Prost = ProstEncodings;
    fn twin(&self) -> ProstEncodings {
        ProstEncodings {
            sint32: self.sint32,
            sint64: self.sint64,
            fixed32: self.fixed32,
            fixed64: self.fixed64,
            sfixed32: self.sfixed32,
            sfixed64: self.sfixed64,
            many: self.many.clone(),
        }
    }
}

impl Twin for Lists {
    type Prost = ProstLists;
    fn twin(&self) -> ProstLists {
        let this = self.clone();
        ProstLists {
            flags: this.flags,
            ints: this.ints,
            longs: this.longs,
            doubles: this.doubles,
            texts: this.texts,
            blobs: this.blobs,
            by_name: this.by_name,
            by_id: this
                .by_id
                .iter()
                .map(|(id, item)| (*id, item.twin()))
                .collect(),
            colors: this.colors.iter().map(|color| color.number()).collect(),
            shapes: this.shapes.iter().map(Twin::twin).collect(),
        }
    }
}

impl Twin for Shape {
    type Prost = ProstShape;
    fn twin(&self) -> ProstShape {
        let kind = match self.clone() {
            Self::Radius(radius) => ProstShapeKind::Radius(radius),
            Self::Name(name) => ProstShapeKind::Name(name),
            Self::Sides(sides) => ProstShapeKind::Sides(sides.twin()),
            Self::Color(color) => ProstShapeKind::Color(color.number()),
            Self::Nothing => ProstShapeKind::Nothing(()),
        };
        ProstShape { kind: Some(kind) }
    }
}

impl Twin for Tree {
    type Prost = ProstTree;
    fn twin(&self) -> ProstTree {
        ProstTree {
            label: self.label,
            children: self.children.iter().map(Twin::twin).collect(),
            next: self.next.as_ref().map(|next| Box::new(next.twin())),
        }
    }
}

impl Twin for Nested {
    type Prost = ProstNested;
    fn twin(&self) -> ProstNested {
        ProstNested {
            scalars: Some(self.scalars.twin()),
            maybe: self.maybe.as_ref().map(Twin::twin),
            tree: self.tree.as_ref().map(|tree| tree.twin()),
            color: self.color.number(),
            maybe_color: self.maybe_color.map(|color| color.number()),
            shape: self.shape.as_ref().map(Twin::twin),
            at: Some(self.at.into()),
            maybe_at: self.maybe_at.map(Into::into),
            wait: Some(self.wait.try_into().expect("a length that fits")),
            unit: Some(()),
        }
    }
}

/// Floats without -0, which prost drops and protobuf's specification keeps.
fn double() -> impl Strategy<Value = f64> {
    any::<f64>().prop_map(|value| value + 0.0)
}

fn scalars() -> impl Strategy<Value = Scalars> {
    let numbers = (
        any::<bool>(),
        any::<i32>(),
        any::<i64>(),
        any::<u32>(),
        any::<u64>(),
        any::<f32>().prop_map(|value| value + 0.0),
        double(),
    );
    let rest = (
        ".{0,8}",
        vec(any::<u8>(), 0..200),
        vec(any::<u8>(), 0..8),
        of(any::<i32>()),
        of(".{0,3}"),
    );
    (numbers, rest).prop_map(|(numbers, rest)| {
        let (flag, int32, int64, uint32, uint64, float, double) = numbers;
        let (text, raw, shared, maybe, maybe_text) = rest;
        Scalars {
            flag,
            int32,
            int64,
            uint32,
            uint64,
            float,
            double,
            text,
            raw,
            shared: shared.into(),
            maybe,
            maybe_text,
        }
    })
}

fn encodings() -> impl Strategy<Value = Encodings> {
    (
        any::<i32>(),
        any::<i64>(),
        any::<u32>(),
        any::<u64>(),
        any::<i32>(),
        of(any::<i64>()),
        vec(any::<i32>(), 0..4),
    )
        .prop_map(
            |(sint32, sint64, fixed32, fixed64, sfixed32, sfixed64, many)| Encodings {
                sint32,
                sint64,
                fixed32,
                fixed64,
                sfixed32,
                sfixed64,
                many,
            },
        )
}

fn color() -> impl Strategy<Value = Color> {
    prop_oneof![Just(Color::Red), Just(Color::Green), Just(Color::Infrared)]
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        double().prop_map(Shape::Radius),
        ".{0,4}".prop_map(Shape::Name),
        encodings().prop_map(|sides| Shape::Sides(Box::new(sides))),
        color().prop_map(Shape::Color),
        Just(Shape::Nothing),
    ]
}

fn lists() -> impl Strategy<Value = Lists> {
    (
        vec(any::<bool>(), 0..4),
        vec(any::<i32>(), 0..4),
        vec(any::<u64>(), 0..4),
        vec(double(), 0..4),
        vec(".{0,3}", 0..4),
        vec(vec(any::<u8>(), 0..4), 0..4),
        btree_map(".{0,3}", any::<i64>(), 0..4),
        btree_map(any::<i32>(), encodings(), 0..3),
        vec(color(), 0..4),
        vec(shape(), 0..4),
    )
        .prop_map(
            |(flags, ints, longs, doubles, texts, blobs, by_name, by_id, colors, shapes)| Lists {
                flags,
                ints,
                longs,
                doubles,
                texts,
                blobs,
                by_name,
                by_id,
                colors,
                shapes,
            },
        )
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = any::<u64>().prop_map(|label| Tree {
        label,
        ..Tree::default()
    });
    leaf.prop_recursive(4, 16, 3, |inner| {
        (any::<u64>(), vec(inner.clone(), 0..3), of(inner)).prop_map(|(label, children, next)| {
            Tree {
                label,
                children,
                next: next.map(Box::new),
            }
        })
    })
}

fn time() -> impl Strategy<Value = SystemTime> {
    (-70_000_000_000_i64..250_000_000_000, 0_u32..1_000_000_000).prop_map(|(seconds, nanos)| {
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            UNIX_EPOCH - whole
        } else {
            UNIX_EPOCH + whole
        };
        time + Duration::from_nanos(u64::from(nanos))
    })
}

fn nested() -> impl Strategy<Value = Nested> {
    (
        scalars(),
        of(scalars()),
        of(tree()),
        color(),
        of(color()),
        of(shape()),
        time(),
        of(time()),
        (0..=i64::MAX as u64, 0..1_000_000_000_u32),
    )
        .prop_map(
            |(scalars, maybe, tree, color, maybe_color, shape, at, maybe_at, wait)| Nested {
                scalars,
                maybe,
                tree: tree.map(Box::new),
                color,
                maybe_color,
                shape,
                at,
                maybe_at,
                wait: Duration::new(wait.0, wait.1),
                unit: (),
            },
        )
}

/// The same bytes as prost, the length that was promised, and back again.
fn agrees<T: Twin>(value: &T) -> Result<(), TestCaseError> {
    let bytes = value.to_bytes();
    prop_assert_eq!(bytes.len(), value.encoded_len());
    prop_assert_eq!(
        &bytes[..],
        &prost::Message::encode_to_vec(&value.twin())[..]
    );
    prop_assert_eq!(T::decode(bytes), Ok(value.clone()));
    Ok(())
}

/// Whatever arrives, ours and prost's say yes or no to the same bytes, and
/// what they read is the same. `lenient` is for types of which ours is
/// stricter: its enums are closed, its oneofs are never empty.
fn agrees_on<T: Twin>(bytes: &[u8], lenient: bool) -> Result<(), TestCaseError> {
    let ours = T::decode(Bytes::copy_from_slice(bytes));
    let theirs = <T::Prost as prost::Message>::decode(bytes);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            let theirs = prost::Message::encode_to_vec(&theirs);
            let again = T::decode(theirs.into()).expect("prost wrote it");
            // Debug compares NaN as the same.
            prop_assert_eq!(format!("{ours:?}"), format!("{again:?}"));
        }
        (Err(_), Err(_)) => {}
        (Err(_), Ok(_)) if lenient => {}
        (ours, theirs) => prop_assert!(false, "ours {ours:?}, prost {theirs:?}"),
    }
    Ok(())
}

/// Bytes that are almost a message: cut, with one byte changed.
fn damaged<T: Message>(value: &T, cut: usize, at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = value.to_bytes().to_vec();
    bytes.truncate(bytes.len() - cut % (bytes.len() + 1));
    let len = bytes.len().max(1);
    if let Some(place) = bytes.get_mut(at % len) {
        *place = byte;
    }
    bytes
}

proptest! {
    #[test]
    fn scalars_agree_with_prost(value in scalars()) {
        agrees(&value)?;
    }

    #[test]
    fn other_encodings_agree_with_prost(value in encodings()) {
        agrees(&value)?;
    }

    #[test]
    fn lists_and_maps_agree_with_prost(value in lists()) {
        agrees(&value)?;
    }

    #[test]
    fn nested_and_well_known_messages_agree_with_prost(value in nested()) {
        agrees(&value)?;
    }

    #[test]
    fn recursive_messages_agree_with_prost(value in tree()) {
        agrees(&value)?;
    }

    #[test]
    fn arbitrary_bytes_are_read_as_prost_reads_them(bytes in vec(any::<u8>(), 0..64)) {
        agrees_on::<Scalars>(&bytes, false)?;
        agrees_on::<Encodings>(&bytes, false)?;
        agrees_on::<Tree>(&bytes, false)?;
        agrees_on::<Lists>(&bytes, true)?;
        agrees_on::<Nested>(&bytes, true)?;
    }

    #[test]
    fn damaged_scalars_are_read_as_prost_reads_them(
        value in scalars(), cut in any::<usize>(), at in any::<usize>(), byte in any::<u8>(),
    ) {
        agrees_on::<Scalars>(&damaged(&value, cut, at, byte), false)?;
    }

    #[test]
    fn damaged_lists_are_read_as_prost_reads_them(
        value in lists(), cut in 0_usize..8, at in any::<usize>(), byte in any::<u8>(),
    ) {
        agrees_on::<Lists>(&damaged(&value, cut, at, byte), true)?;
    }

    #[test]
    fn damaged_trees_are_read_as_prost_reads_them(
        value in tree(), cut in 0_usize..8, at in any::<usize>(), byte in any::<u8>(),
    ) {
        agrees_on::<Tree>(&damaged(&value, cut, at, byte), false)?;
    }

    #[test]
    fn two_halves_of_a_message_merge(first in tree(), second in tree()) {
        let bytes = [first.to_bytes(), second.to_bytes()].concat();
        agrees_on::<Tree>(&bytes, false)?;
    }

    #[test]
    fn damaged_nested_messages_never_panic(
        value in nested(), cut in 0_usize..8, at in any::<usize>(), byte in any::<u8>(),
    ) {
        let _ = Nested::decode(damaged(&value, cut, at, byte).into());
    }
}

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
fn a_number_without_a_variant_is_refused_by_name() {
    assert_eq!(
        error::<Nested>(b"\x20\x09"),
        "field `color` of message `Nested`: enum `Color` has no value numbered 9"
    );
}

#[test]
fn an_other_variant_keeps_the_number() {
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
fn a_data_enum_that_is_absent_is_refused_by_name() {
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
fn narrow_integers_are_checked() {
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
fn nesting_has_an_end() {
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
fn a_message_that_must_hold_itself_is_refused_not_a_stack_overflow() {
    #[derive(Debug, kit::Message)]
    struct Endless {
        next: Box<Endless>,
    }
    assert!(error::<Endless>(b"").ends_with("messages nest deeper than 100"));
    let _ = |endless: Endless| endless.next;
}

#[test]
fn bytes_are_a_slice_of_what_arrived() {
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
fn of_two_scalars_and_two_variants_the_last_one_wins() {
    let read = Scalars::decode(Bytes::from_static(b"\x10\x01\x10\x02")).expect("two is fine");
    assert_eq!(read.int32, 2);
    let read = Shape::decode(Bytes::from_static(b"\x2a\x01a\x32\x00")).expect("two is fine");
    assert_eq!(read, Shape::Nothing);
}

#[test]
fn a_time_or_a_length_out_of_range_is_refused() {
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
fn hash_maps_with_any_hasher_are_maps() {
    #[derive(Debug, PartialEq, kit::Message)]
    struct Index {
        of: HashMap<String, u32>,
    }
    let index = Index {
        of: [("a".to_owned(), 1), ("b".to_owned(), 0)].into(),
    };
    assert_eq!(Index::decode(index.to_bytes()), Ok(index));
}
