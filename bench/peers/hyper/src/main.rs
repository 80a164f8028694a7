//! hyper by hand: the floor that the ratio columns stand on.
//!
//! No router, no middleware, no limits and no error type: what is left is the
//! HTTP, the JSON or protobuf, and the addition.

mod client;
mod grpc;
mod http;

use bench_common::{Role, role};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

fn main() {
    let role = role();
    match &role {
        Role::Server(server) => {
            let serve = async {
                match server.what.as_str() {
                    "http" => http::serve(server.addr, false).await,
                    "http-tuned" => http::serve(server.addr, true).await,
                    "grpc" => grpc::serve(server.addr).await,
                    _ => role.unknown(),
                }
            };
            server
                .flavor
                .runtime()
                .block_on(serve)
                .expect("the server runs");
        }
        Role::Client(_) => client::run(role),
    }
}

/// Most bodies come as one frame, and then need no buffer of their own.
async fn whole(mut body: Incoming) -> hyper::Result<Bytes> {
    let Some(first) = body.frame().await else {
        return Ok(Bytes::new());
    };
    let first = first?.into_data().unwrap_or_default();
    if body.is_end_stream() {
        return Ok(first);
    }
    let rest = body.collect().await?.to_bytes();
    Ok(if rest.is_empty() {
        first
    } else {
        [first, rest].concat().into()
    })
}
