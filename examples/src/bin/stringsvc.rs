//! Serves `Strings` over HTTP/JSON and gRPC on one port.
#![allow(clippy::print_stdout)]

use std::net::SocketAddr;
use std::process::ExitCode;

use examples::command_line;
use examples::string::{Basic, StringsServer};

const USAGE: &str = "usage: stringsvc [--addr HOST:PORT]";

#[tokio::main]
async fn main() -> ExitCode {
    let address = |arguments| command_line::address(USAGE, arguments);
    command_line::run("stringsvc", USAGE, address, serve).await
}

async fn serve(address: String) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let server = kit::Server::new()
        .mount(StringsServer::new(Basic))
        .bind(address.as_str())
        .await?;
    introduce(server.local_addr());
    server.serve().await?;
    Ok(())
}

fn introduce(address: SocketAddr) {
    println!("HTTP/JSON  http://{address}");
    println!("gRPC       grpc://{address}");
    println!();
    println!("Try:");
    for (method, text) in [("uppercase", "hello, world"), ("count", "hello, world")] {
        println!(
            "  curl -d '{{\"s\":\"{text}\"}}' -H 'content-type: application/json' http://{address}/{method}"
        );
    }
    println!("  curl http://{address}/metrics");
}
