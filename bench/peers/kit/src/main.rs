//! kit, as its users write it: one trait, both sides, HTTP/JSON and gRPC.

use bench_common::{Client, ConcatRequest, Flavor, Role, Server, SumRequest, role};
use kit::prelude::*;
use serde::{Deserialize, Serialize};

#[kit::service(name = "pb.Add")]
#[transport(http, grpc)]
trait Add {
    #[endpoint(post = "/sum")]
    async fn sum(&self, a: i64, b: i64) -> Result<SumReply, Status>;

    #[endpoint(post = "/concat")]
    async fn concat(&self, a: String, b: String) -> Result<ConcatReply, Status>;
}

#[derive(Serialize, Deserialize, Message)]
struct SumReply {
    v: i64,
}

#[derive(Serialize, Deserialize, Message)]
struct ConcatReply {
    v: String,
}

fn main() {
    match role() {
        Role::Server(server) if ["http", "grpc"].contains(&server.what.as_str()) => {
            serve(&server, Basic);
        }
        Role::Server(server) if server.what.ends_with("-policies") => serve(&server, Guarded),
        Role::Client(client) if client.what == "http" => call(client, "http"),
        Role::Client(client) if client.what == "grpc" => call(client, "grpc"),
        role => role.unknown(),
    }
}

/// One port speaks both protocols, so both rows are of the same program.
fn serve(server: &Server, add: impl Add + Send + Sync + 'static) {
    let workers = match server.flavor {
        Flavor::Multi => 0,
        Flavor::Current => 1,
    };
    let add = kit::Server::new()
        .mount(AddServer::new(add))
        .workers(workers);
    let served = server
        .flavor
        .runtime()
        .block_on(add.serve(server.addr.to_string()));
    served.expect("the server runs");
}

fn call(client: Client, scheme: &str) {
    client.load.run(async |addr| {
        let add = AddClient::connect(format!("{scheme}://{addr}"))
            .await
            .expect("the server accepts");
        let reply = add.concat("x".into(), "y".into()).await;
        assert_eq!(reply.expect("the server answers").v, "xy");
        move |a, b| {
            let add = add.clone();
            async move { add.sum(a, b).await.expect("the server answers").v }
        }
    });
}

struct Basic;

#[kit::service]
impl Add for Basic {
    async fn sum(&self, a: i64, b: i64) -> Result<SumReply, Status> {
        Ok(SumReply {
            v: bench_common::sum(SumRequest { a, b }).v,
        })
    }

    async fn concat(&self, a: String, b: String) -> Result<ConcatReply, Status> {
        Ok(ConcatReply {
            v: bench_common::concat(ConcatRequest { a, b }).v,
        })
    }
}

/// The same behind every policy that a server has, none of which refuses.
struct Guarded;

#[kit::service]
#[timeout("2s")]
#[shed(cpu = 1.0)]
#[concurrency(1000)]
#[rate_limit("1000000000/s")]
#[breaker(at = server)]
impl Add for Guarded {
    async fn sum(&self, a: i64, b: i64) -> Result<SumReply, Status> {
        Basic.sum(a, b).await
    }

    async fn concat(&self, a: String, b: String) -> Result<ConcatReply, Status> {
        Basic.concat(a, b).await
    }
}
