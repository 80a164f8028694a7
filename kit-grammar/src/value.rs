//! Values, once they are read.

use std::time::Duration;

use crate::rate::Rate;

/// A value of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `"250ms"`
    Duration(Duration),
    /// `"20ms..1s"`; one duration is a range of itself.
    Range(Duration, Duration),
    /// `"100/s"`
    Rate(Rate),
    /// `20`
    Integer(u32),
    /// `0.5`
    Float(f64),
    /// `"p95"`, as a part of one.
    Percentile(f64),
    /// A number of calls, where a duration could stand too.
    Calls(u32),
    /// Whether it is on.
    Flag(bool),
    /// `on(unavailable, aborted)`
    Codes(Vec<&'static str>),
    /// `key = peer`
    CountedBy(CountedBy),
    /// One of the words that the key knows.
    Word(&'static str),
    /// The path of a function.
    Path(String),
}

/// By what a rate limit tells its callers apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountedBy {
    /// All callers are one.
    Everyone,
    /// The address of the peer.
    Peer,
    /// Who the caller is, once it is known.
    Identity,
    /// The value of a header.
    Header(String),
    /// The value of an argument.
    Argument(String),
}
