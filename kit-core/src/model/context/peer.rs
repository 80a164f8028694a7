//! The remote end of a connection.

use std::fmt;
use std::net::SocketAddr;

/// The remote end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// An IP address and port.
    Socket(SocketAddr),
    /// A process on the same machine, over a Unix socket.
    Unix,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address) => address.fmt(f),
            Self::Unix => f.write_str("unix"),
        }
    }
}
