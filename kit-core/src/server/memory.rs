//! A server with no listener, for tests.

use std::sync::Arc;

use tokio::io::DuplexStream;

use crate::net::stream::Stream;
use crate::server::Server;
use crate::server::connection::Serving;
use crate::server::error::ServeError;
use crate::server::health::Health;
use crate::server::shutdown::{Phase, Shutdown};

/// Serves the connections that it is handed.
#[derive(Clone)]
pub(crate) struct MemoryServer {
    serving: Arc<Serving>,
    health: Health,
}

impl Server {
    pub(crate) fn in_memory(self) -> Result<MemoryServer, ServeError> {
        let ready = self.freeze()?;
        let serving = Serving::new(ready.dispatcher, ready.limits, Shutdown::default());
        Ok(MemoryServer {
            serving: Arc::new(serving),
            health: ready.health,
        })
    }
}

impl MemoryServer {
    pub(crate) fn serve(&self, stream: DuplexStream) {
        let serving = Arc::clone(&self.serving);
        tokio::spawn(async move { serving.connection(Stream::Memory(stream), None).await });
    }

    pub(crate) fn drain(&self) {
        self.health.drain();
        self.serving.shutdown().advance(Phase::Draining);
    }
}
