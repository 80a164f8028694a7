//! The protobuf codec against prost, and printed `.proto` files against a compiler.

mod files;
mod message;
