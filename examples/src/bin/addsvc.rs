//! Serves `Add` over HTTP/JSON and gRPC on one port.
//!
//! The values of its policies come from the attributes, from `--config
//! kit.toml`, which is reloaded when it changes, and from variables like
//! `KIT__PB_ADD__SUM__RATE_LIMIT`; `--print-config` shows all of them.
#![allow(clippy::print_stdout)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use examples::add::{AddServer, Basic};
use examples::command_line;
use kit::Config;
use lexopt::prelude::*;

#[tokio::main]
async fn main() -> ExitCode {
    command_line::run("addsvc", USAGE, options, run).await
}

async fn run(options: Options) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let config = match &options.config {
        Some(path) => Config::load(path)?,
        None => Config::new(),
    };
    let config = config.with_env()?;
    let service = AddServer::new(Basic).configure(&config)?;
    config.functions()?;
    config.complete()?;
    if options.print_config {
        // A reader like `head` may close the pipe: an error, not a panic.
        writeln!(std::io::stdout(), "{}", config.knobs())?;
        return Ok(());
    }
    if options.config.is_some() {
        config.watch(Duration::from_secs(1));
    }
    let server = kit::Server::new()
        .mount(service)
        .mount(kit::grpc::Reflection)
        .bind(options.address.as_str())
        .await?;
    introduce(server.local_addr());
    server.serve().await?;
    Ok(())
}

const USAGE: &str = "usage: addsvc [--addr HOST:PORT] [--config FILE] [--print-config]";

struct Options {
    address: String,
    config: Option<String>,
    print_config: bool,
}

fn options(mut arguments: lexopt::Parser) -> anyhow::Result<Option<Options>> {
    let mut options = Options {
        address: "127.0.0.1:8080".to_owned(),
        config: None,
        print_config: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("addr") => options.address = arguments.value()?.string()?,
            Long("config") => options.config = Some(arguments.value()?.string()?),
            Long("print-config") => options.print_config = true,
            Long("help") | Short('h') => return Ok(None),
            _ => bail!("{}\n{USAGE}", argument.unexpected()),
        }
    }
    Ok(Some(options))
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
