//! What is measured: the rows of every table, and nothing about how.
//!
//! A row pairs a server with whoever asks it, and says which of the two the
//! figures are of. Each base gets a ratio column: its CPU time per request
//! over the row's, so that 1.50 reads "serves half as much again".

use crate::options::Section;

pub(crate) struct Contest {
    pub(crate) title: String,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) server: Server,
    pub(crate) asker: Asker,
    pub(crate) measured: Side,
    /// The name of the ratio column, for a row others are compared with.
    pub(crate) base: Option<&'static str>,
}

/// What `bench-<peer> serve <what> <flavor>` starts.
pub(crate) struct Server {
    pub(crate) peer: &'static str,
    pub(crate) what: String,
    pub(crate) flavor: &'static str,
}

pub(crate) enum Asker {
    /// wrk, 64 connections.
    Http {
        path: String,
        body: &'static str,
        check: Option<Check>,
    },
    /// h2load, one connection.
    Grpc { streams: u32 },
    /// `bench-<peer> client <what>`.
    Client {
        peer: &'static str,
        what: &'static str,
        in_flight: u32,
    },
}

/// A client that tells right answers from wrong ones, which wrk can't.
pub(crate) type Check = (&'static str, &'static str);

#[derive(PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
}

const SUM: &str = r#"{"a":1,"b":2}"#;
const JSONRPC_SUM: &str = r#"{"jsonrpc":"2.0","id":1,"method":"sum","params":{"a":1,"b":2}}"#;

pub(crate) fn of(section: Section) -> Vec<Contest> {
    match section {
        Section::Http => vec![http()],
        Section::Grpc => vec![grpc(64), grpc(1)],
        Section::Rpc => vec![rpc()],
        Section::Routes => vec![routes()],
        Section::Clients => vec![clients(1), clients(64)],
        Section::Policies | Section::Compile => Vec::new(),
    }
}

fn http() -> Contest {
    let row = |name, peer, what, flavor| {
        let asker = Asker::Http {
            path: "/sum".to_owned(),
            body: SUM,
            check: Some(("hyper", "http")),
        };
        Row::server(name, peer, what, flavor, asker)
    };
    Contest {
        title: "HTTP/JSON server, `POST /sum`, 64 connections".to_owned(),
        rows: vec![
            row(
                "hyper by hand, tuned, current-thread",
                "hyper",
                "http-tuned",
                "current",
            )
            .base("tuned, current"),
            row(
                "hyper by hand, tuned, one worker",
                "hyper",
                "http-tuned",
                "multi",
            )
            .base("tuned, worker"),
            row("hyper by hand, plain, one worker", "hyper", "http", "multi").base("plain, worker"),
            row("kit, thread per core", "kit", "http", "current"),
            row(
                "kit, thread per core, policy chain",
                "kit",
                "http-policies",
                "current",
            ),
            row("kit, one worker", "kit", "http", "multi"),
            row(
                "kit, one worker, policy chain",
                "kit",
                "http-policies",
                "multi",
            ),
            row(
                "actix-web, one worker (a current-thread runtime)",
                "actix",
                "http",
                "current",
            ),
            row("axum, current-thread", "axum", "http", "current"),
            row("axum, one worker", "axum", "http", "multi"),
            row("dropshot, one worker", "dropshot", "http", "multi"),
        ],
    }
}

fn grpc(streams: u32) -> Contest {
    let row =
        |name, peer, what, flavor| Row::server(name, peer, what, flavor, Asker::Grpc { streams });
    let plural = if streams == 1 { "" } else { "s" };
    Contest {
        title: format!(
            "gRPC server, unary `/pb.Add/Sum`, {streams} stream{plural} on one connection"
        ),
        rows: vec![
            row(
                "hyper HTTP/2 by hand, current-thread",
                "hyper",
                "grpc",
                "current",
            )
            .base("hyper, current"),
            row("hyper HTTP/2 by hand, one worker", "hyper", "grpc", "multi").base("hyper, worker"),
            row("kit, thread per core", "kit", "grpc", "current"),
            row(
                "kit, thread per core, policy chain",
                "kit",
                "grpc-policies",
                "current",
            ),
            row("kit, one worker", "kit", "grpc", "multi"),
            row(
                "kit, one worker, policy chain",
                "kit",
                "grpc-policies",
                "multi",
            ),
            row("tonic, current-thread", "tonic", "grpc", "current"),
            row("tonic, one worker", "tonic", "grpc", "multi"),
            row("volo-grpc, one worker", "volo", "grpc", "multi"),
        ],
    }
}

