//! Third-party programs and crates: tonic, grpcio, axum, Tower, curl, promtool.

mod embedded;
mod grpcio;
mod programs;
mod tonic;
mod tonic_refusals;
