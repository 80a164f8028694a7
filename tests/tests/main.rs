//! The integration suite: one binary, so that it links once; one folder per
//! capability.
// Services and messages are declared as users declare them, `pub`.
#![allow(unreachable_pub)]

mod architecture;
mod clusters;
mod config;
mod grpc;
mod http;
mod interop;
mod policy;
mod protobuf;
mod server;
mod support;
mod telemetry;
mod testing;
