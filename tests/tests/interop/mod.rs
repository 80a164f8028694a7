//! Programs and crates of others: tonic, grpcio, axum, Tower, curl, promtool.

mod embedded;
mod grpcio;
mod programs;
mod tonic;
mod tonic_refusals;
