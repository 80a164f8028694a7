//! actix-web, which brings its own runtime: a current-thread one per worker,
//! whatever flavor is asked for.

use actix_web::web::{Json, post};
use actix_web::{App, HttpServer};
use bench_common::{ConcatReply, ConcatRequest, Role, SumReply, SumRequest, role};

fn main() {
    let role = role();
    let Role::Server(server) = &role else {
        role.unknown()
    };
    if server.what != "http" {
        role.unknown();
    }
    let http = HttpServer::new(|| {
        App::new()
            .route("/sum", post().to(sum))
            .route("/concat", post().to(concat))
    });
    actix_web::rt::System::new()
        .block_on(
            http.workers(1)
                .bind(server.addr)
                .expect("the address is free")
                .run(),
        )
        .expect("the server runs");
}

async fn sum(Json(req): Json<SumRequest>) -> Json<SumReply> {
    Json(bench_common::sum(req))
}

async fn concat(Json(req): Json<ConcatRequest>) -> Json<ConcatReply> {
    Json(bench_common::concat(req))
}
