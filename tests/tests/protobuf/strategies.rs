//! Strategies of proptest for the messages of [`twins`](super::twins).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

use super::twins::{Color, Encodings, Lists, Nested, Scalars, Shape, Tree};

/// Floats without -0, which prost drops and the protobuf specification keeps.
fn double() -> impl Strategy<Value = f64> {
    any::<f64>().prop_map(|value| value + 0.0)
}

pub(super) fn scalars() -> impl Strategy<Value = Scalars> {
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

pub(super) fn encodings() -> impl Strategy<Value = Encodings> {
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

pub(super) fn color() -> impl Strategy<Value = Color> {
    prop_oneof![Just(Color::Red), Just(Color::Green), Just(Color::Infrared)]
}

pub(super) fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        double().prop_map(Shape::Radius),
        ".{0,4}".prop_map(Shape::Name),
        encodings().prop_map(|sides| Shape::Sides(Box::new(sides))),
        color().prop_map(Shape::Color),
        Just(Shape::Nothing),
    ]
}

pub(super) fn lists() -> impl Strategy<Value = Lists> {
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

pub(super) fn tree() -> impl Strategy<Value = Tree> {
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

pub(super) fn nested() -> impl Strategy<Value = Nested> {
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
