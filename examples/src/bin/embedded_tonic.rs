//! A kit service in a tonic server, beside its other services.
//!
//! `cargo run -p examples --bin embedded_tonic`, then with any
//! gRPC client (the server has reflection):
//!
//! ```text
//! grpcurl -plaintext -d '{"name":"you"}' 127.0.0.1:8082 examples.Greeter/Greet
//! ```
//!
//! The other way round, a tonic service in a kit server, is one line:
//! `kit::Server::new().mount_tonic(EchoServer::new(Echo))`.

use std::process::ExitCode;

use examples::command_line;
use kit::Server;
use kit::prelude::*;
use tonic::service::Routes;

/// Greets.
#[kit::service(name = "examples.Greeter")]
#[transport(grpc)]
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

const USAGE: &str = "usage: embedded_tonic

Serves on 127.0.0.1:8082.";

#[tokio::main]
async fn main() -> ExitCode {
    let nothing = |arguments| command_line::nothing(USAGE, arguments);
    command_line::run("embedded_tonic", USAGE, nothing, serve).await
}

async fn serve((): ()) -> anyhow::Result<()> {
    let greeter = Server::new()
        .mount(GreeterServer::new(Polite))
        .into_service()?;
    // tonic's own services come first: `Routes::new(EchoServer::new(Echo))`.
    let routes = Routes::default()
        .into_axum_router()
        .fallback_service(greeter);
    tonic::transport::Server::builder()
        .add_routes(routes.into())
        .serve("127.0.0.1:8082".parse()?)
        .await?;
    Ok(())
}
