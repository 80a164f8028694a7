//! The same 50 methods, as each framework wants them written.
//!
//! Every method has a request and a reply of its own, two fields each, as
//! services that grew over time do. In a template `@` stands for the method's
//! number, and `OFFSET` for a number that a touched line changes.

use crate::machine::root;

pub(crate) const METHODS: usize = 50;

pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) peer: &'static str,
    dependencies: String,
    pub(crate) build_script: Option<String>,
    source: String,
}

pub(crate) fn all() -> Vec<Service> {
    vec![serde(), kit(), axum(), tonic()]
}

impl Service {
    pub(crate) fn package(&self) -> String {
        format!("fifty-{}", self.peer)
    }

    pub(crate) fn manifest(&self) -> String {
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n{}",
            self.package(),
            self.dependencies
        )
    }

    /// The program, after its line was touched so many times.
    pub(crate) fn source(&self, touched: u32) -> String {
        self.source.replace("OFFSET", &touched.to_string())
    }
}

/// What no framework can save: the types' own serialization.
fn serde() -> Service {
    let main = "fn main() {
    let mut args = std::env::args().skip(1);
    let (method, body) = (args.next().unwrap(), args.next().unwrap());
    let reply = match method.as_str() {
        EACH
        _ => unimplemented!(),
    };
    println!(\"{}\", reply.unwrap());
}
";
    let arm =
        "\"method-@\" => serde_json::to_string(&method_@(serde_json::from_str(&body).unwrap())),\n";
    Service {
        name: "serde alone",
        peer: "serde",
        dependencies: format!("[dependencies]\n{SERDE}"),
        build_script: None,
        source: SERDE_TYPES.to_owned() + &each(SERDE_METHOD) + &main.replace("EACH", &each(arm)),
    }
}

fn axum() -> Service {
    let handler = "
async fn handle_@(axum::Json(req): axum::Json<Request@>) -> axum::Json<Reply@> {
    axum::Json(method_@(req))
}
";
    let main = "
#[tokio::main]
async fn main() {
    let router = axum::Router::new()EACH;
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:8080\").await.unwrap();
    axum::serve(listener, router).await.unwrap();
}
";
    let route = ".route(\"/method-@\", axum::routing::post(handle_@))\n";
    Service {
        name: "axum, HTTP server",
        peer: "axum",
        dependencies: format!("[dependencies]\naxum = \"0.8\"\n{SERDE}{TOKIO}"),
        build_script: None,
        source: SERDE_TYPES.to_owned()
            + &each(SERDE_METHOD)
            + &each(handler)
            + &main.replace("EACH", &each(route)),
    }
}

