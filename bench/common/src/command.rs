//! The one command line of all peers, by which the driver needs to know
//! nothing of any of them:
//!
//! ```text
//! <peer> serve  <what> <multi|current> <addr>
//! <peer> client <what> <addr> <in flight> <2s | 1000>
//! ```

use std::net::SocketAddr;
use std::process;

use tokio::runtime::{Builder, Runtime};

use crate::load::{Length, Load};

pub enum Role {
    Server(Server),
    Client(Client),
}

pub struct Server {
    /// Which of the peer's servers: `http`, `grpc`, `routes/100` …
    pub what: String,
    pub flavor: Flavor,
    pub addr: SocketAddr,
}

pub struct Client {
    /// Which of the peer's clients.
    pub what: String,
    pub load: Load,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// Tokio's work-stealing runtime, with the one worker that one core gives.
    Multi,
    /// A current-thread runtime, which never wakes another thread.
    Current,
}

/// Reads the command line; ends the process with a usage text if it is wrong.
pub fn role() -> Role {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    parse(&args).unwrap_or_else(|| {
        eprintln!(
            "usage: serve <what> <multi|current> <addr>\n       \
             client <what> <addr> <in flight> <2s | 1000>"
        );
        process::exit(2)
    })
}

fn parse(args: &[&str]) -> Option<Role> {
    match *args {
        ["serve", what, flavor, addr] => Some(Role::Server(Server {
            what: what.to_owned(),
            flavor: Flavor::parse(flavor)?,
            addr: addr.parse().ok()?,
        })),
        ["client", what, addr, in_flight, length] => Some(Role::Client(Client {
            what: what.to_owned(),
            load: Load {
                addr: addr.parse().ok()?,
                in_flight: in_flight.parse().ok()?,
                length: Length::parse(length)?,
            },
        })),
        _ => None,
    }
}

impl Server {
    /// How many endpoints `routes/100` asks for.
    pub fn routes(&self) -> Option<usize> {
        self.what.strip_prefix("routes/")?.parse().ok()
    }
}

impl Flavor {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "multi" => Some(Self::Multi),
            "current" => Some(Self::Current),
            _ => None,
        }
    }

    pub fn runtime(self) -> Runtime {
        let mut builder = match self {
            Self::Multi => Builder::new_multi_thread(),
            Self::Current => Builder::new_current_thread(),
        };
        builder
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("tokio starts")
    }
}

impl Role {
    /// Says that this peer has no such server or client, and ends the process:
    /// the driver then leaves the row empty and goes on.
    pub fn unknown(&self) -> ! {
        let (role, what) = match self {
            Self::Server(server) => ("server", &server.what),
            Self::Client(client) => ("client", &client.what),
        };
        eprintln!("this peer has no {role} `{what}`");
        process::exit(3)
    }
}
