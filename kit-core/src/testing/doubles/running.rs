//! A server on a free port.

use std::net::SocketAddr;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::server::{Drained, ServeError, Server};

/// Serves on a free port of this machine, in a task of its own.
///
/// # Panics
/// The server can't be bound: a mistake in the test.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let running = kit::testing::serve(kit::Server::new()).await;
/// println!("{}", running.url("http"));
/// assert!(running.shut_down().await.is_complete());
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn serve(server: Server) -> Running {
    let bound = match server.bind("127.0.0.1:0").await {
        Ok(bound) => bound,
        Err(error) => panic!("can't bind the server: {error}"),
    };
    let address = bound.local_addr();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(bound.serve_until(async {
        // Dropping the sender stops it too.
        let _ = stopped.await;
    }));
    Running {
        address,
        stop,
        task,
    }
}

/// A running server; dropping this stops it.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<Drained, ServeError>>,
}

impl Running {
    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL with a scheme, as in `http://127.0.0.1:40123`.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Shuts down gracefully, and reports what had to be cut.
    ///
    /// # Panics
    /// The server failed.
    pub async fn shut_down(self) -> Drained {
        drop(self.stop);
        match self.task.await {
            Ok(Ok(drained)) => drained,
            Ok(Err(error)) => panic!("the server failed: {error}"),
            Err(error) => panic!("the server failed: {error}"),
        }
    }
}
