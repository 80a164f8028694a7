//! Messages of kit and, for each, prost's message of the same schema.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use kit::Message;
use kit::codec::proto::Enumeration as _;

#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct Scalars {
    pub(super) flag: bool,
    pub(super) int32: i32,
    pub(super) int64: i64,
    pub(super) uint32: u32,
    pub(super) uint64: u64,
    pub(super) float: f32,
    pub(super) double: f64,
    pub(super) text: String,
    pub(super) raw: Vec<u8>,
    pub(super) shared: Bytes,
    pub(super) maybe: Option<i32>,
    pub(super) maybe_text: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ProstScalars {
    #[prost(bool, tag = "1")]
    pub(super) flag: bool,
    #[prost(int32, tag = "2")]
    pub(super) int32: i32,
    #[prost(int64, tag = "3")]
    pub(super) int64: i64,
    #[prost(uint32, tag = "4")]
    pub(super) uint32: u32,
    #[prost(uint64, tag = "5")]
    pub(super) uint64: u64,
    #[prost(float, tag = "6")]
    pub(super) float: f32,
    #[prost(double, tag = "7")]
    pub(super) double: f64,
    #[prost(string, tag = "8")]
    pub(super) text: String,
    #[prost(bytes = "vec", tag = "9")]
    pub(super) raw: Vec<u8>,
    #[prost(bytes = "bytes", tag = "10")]
    pub(super) shared: Bytes,
    #[prost(int32, optional, tag = "11")]
    pub(super) maybe: Option<i32>,
    #[prost(string, optional, tag = "12")]
    pub(super) maybe_text: Option<String>,
}

/// Encodings that are not the default of a type, and tags out of order.
#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct Encodings {
    #[tag(9)]
    #[proto(sint32)]
    pub(super) sint32: i32,
    #[tag(2000)]
    #[proto(sint64)]
    pub(super) sint64: i64,
    #[proto(fixed32)]
    pub(super) fixed32: u32,
    #[proto(fixed64)]
    pub(super) fixed64: u64,
    #[proto(sfixed32)]
    pub(super) sfixed32: i32,
    #[proto(sfixed64)]
    pub(super) sfixed64: Option<i64>,
    #[proto(sint32)]
    pub(super) many: Vec<i32>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ProstEncodings {
    #[prost(sint32, tag = "9")]
    pub(super) sint32: i32,
    #[prost(sint64, tag = "2000")]
    pub(super) sint64: i64,
    #[prost(fixed32, tag = "3")]
    pub(super) fixed32: u32,
    #[prost(fixed64, tag = "4")]
    pub(super) fixed64: u64,
    #[prost(sfixed32, tag = "5")]
    pub(super) sfixed32: i32,
    #[prost(sfixed64, optional, tag = "6")]
    pub(super) sfixed64: Option<i64>,
    #[prost(sint32, repeated, tag = "7")]
    pub(super) many: Vec<i32>,
}

#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct Lists {
    pub(super) flags: Vec<bool>,
    pub(super) ints: Vec<i32>,
    pub(super) longs: Vec<u64>,
    pub(super) doubles: Vec<f64>,
    pub(super) texts: Vec<String>,
    pub(super) blobs: Vec<Vec<u8>>,
    pub(super) by_name: BTreeMap<String, i64>,
    pub(super) by_id: BTreeMap<i32, Encodings>,
    pub(super) colors: Vec<Color>,
    pub(super) shapes: Vec<Shape>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ProstLists {
    #[prost(bool, repeated, tag = "1")]
    pub(super) flags: Vec<bool>,
    #[prost(int32, repeated, tag = "2")]
    pub(super) ints: Vec<i32>,
    #[prost(uint64, repeated, tag = "3")]
    pub(super) longs: Vec<u64>,
    #[prost(double, repeated, tag = "4")]
    pub(super) doubles: Vec<f64>,
    #[prost(string, repeated, tag = "5")]
    pub(super) texts: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "6")]
    pub(super) blobs: Vec<Vec<u8>>,
    #[prost(btree_map = "string, int64", tag = "7")]
    pub(super) by_name: BTreeMap<String, i64>,
    #[prost(btree_map = "int32, message", tag = "8")]
    pub(super) by_id: BTreeMap<i32, ProstEncodings>,
    #[prost(enumeration = "ProstColor", repeated, tag = "9")]
    pub(super) colors: Vec<i32>,
    #[prost(message, repeated, tag = "10")]
    pub(super) shapes: Vec<ProstShape>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, kit::Message)]
pub(super) enum Color {
    Red,
    Green = 7,
    #[tag(-1)]
    Infrared,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, prost::Enumeration)]
pub(super) enum ProstColor {
    Red = 0,
    Green = 7,
    Infrared = -1,
}

#[derive(Clone, Debug, PartialEq, kit::Message)]
pub(super) enum Shape {
    Radius(f64),
    #[tag(5)]
    Name(String),
    Sides(Box<Encodings>),
    Color(Color),
    #[tag(6)]
    Nothing,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ProstShape {
    #[prost(oneof = "ProstShapeKind", tags = "1, 5, 3, 4, 6")]
    pub(super) kind: Option<ProstShapeKind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum ProstShapeKind {
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
pub(super) struct Nested {
    pub(super) scalars: Scalars,
    pub(super) maybe: Option<Scalars>,
    pub(super) tree: Option<Box<Tree>>,
    pub(super) color: Color,
    pub(super) maybe_color: Option<Color>,
    pub(super) shape: Option<Shape>,
    pub(super) at: SystemTime,
    pub(super) maybe_at: Option<SystemTime>,
    pub(super) wait: Duration,
    pub(super) unit: (),
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ProstNested {
    #[prost(message, optional, tag = "1")]
    pub(super) scalars: Option<ProstScalars>,
    #[prost(message, optional, tag = "2")]
    pub(super) maybe: Option<ProstScalars>,
    #[prost(message, optional, tag = "3")]
    pub(super) tree: Option<ProstTree>,
    #[prost(enumeration = "ProstColor", tag = "4")]
    pub(super) color: i32,
    #[prost(enumeration = "ProstColor", optional, tag = "5")]
    pub(super) maybe_color: Option<i32>,
    #[prost(message, optional, tag = "6")]
    pub(super) shape: Option<ProstShape>,
    #[prost(message, optional, tag = "7")]
    pub(super) at: Option<prost_types::Timestamp>,
    #[prost(message, optional, tag = "8")]
    pub(super) maybe_at: Option<prost_types::Timestamp>,
    #[prost(message, optional, tag = "9")]
    pub(super) wait: Option<prost_types::Duration>,
    #[prost(message, optional, tag = "10")]
    pub(super) unit: Option<()>,
}

#[derive(Clone, Debug, Default, PartialEq, kit::Message)]
pub(super) struct Tree {
    pub(super) label: u64,
    pub(super) children: Vec<Tree>,
    pub(super) next: Option<Box<Tree>>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ProstTree {
    #[prost(uint64, tag = "1")]
    pub(super) label: u64,
    #[prost(message, repeated, tag = "2")]
    pub(super) children: Vec<ProstTree>,
    #[prost(message, optional, boxed, tag = "3")]
    pub(super) next: Option<Box<ProstTree>>,
}

/// A message of kit with prost's message of the same schema.
pub(super) trait Twin: Message + Clone + Debug + PartialEq {
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
