//! What a transport knows of the connection that a request came over.

use std::sync::Arc;

use crate::model::context::Peer;
use crate::transport::Limits;

/// The connection that a request came over.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    peer: Option<Peer>,
    limits: Arc<Limits>,
}

impl Connection {
    /// A connection from a peer, under a server's limits. A request that a
    /// neighbour hands over may have no known peer.
    pub fn new(peer: Option<Peer>, limits: Arc<Limits>) -> Self {
        Self { peer, limits }
    }

    /// Who is at the other end.
    pub fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    /// The bounds of the server.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
