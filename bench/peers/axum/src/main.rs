//! axum as its documentation writes it, and the same with more routes.

use axum::serve::ListenerExt;
use axum::{Json, Router, routing::post};
use bench_common::{ConcatReply, ConcatRequest, Role, SumReply, SumRequest, role};
use tokio::net::TcpListener;

fn main() {
    let role = role();
    let Role::Server(server) = &role else {
        role.unknown()
    };
    let router = match (server.what.as_str(), server.routes()) {
        ("http", _) => add(),
        (_, Some(count)) => many(count),
        _ => role.unknown(),
    };
    server.flavor.runtime().block_on(async {
        let listener = TcpListener::bind(server.addr)
            .await
            .expect("the address is free");
        let listener = listener.tap_io(|stream| {
            stream
                .set_nodelay(true)
                .expect("a socket takes TCP_NODELAY")
        });
        axum::serve(listener, router)
            .await
            .expect("the server runs");
    });
}

fn add() -> Router {
    Router::new()
        .route("/sum", post(sum))
        .route("/concat", post(concat))
}

/// The driver asks for the last of them.
fn many(count: usize) -> Router {
    (0..count).fold(Router::new(), |router, i| {
        router.route(&format!("/v1/item{i}/sum"), post(sum))
    })
}

async fn sum(Json(req): Json<SumRequest>) -> Json<SumReply> {
    Json(bench_common::sum(req))
}

async fn concat(Json(req): Json<ConcatRequest>) -> Json<ConcatReply> {
    Json(bench_common::concat(req))
}
