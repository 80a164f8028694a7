#![deny(warnings, missing_docs)]
//! Every type that has a protobuf form.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

/// Holds one of each.
#[derive(Clone, Debug, PartialEq, kit::Message)]
pub struct Everything {
    /// A truth.
    pub flag: bool,
    /// Narrow ones.
    pub narrow: u8,
    /// Signed.
    pub signed: i64,
    /// Texts.
    pub texts: Vec<String>,
    /// Bytes.
    pub bytes: Vec<u8>,
    /// Maps.
    pub map: BTreeMap<String, Color>,
    /// Other maps.
    pub other: HashMap<bool, Everything>,
    /// Itself.
    pub parent: Option<Box<Everything>>,
    /// One of some.
    pub shape: Option<Shape>,
    /// When.
    pub at: SystemTime,
    /// How long.
    pub lasts: Option<Duration>,
    /// Nothing.
    pub nothing: (),
    /// Old.
    #[deprecated]
    #[proto(sfixed32)]
    pub old: Option<i32>,
}

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, kit::Message)]
pub enum Color {
    /// The default.
    Red,
    /// Kept.
    #[other]
    Other(i32),
}

/// A shape.
#[derive(Clone, Debug, PartialEq, kit::Message)]
pub enum Shape {
    /// Round.
    Circle(f64),
    /// Gone.
    #[deprecated]
    Nothing,
}

/// Runs the case.
pub fn main() {
    use kit::Message;
    let everything = Everything::decode(Default::default()).expect("all is default");
    assert!(everything.to_bytes().len() > 0);
}
