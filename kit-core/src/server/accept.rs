//! Accepts connections until the server stops.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::model::context::Peer;
use crate::net::listener::Listener;
use crate::net::stream::Stream;
use crate::server::connection::Serving;
use crate::server::shutdown::Phase;

/// The pause after a failed accept that is no single connection's fault, as
/// when the process is out of file descriptors.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Accepts connections and serves each in a task of its own, until the server
/// drains. A failed accept does not end it.
pub(crate) async fn accept(listener: Listener, serving: Arc<Serving>, room: Arc<Semaphore>) {
    let shutdown = serving.shutdown().clone();
    let mut draining = pin!(shutdown.reached(Phase::Draining));
    loop {
        let next = async {
            // With no room left, connections wait in the kernel's backlog.
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            biased;
            () = &mut draining => break,
            next = next => next,
        };
        let Ok(permit) = permit else { break };
        match accepted {
            Ok((stream, peer)) => spawn(&serving, stream, peer, permit),
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                tracing::warn!(target: "kit::server", %error, "can't accept connections");
                tokio::select! {
                    () = &mut draining => break,
                    () = tokio::time::sleep(BACK_OFF) => {}
                }
            }
        }
    }
    // The kernel has accepted these: closing the socket would reset them.
    let Ok(listener) = listener.into_std() else {
        return;
    };
    while let Ok(permit) = Arc::clone(&room).try_acquire_owned() {
        match listener.try_accept() {
            Ok((stream, peer)) => spawn(&serving, stream, peer, permit),
            Err(error) if is_connection_error(&error) => {}
            Err(_) => break,
        }
    }
}

fn spawn(serving: &Arc<Serving>, stream: Stream, peer: Option<Peer>, permit: OwnedSemaphorePermit) {
    let serving = Arc::clone(serving);
    tokio::spawn(async move {
        serving.connection(stream, peer).await;
        drop(permit);
    });
}

/// Whether the error is one connection's, so that the next accept may succeed.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput, NotConnected,
    };
    matches!(
        error.kind(),
        // The last two are what setting TCP_NODELAY returns for a peer that
        // has already gone.
        ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput | NotConnected
    )
}
