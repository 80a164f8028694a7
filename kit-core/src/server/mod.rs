//! One server for everything that is mounted, over every transport, on one
//! port.
//!
//! What a request is for is told by the request (see [`Routes`]), and which
//! version of HTTP a connection speaks by its first bytes; so a team opens one
//! port, and its probes, its metrics and its neighbours live on it too.
//!
//! It runs on the caller's runtime, where work is stolen between threads, or
//! with [`Server::workers`] on threads of its own, each with a listener and a
//! runtime that shares nothing: less moves between cores, and a handler that
//! blocks its thread stops every call on it.
//!
//! It ends in good order: readiness turns first, then nothing more is
//! accepted, then everything accepted is answered within a limit, and what had
//! to be cut is told. It does not do TLS.

mod accept;
mod activity;
mod answer;
mod builtins;
mod connection;
pub(crate) mod dispatch;
mod error;
pub mod health;
#[cfg(feature = "testing")]
mod memory;
mod peer_timeouts;
mod ready;
pub mod registry;
mod run;
mod shutdown;

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use error::ServeError;
#[cfg(feature = "testing")]
pub(crate) use memory::MemoryServer;
pub use shutdown::Drained;

use crate::net::listener::{self, BoundListener};
use crate::policy::rate_limit::SharedStore;
use crate::server::builtins::Builtins;
use crate::server::dispatch::Dispatcher;
use crate::server::health::Health;
use crate::server::ready::{Boxed, Ready};
use crate::server::run::Running;
use crate::transport::{Limits, Mount, Routes};

/// A server of any number of services; see the [module](self).
///
/// ```no_run
/// # async fn example() -> Result<(), kit::server::ServeError> {
/// # struct AddServer; impl kit::Mount for AddServer { fn mount(self, _: &mut kit::transport::Routes) {} }
/// let bound = kit::Server::new()
///     .mount(AddServer)
///     .limits(kit::Limits::new().http(kit::HttpLimits::new().body(1 << 20)))
///     .bind("127.0.0.1:0")
///     .await?;
/// println!("listening on {:?}", bound.local_addr());
/// let drained = bound.serve().await?;
/// println!("{drained}");
/// # Ok(())
/// # }
/// ```
#[must_use = "a server does nothing until it is served"]
pub struct Server {
    routes: Routes,
    limits: Limits,
    workers: usize,
    builtins: Builtins,
    drain_delay: Duration,
    shutdown_timeout: Duration,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// A server of nothing but its probes and metrics.
    pub fn new() -> Self {
        Self {
            routes: Routes::default(),
            limits: Limits::default(),
            workers: 0,
            builtins: Builtins::new(Health::new()),
            drain_delay: Duration::ZERO,
            shutdown_timeout: Duration::from_secs(30),
        }
    }

    /// A server of every service that registers itself with
    /// `#[kit::service(register)]`, anywhere in the program.
    pub fn from_registry() -> Self {
        let mut services: Vec<_> = crate::server::registry::registered().collect();
        // The linker's order is nobody's: two runs should say the same of two
        // services that collide.
        services.sort_unstable_by_key(|service| service.name);
        let mut server = Self::new();
        for service in services {
            (service.mount)(&mut server.routes);
        }
        server
    }

    /// Adds a service.
    pub fn mount(mut self, service: impl Mount) -> Self {
        service.mount(&mut self.routes);
        self
    }

    /// Counts the rate limits that have a `store` other than `local` in this
    /// store: those of all services that have none of their own
    /// ([`ServiceServer::rate_limit_store`](crate::ServiceServer::rate_limit_store)),
    /// mounted before or after. Without a store such a limit stops the start.
    pub fn rate_limit_store(mut self, store: impl SharedStore) -> Self {
        self.routes.set_store(Arc::new(store));
        self
    }

    /// Sets the bounds of what peers may do.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Serves on so many threads of its own in place of the caller's runtime,
    /// each with a runtime and a listener on the same address.
    ///
    /// Zero, the default, serves on the caller's runtime.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Sets how long a server that stops may take to answer what it has
    /// accepted, before it cuts the rest. Default 30 s.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// Sets how long a server that stops goes on accepting after it has
    /// turned unready, so that load balancers can learn of it. Default zero.
    pub fn drain_delay(mut self, delay: Duration) -> Self {
        self.drain_delay = delay;
        self
    }

    /// Sets where readiness is read from; whoever holds a clone can turn it.
    pub fn health(mut self, health: Health) -> Self {
        self.builtins.health = health;
        self
    }

