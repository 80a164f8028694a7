//! A server in memory: with codecs and limits, without sockets.

use std::fmt;

use tokio::io::DuplexStream;

use crate::server::{MemoryServer, ServeError, Server};

/// A server whose connections are pipes in memory: real bytes, no sockets.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let server = kit::testing::Memory::new(kit::Server::new())?;
/// let mut connection = server.connect();
/// connection
///     .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
///     .await?;
/// let mut response = String::new();
/// connection.read_to_string(&mut response).await?;
/// assert!(response.starts_with("HTTP/1.1 200 OK\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Memory(MemoryServer);

/// The buffer of a pipe, in bytes; a writer waits when it is full.
const PIPE: usize = 64 << 10;

impl Memory {
    /// A server with no listener.
    ///
    /// # Errors
    /// The mounted services conflict.
    pub fn new(server: Server) -> Result<Self, ServeError> {
        server.in_memory().map(Self)
    }

    /// Opens a connection and returns the client's end.
    pub fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(PIPE);
        self.0.serve(server);
        client
    }

    /// Shuts down gracefully: idle connections close at once, others when their
    /// calls have ended.
    pub fn shut_down(&self) {
        self.0.drain();
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}
