//! Go kit's addsvc: small enough that a framework's own cost is all one sees.
//!
//! The types carry both serde's and prost's derives, so that every peer that
//! takes them as they are decodes and encodes the very same way.

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Serialize, Deserialize, prost::Message)]
pub struct SumRequest {
    #[prost(int64, tag = "1")]
    pub a: i64,
    #[prost(int64, tag = "2")]
    pub b: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, prost::Message)]
pub struct SumReply {
    #[prost(int64, tag = "1")]
    pub v: i64,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, prost::Message)]
pub struct ConcatRequest {
    #[prost(string, tag = "1")]
    pub a: String,
    #[prost(string, tag = "2")]
    pub b: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, prost::Message)]
pub struct ConcatReply {
    #[prost(string, tag = "1")]
    pub v: String,
}

pub fn sum(req: SumRequest) -> SumReply {
    SumReply {
        v: req.a.wrapping_add(req.b),
    }
}

pub fn concat(req: ConcatRequest) -> ConcatReply {
    ConcatReply { v: req.a + &req.b }
}
