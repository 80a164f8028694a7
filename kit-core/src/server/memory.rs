//! A server with no listener, for tests.

use std::sync::Arc;

use tokio::io::DuplexStream;

use crate::net::stream::Stream;
use crate::server::connection::Serving;
use crate::server::health::Health;
use crate::server::ready::Ready;
use crate::server::shutdown::{Phase, Shutdown};

/// Serves in-memory connections.
#[derive(Clone)]
pub(crate) struct MemoryServer {
    serving: Arc<Serving>,
    health: Health,
}

impl MemoryServer {
    pub(super) fn new(ready: Ready) -> Self {
        let serving = Serving::new(ready.dispatcher, ready.limits, Shutdown::default());
        Self {
            serving: Arc::new(serving),
            health: ready.health,
        }
    }

    pub(crate) fn serve(&self, stream: DuplexStream) {
        let serving = Arc::clone(&self.serving);
        tokio::spawn(async move { serving.connection(Stream::Memory(stream), None).await });
    }

    pub(crate) fn drain(&self) {
        self.health.drain();
        self.serving.shutdown().advance(Phase::Draining);
    }
}
