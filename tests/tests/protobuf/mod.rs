//! The protobuf codec against prost, and printed `.proto` files against a compiler.

mod against_prost;
mod decoding;
mod files;
mod strategies;
mod twins;
