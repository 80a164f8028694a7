//! tonic with its defaults, server and client.

use bench_common::{ConcatReply, ConcatRequest, Role, SumReply, SumRequest, role};
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Response, Status};

use pb::add_client::AddClient;
use pb::add_server::{Add, AddServer};

#[expect(unreachable_pub, reason = "generated code")]
mod pb {
    include!(concat!(env!("OUT_DIR"), "/pb.Add.rs"));
}

fn main() {
    match role() {
        Role::Server(server) if server.what == "grpc" => {
            let add = Server::builder().add_service(AddServer::new(Basic));
            server
                .flavor
                .runtime()
                .block_on(add.serve(server.addr))
                .expect("the server runs");
        }
        Role::Client(client) if client.what == "grpc" => client.load.run(async |addr| {
            let endpoint =
                Endpoint::from_shared(format!("http://{addr}")).expect("the address is a URI");
            let mut add = AddClient::new(endpoint.connect().await.expect("the server accepts"));
            let req = ConcatRequest {
                a: "x".into(),
                b: "y".into(),
            };
            assert_eq!(
                add.concat(req)
                    .await
                    .expect("the server answers")
                    .into_inner()
                    .v,
                "xy"
            );
            move |a, b| {
                let mut add = add.clone();
                async move {
                    add.sum(SumRequest { a, b })
                        .await
                        .expect("the server answers")
                        .into_inner()
                        .v
                }
            }
        }),
        role => role.unknown(),
    }
}

struct Basic;

#[tonic::async_trait]
impl Add for Basic {
    async fn sum(&self, req: Request<SumRequest>) -> Result<Response<SumReply>, Status> {
        Ok(Response::new(bench_common::sum(req.into_inner())))
    }

    async fn concat(&self, req: Request<ConcatRequest>) -> Result<Response<ConcatReply>, Status> {
        Ok(Response::new(bench_common::concat(req.into_inner())))
    }
}
