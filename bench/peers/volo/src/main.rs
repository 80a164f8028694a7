//! volo-grpc, from the `.proto` that its generator asks for.

use bench_common::{Role, role};
use volo::net::Address;
use volo_grpc::server::{Server, ServiceBuilder};
use volo_grpc::{Request, Response, Status};

use pb::{Add, AddServer, ConcatReply, ConcatRequest, SumReply, SumRequest};
use volo_gen::pb;

include!(concat!(env!("OUT_DIR"), "/volo_gen.rs"));

fn main() {
    let role = role();
    let Role::Server(server) = &role else {
        role.unknown()
    };
    if server.what != "grpc" {
        role.unknown();
    }
    let add = ServiceBuilder::new(AddServer::new(Basic)).build();
    let run = Server::new()
        .add_service(add)
        .run(Address::from(server.addr));
    server
        .flavor
        .runtime()
        .block_on(run)
        .expect("the server runs");
}

struct Basic;

impl Add for Basic {
    async fn sum(&self, req: Request<SumRequest>) -> Result<Response<SumReply>, Status> {
        let SumRequest { a, b } = req.into_inner();
        let bench_common::SumReply { v } = bench_common::sum(bench_common::SumRequest { a, b });
        Ok(Response::new(SumReply { v }))
    }

    async fn concat(&self, req: Request<ConcatRequest>) -> Result<Response<ConcatReply>, Status> {
        let ConcatRequest { a, b } = req.into_inner();
        let req = bench_common::ConcatRequest {
            a: a.into(),
            b: b.into(),
        };
        let bench_common::ConcatReply { v } = bench_common::concat(req);
        Ok(Response::new(ConcatReply { v: v.into() }))
    }
}
