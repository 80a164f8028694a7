//! The server: all mounted services, over every transport, on one port.
//!
//! A request names its service (see [`Routes`]), and the first bytes of a
//! connection name its version of HTTP. So one port is enough for services,
//! probes, metrics and external services alike.
//!
//! It runs on the caller's runtime, which steals work between threads, or,
//! with [`Server::workers`], on threads of its own, each with a listener and a
//! runtime that share nothing: less data moves between cores, but a handler that
//! blocks its thread stops every call on it.
//!
//! It shuts down gracefully: it turns unready, then accepts nothing more, then
//! completes every accepted call within a limit, and reports what it had to
//! cut. It does not do TLS.

mod accept;
mod activity;
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
mod response;
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
    /// A server with no services, only the built-in pages.
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

    /// A server of every service registered with `#[kit::service(register)]`,
    /// anywhere in the program.
    pub fn from_registry() -> Self {
        let mut services: Vec<_> = crate::server::registry::registered().collect();
        // The linker's order is arbitrary: two runs should report two services
        // that collide in the same way.
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

    /// Sets the store that counts the rate limits with a `store` other than
    /// `local`: those of all services without a store of their own
    /// ([`ServiceServer::rate_limit_store`](crate::ServiceServer::rate_limit_store)),
    /// mounted before or after. Without a store, such a limit fails the start.
    pub fn rate_limit_store(mut self, store: impl SharedStore) -> Self {
        self.routes.set_store(Arc::new(store));
        self
    }

    /// Sets the limits on peers.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Serves on this many threads of its own instead of the caller's runtime,
    /// each with a runtime and a listener on the same address.
    ///
    /// Zero, the default, serves on the caller's runtime.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Sets how long a stopping server may take to complete the calls that it
    /// has accepted, before it cuts the rest. Default 30 s.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// Sets how long a stopping server keeps accepting after it has turned
    /// unready, so that load balancers can notice. Default zero.
    pub fn drain_delay(mut self, delay: Duration) -> Self {
        self.drain_delay = delay;
        self
    }

    /// Sets the health that readiness is read from; any clone can change it.
    pub fn health(mut self, health: Health) -> Self {
        self.builtins.health = health;
        self
    }

    /// Sets the path of the liveness page; `None` disables it. Default
    /// `/healthz`.
    pub fn healthz<'a>(mut self, path: impl Into<Option<&'a str>>) -> Self {
        self.builtins.healthz = path.into().map(str::to_owned);
        self
    }

    /// Sets the path of the readiness page; `None` disables it. Default
    /// `/readyz`.
    pub fn readyz<'a>(mut self, path: impl Into<Option<&'a str>>) -> Self {
        self.builtins.readyz = path.into().map(str::to_owned);
        self
    }

    /// Sets the path of the metrics page; `None` disables it. Default
    /// `/metrics`.
    pub fn metrics<'a>(mut self, path: impl Into<Option<&'a str>>) -> Self {
        self.builtins.metrics = path.into().map(str::to_owned);
        self
    }

    /// Serves at an address until SIGTERM or ctrl-c.
    ///
    /// # Errors
    /// As for [`Server::bind`] and [`Bound::serve`].
    pub async fn serve(self, address: impl AsRef<str>) -> Result<Drained, ServeError> {
        self.bind_to(address.as_ref()).await?.serve().await
    }

    /// Listens at an address such as `127.0.0.1:8080` or `localhost:8080`;
    /// port 0 lets the system choose one.
    ///
    /// # Errors
    /// The mounted services conflict (every problem is listed), or the address
    /// can't be listened on.
    pub async fn bind(self, address: impl AsRef<str>) -> Result<Bound, ServeError> {
        self.bind_to(address.as_ref()).await
    }

    /// Boxed, so that it is compiled here and not in the caller's crate.
    fn bind_to(self, address: &str) -> Boxed<'_, Bound> {
        Box::pin(async move {
            let failed = |source| ServeError::Bind {
                address: address.to_owned(),
                source,
            };
            let ready = self.freeze()?;
            let mut last =
                std::io::Error::new(std::io::ErrorKind::NotFound, "it resolves to no address");
            for candidate in tokio::net::lookup_host(address).await.map_err(failed)? {
                match listener::tcp(candidate, ready.workers.max(1)) {
                    Ok(sockets) => return Ok(ready.bound(sockets, candidate)),
                    Err(error) => last = error,
                }
            }
            Err(failed(last))
        })
    }

    /// Listens on a Unix socket. A stale socket file, with no listener, is
    /// replaced; the file is removed at the end.
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
    pub(crate) fn in_memory(self) -> Result<MemoryServer, ServeError> {
        Ok(MemoryServer::new(self.freeze()?))
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
    fn bound(self, sockets: Vec<BoundListener>, requested: SocketAddr) -> Bound {
        let address = match sockets.first() {
            Some(BoundListener::Tcp(socket)) => socket.local_addr().unwrap_or(requested),
            _ => requested,
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

/// A listening server; connections wait until it is served.
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
    /// The address that it listens on, with the port that the system chose.
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

    /// Serves until a future completes, then shuts down gracefully and reports
    /// what it had to cut. Dropping the returned future cuts everything.
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
