//! Serves `Add` over HTTP/JSON and gRPC on one port.
#![allow(clippy::print_stdout)]

use std::net::SocketAddr;

use examples::add::{AddServer, Basic};
use examples::command_line;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let address = command_line::address("addsvc")?;
    let server = kit::Server::new()
        .mount(AddServer::new(Basic))
        .mount(kit::grpc::Reflection)
        .bind(address.as_str())
        .await?;
    introduce(server.local_addr());
    server.serve().await?;
    Ok(())
}

fn introduce(address: SocketAddr) {
    println!("HTTP/JSON  http://{address}");
    println!("gRPC       grpc://{address}");
    println!("metrics    http://{address}/metrics");
    println!("health     http://{address}/healthz");
    println!();
    println!("Try:");
    println!(
        "  curl -d '{{\"a\":1,\"b\":2}}' -H 'content-type: application/json' http://{address}/sum"
    );
    println!("  cargo run --release -p examples --bin addcli -- --to grpc://{address} sum 1 2");
    println!("  curl http://{address}/metrics");
}