    /// Sets the path that says that the process lives, `/healthz`; `None`
    /// switches it off.
    pub fn healthz<'a>(mut self, path: impl Into<Option<&'a str>>) -> Self {
        self.builtins.healthz = path.into().map(str::to_owned);
        self
    }

    /// Sets the path that says whether the server takes calls, `/readyz`;
    /// `None` switches it off.
    pub fn readyz<'a>(mut self, path: impl Into<Option<&'a str>>) -> Self {
        self.builtins.readyz = path.into().map(str::to_owned);
        self
    }

    /// Sets the path of the metrics, `/metrics`; `None` switches it off.
    pub fn metrics<'a>(mut self, path: impl Into<Option<&'a str>>) -> Self {
        self.builtins.metrics = path.into().map(str::to_owned);
        self
    }

    /// Serves at an address until SIGTERM or ctrl-c.
    ///
    /// # Errors
    /// What [`Server::bind`] and [`Bound::serve`] say.
    pub async fn serve(self, address: impl AsRef<str>) -> Result<Drained, ServeError> {
        self.bind_to(address.as_ref()).await?.serve().await
    }

    /// Listens at an address such as `127.0.0.1:8080` or `localhost:8080`;
    /// port 0 lets the system choose one.
    ///
    /// # Errors
    /// What is mounted can't stand together (every problem is listed), or the
    /// address can't be listened on.
    pub async fn bind(self, address: impl AsRef<str>) -> Result<Bound, ServeError> {
        self.bind_to(address.as_ref()).await
    }

    /// Boxed, so that it is compiled here and not by those who call it.
    fn bind_to(self, address: &str) -> Boxed<'_, Bound> {
        Box::pin(async move {
            let failed = |source| ServeError::Bind {
                address: address.to_owned(),
                source,
            };
            let ready = self.freeze()?;
            let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "it names no address");
            for candidate in tokio::net::lookup_host(address).await.map_err(failed)? {
                match listener::tcp(candidate, ready.workers.max(1)) {
                    Ok(sockets) => return Ok(ready.bound(sockets, candidate)),
                    Err(error) => last = error,
                }
            }
            Err(failed(last))
        })
    }

    /// Listens at a Unix socket. A socket file that nobody listens on is
    /// replaced, and the file is removed at the end.
    ///
    /// # Errors
    /// As with [`Server::bind`].
    #[cfg(unix)]
    pub async fn bind_unix(self, path: impl AsRef<Path>) -> Result<Bound<PathBuf>, ServeError> {
        let path = path.as_ref();
        let ready = self.freeze()?;
        let sockets =
            listener::unix(path, ready.workers.max(1)).map_err(|source| ServeError::Bind {
                address: path.display().to_string(),
                source,
            })?;
        Ok(Bound {
            ready,
            sockets,
            address: path.to_owned(),
            file: Some(listener::SocketFile(path.to_owned())),
        })
    }

    #[cfg(feature = "testing")]
    pub(crate) fn into_routes(self) -> Routes {
        self.routes
    }

    #[cfg(feature = "tower")]
    pub(crate) fn routes_mut(&mut self) -> &mut Routes {
        &mut self.routes
    }

    #[cfg(feature = "tower")]
    pub(crate) fn into_dispatcher(self) -> Result<(Arc<Dispatcher>, Arc<Limits>), ServeError> {
        let ready = self.freeze()?;
        Ok((ready.dispatcher, ready.limits))
    }

    #[cfg_attr(
        not(feature = "grpc"),
        expect(unused_mut, reason = "only gRPC adds to it")
    )]
    fn freeze(mut self) -> Result<Ready, ServeError> {
        for service in self.routes.services() {
            self.builtins.health.set_serving(service.name);
        }
        #[cfg(feature = "grpc")]
        crate::server::health::grpc::mount(&self.builtins.health, &mut self.routes);
        let table = self.routes.freeze().map_err(ServeError::Mount)?;
        Ok(Ready {
            health: self.builtins.health.clone(),
            dispatcher: Arc::new(Dispatcher::new(table, self.builtins)),
            limits: Arc::new(self.limits),
            workers: self.workers,
            drain_delay: self.drain_delay,
            shutdown_timeout: self.shutdown_timeout,
        })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("routes", &self.routes)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

impl Ready {
    fn bound(self, sockets: Vec<BoundListener>, asked: SocketAddr) -> Bound {
        let address = match sockets.first() {
            Some(BoundListener::Tcp(socket)) => socket.local_addr().unwrap_or(asked),
            _ => asked,
        };
        Bound {
            ready: self,
            sockets,
            address,
            #[cfg(unix)]
            file: None,
        }
    }
}

/// A server that listens: connections wait until it is served.
///
/// `A` is what it listens on: a [`SocketAddr`], or the path of a Unix socket.
#[must_use = "a server does nothing until it is served"]
pub struct Bound<A = SocketAddr> {
    ready: Ready,
    sockets: Vec<BoundListener>,
    address: A,
    /// Removed at the end.
    #[cfg(unix)]
    file: Option<listener::SocketFile>,
}

impl<A: Clone> Bound<A> {
    /// What it listens on, with the port that the system chose.
    pub fn local_addr(&self) -> A {
        self.address.clone()
    }

    /// Serves until SIGTERM or ctrl-c.
    ///
    /// # Errors
    /// As with [`Bound::serve_until`], or the signals can't be watched.
    pub async fn serve(self) -> Result<Drained, ServeError> {
        let drained = Running::serve(self.ready, self.sockets).await;
        #[cfg(unix)]
        drop(self.file);
        drained
    }

    /// Serves until a future ends; then stops in good order and says what it
    /// had to cut. Dropped before, it cuts everything.
    ///
    /// # Errors
    /// A worker could not start, or panicked.
    pub async fn serve_until(
        self,
        signal: impl Future<Output = ()>,
    ) -> Result<Drained, ServeError> {
        let running = Running::start(self.ready, self.sockets)?;
        let drained = running.until(signal).await;
        #[cfg(unix)]
        drop(self.file);
        drained
    }
}

impl<A: fmt::Debug> fmt::Debug for Bound<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
