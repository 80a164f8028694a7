//! An axum router and a kit service on one port, either inside the other.
//!
//! `cargo run -p examples --bin embedded_axum` serves the router inside a
//! kit server on 127.0.0.1:8080, and the kit server inside an axum one on
//! 127.0.0.1:8081. Both answer the same:
//!
//! ```text
//! curl localhost:8080/pages/welcome
//! curl -d '{"name":"you"}' -H 'content-type: application/json' localhost:8080/greeter/greet
//! ```

use std::process::ExitCode;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use examples::command_line;
use kit::Server;
use kit::prelude::*;

/// Greets.
#[kit::service(name = "examples.Greeter")]
#[transport(http, grpc)]
pub trait Greeter {
    /// Greets by name.
    async fn greet(&self, name: String) -> Result<String, Status>;
}

struct Polite;

impl Greeter for Polite {
    async fn greet(&self, name: String) -> Result<String, Status> {
        Ok(format!("Good day, {name}."))
    }
}

fn pages() -> Router {
    Router::new().route("/pages/{name}", get(async |Path(name): Path<String>| name))
}

const USAGE: &str = "usage: embedded_axum

Serves on 127.0.0.1:8080 and 127.0.0.1:8081.";

#[tokio::main]
async fn main() -> ExitCode {
    let nothing = |arguments| command_line::nothing(USAGE, arguments);
    command_line::run("embedded_axum", USAGE, nothing, serve).await
}

async fn serve((): ()) -> anyhow::Result<()> {
    // axum inside kit: its router serves paths that no kit route has.
    let kit = Server::new()
        .mount(GreeterServer::new(Polite))
        .mount_service("", pages())
        .bind("127.0.0.1:8080")
        .await?;

    // kit inside axum: its server serves paths that no axum route has.
    let greeter = Server::new()
        .mount(GreeterServer::new(Polite))
        .into_service()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
    let axum =
        tokio::spawn(async move { axum::serve(listener, pages().fallback_service(greeter)).await });

    let drained = kit.serve().await?;
    axum.abort();
    anyhow::ensure!(drained.is_complete(), "{drained}");
    Ok(())
}
