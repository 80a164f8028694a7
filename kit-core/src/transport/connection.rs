//! The connection that a request arrived over, as a transport sees it.

use std::sync::Arc;

use crate::model::context::Peer;
use crate::transport::Limits;

/// The connection that a request arrived over.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    peer: Option<Peer>,
    limits: Arc<Limits>,
}

impl Connection {
    /// A connection from a peer, under a server's limits. The peer may be unknown
    /// if the server runs inside another one.
    pub fn new(peer: Option<Peer>, limits: Arc<Limits>) -> Self {
        Self { peer, limits }
    }

    /// The peer at the other end.
    pub fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    /// The limits of the server.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