fn rpc() -> Contest {
    let jsonrpc = |name, peer, flavor| {
        let check = Some(("jsonrpsee", "jsonrpc"));
        Row::server(
            name,
            peer,
            "jsonrpc",
            flavor,
            Asker::Http {
                path: "/".to_owned(),
                body: JSONRPC_SUM,
                check,
            },
        )
    };
    let tarpc = Asker::Client {
        peer: "tarpc",
        what: "tarpc",
        in_flight: 64,
    };
    Contest {
        title: "JSON-RPC server, `sum`, 64 connections; tarpc, 64 in flight on one connection"
            .to_owned(),
        rows: vec![
            jsonrpc("kit, JSON-RPC, thread per core", "kit", "current"),
            jsonrpc("kit, JSON-RPC, one worker", "kit", "multi"),
            jsonrpc("jsonrpsee, one worker", "jsonrpsee", "multi").base("jsonrpsee"),
            Row::server(
                "tarpc, bincode over TCP, one worker",
                "tarpc",
                "tarpc",
                "multi",
                tarpc,
            ),
        ],
    }
}

/// Asks for the last route of each, of which all have the same form.
fn routes() -> Contest {
    let row = |name, peer, count: usize| {
        let path = format!("/v1/item{}/sum", count - 1);
        let asker = Asker::Http {
            path,
            body: SUM,
            check: None,
        };
        Row::server(
            format!("{name}, {count}"),
            peer,
            format!("routes/{count}"),
            "multi",
            asker,
        )
    };
    Contest {
        title: "Routing, HTTP/JSON, by number of endpoints; one worker".to_owned(),
        rows: vec![
            row("kit", "kit-routes", 1),
            row("kit", "kit-routes", 100),
            row("kit", "kit-routes", 1_000),
            row("axum", "axum", 1).base("axum, 1"),
            row("axum", "axum", 100),
            row("axum", "axum", 1_000),
        ],
    }
}

fn clients(in_flight: u32) -> Contest {
    let http = ("hyper", "http-tuned");
    let grpc = ("hyper", "grpc");
    let row = |name, peer, what, (server, serves): (&'static str, &'static str)| {
        let asker = Asker::Client {
            peer,
            what,
            in_flight,
        };
        Row {
            measured: Side::Client,
            ..Row::server(name, server, serves, "current", asker)
        }
    };
    let title = match in_flight {
        1 => "Client, one call at a time".to_owned(),
        many => format!("Client, {many} calls in flight"),
    };
    Contest {
        title,
        rows: vec![
            row("hyper-util by hand, HTTP/JSON", "hyper", "http", http).base("by hand, HTTP"),
            row("kit, HTTP/JSON", "kit", "http", http),
            row("reqwest, HTTP/JSON", "reqwest", "http", http),
            row("hyper-util by hand, gRPC", "hyper", "grpc", grpc).base("by hand, gRPC"),
            row("kit, gRPC", "kit", "grpc", grpc),
            row("tonic, gRPC", "tonic", "grpc", grpc),
            row("kit, JSON-RPC", "kit", "jsonrpc", ("jsonrpsee", "jsonrpc")),
            row(
                "jsonrpsee, JSON-RPC",
                "jsonrpsee",
                "jsonrpc",
                ("jsonrpsee", "jsonrpc"),
            ),
            row(
                "tarpc, bincode over TCP",
                "tarpc",
                "tarpc",
                ("tarpc", "tarpc"),
            ),
        ],
    }
}

impl Row {
    fn server(
        name: impl Into<String>,
        peer: &'static str,
        what: impl Into<String>,
        flavor: &'static str,
        asker: Asker,
    ) -> Self {
        let server = Server {
            peer,
            what: what.into(),
            flavor,
        };
        Self {
            name: name.into(),
            server,
            asker,
            measured: Side::Server,
            base: None,
        }
    }

    fn base(self, column: &'static str) -> Self {
        Self {
            base: Some(column),
            ..self
        }
    }

    /// The peer whose figures these are; `kit-routes` is kit's.
    pub(crate) fn measured_peer(&self) -> &'static str {
        let program = match (&self.measured, &self.asker) {
            (Side::Client, Asker::Client { peer, .. }) => peer,
            _ => self.server.peer,
        };
        program.split('-').next().unwrap_or(program)
    }

    /// Every peer that has to be built for this row.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &'static str> {
        let asker = match &self.asker {
            Asker::Client { peer, .. } => Some(*peer),
            asker => asker.check().map(|(peer, _)| peer),
        };
        [Some(self.server.peer), asker].into_iter().flatten()
    }
}

impl Asker {
    /// Clients check their own answers.
    pub(crate) fn check(&self) -> Option<Check> {
        match self {
            Self::Http { check, .. } => *check,
            Self::Grpc { .. } => Some(("hyper", "grpc")),
            Self::Client { .. } => None,
        }
    }
}
