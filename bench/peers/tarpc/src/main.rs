//! tarpc, bincode over TCP: a protocol of its own, so that its client is also
//! the load its server is measured with.

use std::io;
use std::net::SocketAddr;

use bench_common::{ConcatReply, ConcatRequest, Role, SumReply, SumRequest, role};
use futures::StreamExt;
use tarpc::context::{self, Context};
use tarpc::serde_transport::tcp;
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Bincode;

#[tarpc::service]
trait Add {
    async fn sum(a: i64, b: i64) -> SumReply;
    async fn concat(a: String, b: String) -> ConcatReply;
}

fn main() {
    match role() {
        Role::Server(server) if server.what == "tarpc" => {
            server
                .flavor
                .runtime()
                .block_on(serve(server.addr))
                .expect("the server runs");
        }
        Role::Client(client) if client.what == "tarpc" => client.load.run(async |addr| {
            let transport = tcp::connect(addr, Bincode::default)
                .await
                .expect("the server accepts");
            let add = AddClient::new(tarpc::client::Config::default(), transport).spawn();
            let reply = add.concat(context::current(), "x".into(), "y".into()).await;
            assert_eq!(reply.expect("the server answers").v, "xy");
            move |a, b| {
                let add = add.clone();
                async move {
                    add.sum(context::current(), a, b)
                        .await
                        .expect("the server answers")
                        .v
                }
            }
        }),
        role => role.unknown(),
    }
}

async fn serve(addr: SocketAddr) -> io::Result<()> {
    let mut incoming = tcp::listen(addr, Bincode::default).await?;
    while let Some(transport) = incoming.next().await {
        let channel = BaseChannel::with_defaults(transport?);
        tokio::spawn(channel.execute(Basic.serve()).for_each(|answer| async {
            tokio::spawn(answer);
        }));
    }
    Ok(())
}

#[derive(Clone)]
struct Basic;

impl Add for Basic {
    async fn sum(self, _: Context, a: i64, b: i64) -> SumReply {
        bench_common::sum(SumRequest { a, b })
    }

    async fn concat(self, _: Context, a: String, b: String) -> ConcatReply {
        bench_common::concat(ConcatRequest { a, b })
    }
}
