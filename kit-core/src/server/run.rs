//! Runs a server from its first accept to its last response.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::net::listener::BoundListener;
use crate::server::accept::accept;
use crate::server::connection::Serving;
use crate::server::error::ServeError;
use crate::server::health::Health;
use crate::server::ready::{Boxed, Ready};
use crate::server::shutdown::{CutOnDrop, Drained, Phase, Shutdown};

/// The longest that connections may take to end once they are cut. Only a handler
/// that blocks its thread makes this take time.
const CUT_TIMEOUT: Duration = Duration::from_secs(1);

/// The most permits that a semaphore holds and that one call can acquire.
const MOST_CONNECTIONS: usize = (u32::MAX >> 3) as usize;

/// A running server.
pub(super) struct Running {
    shutdown: Shutdown,
    /// One permit per connection that may be open.
    room: Arc<Semaphore>,
    connections: u32,
    /// One permit per accept loop that has not ended.
    accepting: Arc<Semaphore>,
    listeners: u32,
    /// The accept loops, or the worker threads that run them.
    loops: JoinSet<()>,
    health: Health,
    drain_delay: Duration,
    shutdown_timeout: Duration,
}

impl Running {
    pub(super) fn start(ready: Ready, sockets: Vec<BoundListener>) -> Result<Self, ServeError> {
        let shutdown = Shutdown::default();
        let most = ready.limits.connections.clamp(1, MOST_CONNECTIONS);
        let room = Arc::new(Semaphore::new(most));
        let serving = Arc::new(Serving::new(
            ready.dispatcher,
            ready.limits,
            shutdown.clone(),
        ));
        let listeners = sockets.len();
        let accepting = Arc::new(Semaphore::new(listeners));
        let mut loops = JoinSet::new();
        for (index, socket) in sockets.into_iter().enumerate() {
            let (serving, room) = (Arc::clone(&serving), Arc::clone(&room));
            let permit = Arc::clone(&accepting).try_acquire_owned().ok();
            let started = if ready.workers == 0 {
                socket.listen().map(|listener| {
                    loops.spawn(async move {
                        accept(listener, serving, room).await;
                        drop(permit);
                    });
                })
            } else {
                worker(index, socket, serving, room, permit).map(|thread| {
                    loops.spawn(thread);
                })
            };
            if let Err(error) = started {
                shutdown.advance(Phase::Done);
                return Err(ServeError::Worker(error));
            }
        }
        Ok(Self {
            shutdown,
            room,
            connections: u32::try_from(most).unwrap_or(u32::MAX),
            accepting,
            listeners: u32::try_from(listeners).unwrap_or(u32::MAX),
            loops,
            health: ready.health,
            drain_delay: ready.drain_delay,
            shutdown_timeout: ready.shutdown_timeout,
        })
    }

    /// Serves until SIGTERM or ctrl-c.
    ///
    /// The future is boxed, here and below, so that it is compiled in this
    /// crate and not in the caller's.
    pub(super) fn serve(ready: Ready, sockets: Vec<BoundListener>) -> Boxed<'static, Drained> {
        Box::pin(async move {
            let signal = stop_signal().map_err(ServeError::Signal)?;
            Self::start(ready, sockets)?.until(signal).await
        })
    }

    pub(super) async fn until(
        mut self,
        signal: impl Future<Output = ()>,
    ) -> Result<Drained, ServeError> {
        // Dropping this future stops the server.
        let guard = CutOnDrop(self.shutdown.clone());
        let mut signal = pin!(signal);
        tokio::select! {
            () = &mut signal => {}
            // An accept loop ends only by a panic.
            joined = self.loops.join_next() => return Err(failure(joined)),
        }
        self.drain(guard).await
    }

    fn drain(self, guard: CutOnDrop) -> Boxed<'static, Drained> {
        Box::pin(async move {
            let _guard = guard;
            let began = Instant::now();
            self.health.drain();
            if !self.drain_delay.is_zero() {
                tokio::time::sleep(self.drain_delay).await;
            }
            self.shutdown.advance(Phase::Draining);
            if timeout(self.shutdown_timeout, self.all_ended())
                .await
                .is_err()
            {
                self.shutdown.advance(Phase::Cutting);
                if timeout(CUT_TIMEOUT, self.all_ended()).await.is_err() {
                    tracing::error!(target: "kit::server", "some connections did not end: their handlers block a thread");
                }
            }
            self.shutdown.advance(Phase::Done);
            let drained = self.shutdown.report(began.elapsed());
            log_result(&drained);
            Ok(drained)
        })
    }

    /// Waits until every accept loop and every connection has ended.
    async fn all_ended(&self) {
        // Neither semaphore is ever closed. The accept loops come first: each
        // still takes what its socket has, and needs permits for that.
        let _ = self.accepting.acquire_many(self.listeners).await;
        let _ = self.room.acquire_many(self.connections).await;
    }
}

fn log_result(drained: &Drained) {
    if drained.is_complete() {
        tracing::info!(target: "kit::server", took = ?drained.took, "server stopped, all calls completed");
    } else {
        tracing::warn!(target: "kit::server",
            calls = drained.calls_cut,
            connections = drained.connections_cut,
            took = ?drained.took,
            "server stopped before all calls were completed"
        );
    }
}

#[cold]
fn failure(joined: Option<Result<(), tokio::task::JoinError>>) -> ServeError {
    ServeError::Worker(match joined {
        Some(Err(error)) => io::Error::other(error),
        Some(Ok(())) | None => io::Error::other("the server stopped accepting"),
    })
}

/// Starts a thread with a runtime and a listener of its own. The future ends
/// with the thread.
fn worker(
    index: usize,
    socket: BoundListener,
    serving: Arc<Serving>,
    room: Arc<Semaphore>,
    accepting: Option<OwnedSemaphorePermit>,
) -> io::Result<impl Future<Output = ()> + Send + use<>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (running, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::Builder::new()
        .name(format!("kit-worker-{index}"))
        .spawn(move || {
            let _running = running;
            let shutdown = serving.shutdown().clone();
            let served = runtime.block_on(async {
                let listener = socket.listen()?;
                accept(listener, serving, room).await;
                drop(accepting);
                shutdown.reached(Phase::Done).await;
                io::Result::Ok(())
            });
            runtime.shutdown_background();
            if let Err(error) = served {
                tracing::error!(target: "kit::server", %error, "a worker could not listen");
            }
        })?;
    Ok(async move {
        // The sender is dropped with the thread, however that ends.
        let _ = ended.await;
    })
}

/// A future that ends at SIGTERM or ctrl-c.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// A future that ends at ctrl-c.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            // With no signal to wait for, the server runs on.
            std::future::pending::<()>().await;
        }
    })
}
