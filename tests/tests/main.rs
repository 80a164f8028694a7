//! The integration suite: one binary, so that it links once; one module a
//! capability.
// Services and messages are written here as their users write them.
#![allow(unreachable_pub)]

mod clusters;
mod compiled_config;
mod config;
mod eager;
mod function_config;
mod function_order;
mod functions;
mod go_kit;
mod grpc_calls;
mod grpc_input;
mod grpc_peers;
mod grpc_probe;
mod grpc_python;
mod grpc_refusals;
mod grpc_tonic;
mod http_calls;
mod http_client;
mod http_input;
mod http_items;
mod http_routing;
mod message;
mod metrics;
mod neighbours;
mod policies;
mod policy_metrics;
mod policy_order;
mod policy_streams;
mod programs;
mod proto_files;
mod raw;
mod refusals;
mod retries;
mod server_hostile;
mod server_lifecycle;
mod shared_limits;
mod support;
mod testing_tools;
mod tidy;