fn tonic() -> Service {
    let build_script = "use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let methods = (0..METHODS).map(|i| {
        Method::builder()
            .name(format!(\"method_{i}\"))
            .route_name(format!(\"Method{i}\"))
            .input_type(format!(\"crate::Request{i}\"))
            .output_type(format!(\"crate::Reply{i}\"))
            .codec_path(\"tonic_prost::ProstCodec\")
            .build()
    });
    let service = methods.fold(Service::builder().name(\"Fifty\").package(\"pb\"), |service, method| service.method(method));
    Builder::new().compile(&[service.build()]);
    println!(\"cargo::rerun-if-changed=build.rs\");
}
";
    let head = "use tonic::{Request, Response, Status};

mod pb {
    include!(concat!(env!(\"OUT_DIR\"), \"/pb.Fifty.rs\"));
}
";
    let types = "
#[derive(Clone, PartialEq, prost::Message)]
pub struct Request@ {
    #[prost(int64, tag = \"1\")]
    a: i64,
    #[prost(string, tag = \"2\")]
    b: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Reply@ {
    #[prost(int64, tag = \"1\")]
    v: i64,
    #[prost(string, tag = \"2\")]
    w: String,
}
";
    let method = "
    async fn method_@(&self, req: Request<Request@>) -> Result<Response<Reply@>, Status> {
        let Request@ { a, b } = req.into_inner();
        Ok(Response::new(Reply@ { v: a + OFFSET, w: b }))
    }
";
    let service = "
struct Basic;

#[tonic::async_trait]
impl pb::fifty_server::Fifty for Basic {EACH}
";
    let main = "
#[tokio::main]
async fn main() {
    let fifty = pb::fifty_server::FiftyServer::new(Basic);
    let server = tonic::transport::Server::builder().add_service(fifty);
    tokio::spawn(server.serve(\"127.0.0.1:8080\".parse().unwrap()));
    let mut fifty = pb::fifty_client::FiftyClient::connect(\"http://127.0.0.1:8080\").await.unwrap();
    EACH
}
";
    let call = "fifty.method_@(Request@ { a: 1, b: String::new() }).await.unwrap();\n";
    Service {
        name: "tonic, gRPC server and client",
        peer: "tonic",
        dependencies: format!(
            "[dependencies]\nprost = \"0.14\"\n{TOKIO}tonic = \"0.14\"\ntonic-prost = \"0.14\"\n\n\
             [build-dependencies]\n\
             tonic-build = {{ version = \"0.14\", default-features = false, features = [\"transport\"] }}\n"
        ),
        build_script: Some(build_script.replace("METHODS", &METHODS.to_string())),
        source: head.to_owned()
            + &each(types)
            + &service.replace("EACH", &each(method))
            + &main.replace("EACH", &each(call)),
    }
}

/// Two transports and both sides, from one trait.
fn kit() -> Service {
    kit_with("kit, HTTP and gRPC, server and client", "kit", "", "")
}

/// The same with a policy on every method, beside the same with none.
pub(crate) fn with_policies() -> Vec<Service> {
    let fallback = "
async fn instead_@(_: &kit::Context, _: fifty::Method@Request, error: kit::Status) -> Result<Reply@, kit::Status> {
    Err(error)
}
";
    let with = |name, attributes| kit_with(name, name, attributes, "");
    vec![
        with("none", ""),
        with("timeout", "#[timeout(\"2s\")]"),
        with("retry", "#[retry]"),
        with("hedge", "#[hedge]"),
        with("breaker", "#[breaker]"),
        with("throttle", "#[throttle]"),
        with("rate_limit", "#[rate_limit(\"100/s\")]"),
        with("concurrency", "#[concurrency(64)]"),
        with("shed", "#[shed]"),
        with("cache", "#[cache(ttl = \"1s\")]"),
        kit_with("fallback", "fallback", "#[fallback(instead_@)]", fallback),
        with(
            "timeout-retry-breaker-rate_limit-concurrency",
            "#[timeout(\"2s\")] #[retry] #[breaker] #[rate_limit(\"100/s\")] #[concurrency(64)]",
        ),
    ]
}

fn kit_with(name: &'static str, peer: &'static str, attributes: &str, functions: &str) -> Service {
    let types = "
#[derive(Clone, serde::Serialize, serde::Deserialize, kit::Message)]
pub struct Reply@ {
    v: i64,
    w: String,
}
";
    let service = "
#[kit::service(name = \"pb.Fifty\")]
#[transport(http, grpc)]
pub trait Fifty {EACH}
";
    let declared = "
    #[endpoint(post = \"/method-@\", idempotent)]
    ATTRIBUTES
    async fn method_@(&self, a: i64, b: String) -> Result<Reply@, kit::Status>;
"
    .replace("ATTRIBUTES", attributes);
    let implementation = "
struct Basic;

#[kit::service]
impl Fifty for Basic {EACH}
";
    let method = "
    async fn method_@(&self, a: i64, b: String) -> Result<Reply@, kit::Status> {
        Ok(Reply@ { v: a + OFFSET, w: b })
    }
";
    let main = "
#[tokio::main]
async fn main() {
    let server = kit::Server::new().mount(FiftyServer::new(Basic));
    tokio::spawn(server.serve(\"127.0.0.1:8080\"));
    let fifty = FiftyClient::connect(\"http://127.0.0.1:8080\").await.unwrap();
    EACH
}
";
    let call = "fifty.method_@(1, String::new()).await.unwrap();\n";
    Service {
        name,
        peer,
        dependencies: format!(
            "[dependencies]\nkit = {{ path = {:?} }}\n{SERDE}{TOKIO}",
            root().with_file_name("kit")
        ),
        build_script: None,
        source: "use kit::prelude::*;\n".to_owned()
            + &each(types)
            + &each(functions)
            + &service.replace("EACH", &each(&declared))
            + &implementation.replace("EACH", &each(method))
            + &main.replace("EACH", &each(call)),
    }
}

const SERDE: &str = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
const TOKIO: &str = "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";
const SERDE_TYPES: &str = "use serde::{Deserialize, Serialize};\n";
const SERDE_METHOD: &str = "
#[derive(Serialize, Deserialize)]
struct Request@ {
    a: i64,
    b: String,
}

#[derive(Serialize, Deserialize)]
struct Reply@ {
    v: i64,
    w: String,
}

fn method_@(req: Request@) -> Reply@ {
    Reply@ { v: req.a + OFFSET, w: req.b }
}
";

/// The template, once a method. Only method 0's line is one to touch.
fn each(template: &str) -> String {
    let method = |i: usize| {
        let text = template.replace('@', &i.to_string());
        if i == 0 {
            text
        } else {
            text.replace("OFFSET", "0")
        }
    };
    (0..METHODS).map(method).collect()
}
