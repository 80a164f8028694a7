//! jsonrpsee over HTTP, server and client, with named parameters.

use bench_common::{ConcatReply, Role, SumReply, role};
use jsonrpsee::core::{RpcResult, async_trait};
use jsonrpsee::http_client::HttpClient;
use jsonrpsee::proc_macros::rpc;
use jsonrpsee::server::Server;

#[rpc(server, client)]
trait Add {
    #[method(name = "sum", param_kind = map)]
    async fn sum(&self, a: i64, b: i64) -> RpcResult<SumReply>;

    #[method(name = "concat", param_kind = map)]
    async fn concat(&self, a: String, b: String) -> RpcResult<ConcatReply>;
}

fn main() {
    match role() {
        Role::Server(server) if server.what == "jsonrpc" => {
            server.flavor.runtime().block_on(async {
                let listener = Server::builder()
                    .build(server.addr)
                    .await
                    .expect("the address is free");
                listener.start(Basic.into_rpc()).stopped().await;
            })
        }
        Role::Client(client) if client.what == "jsonrpc" => client.load.run(async |addr| {
            let add = HttpClient::builder()
                .build(format!("http://{addr}"))
                .expect("the address is a URL");
            assert_eq!(
                add.concat("x".into(), "y".into())
                    .await
                    .expect("the server answers")
                    .v,
                "xy"
            );
            move |a, b| {
                let add = add.clone();
                async move { add.sum(a, b).await.expect("the server answers").v }
            }
        }),
        role => role.unknown(),
    }
}

struct Basic;

#[async_trait]
impl AddServer for Basic {
    async fn sum(&self, a: i64, b: i64) -> RpcResult<SumReply> {
        Ok(bench_common::sum(bench_common::SumRequest { a, b }))
    }

    async fn concat(&self, a: String, b: String) -> RpcResult<ConcatReply> {
        Ok(bench_common::concat(bench_common::ConcatRequest { a, b }))
    }
}
