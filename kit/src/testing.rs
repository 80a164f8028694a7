//! What tests of services need: the whole endpoint chain with no transport,
//! a server in memory, a server on a free port.
//!
//! | | policies, middleware | codecs, limits | sockets |
//! |---|---|---|---|
//! | `AddClient::local(service)` | the client's | | |
//! | [`InProcess`] | both sides' | | |
//! | [`Memory`] | both sides' | yes | |
//! | [`serve`] | both sides' | yes | yes |
//!
//! Use the least that shows what a test is about: the fewer parts, the fewer
//! reasons to fail. Time may be paused over the first three.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::DuplexStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::context::Context;
use crate::endpoint::Endpoint;
use crate::method::{Method, Outcome};
use crate::server::{Drained, MemoryServer, ServeError, Server};
use crate::transport::{Mount, Routes};

/// A channel to services in this process, through all that stands before
/// them: policies, `.layer(..)`, `#[middleware]`, metrics. Clones share it.
///
/// ```
/// # use kit::prelude::*;
/// # #[kit::service] pub trait Add {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
/// # }
/// # struct Basic;
/// # impl Add for Basic {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> { Ok(a + b) }
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let channel = kit::testing::InProcess::new(AddServer::new(Basic));
/// let add = AddClient::new(channel);
/// assert_eq!(add.sum(1, 2).await.ok(), Some(3));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct InProcess {
    endpoints: Arc<Endpoints>,
}

/// An endpoint per method, by the type of its marker.
pub(crate) type Endpoints = HashMap<TypeId, Box<dyn Any + Send + Sync>>;

/// An endpoint whose type is erased.
pub(crate) trait AnyEndpoint<M: Method>: Send + Sync {
    fn call_boxed<'a>(
        &'a self,
        cx: &'a Context,
        request: M::Request,
    ) -> Pin<Box<dyn Future<Output = Outcome<M>> + Send + 'a>>;
}

impl<M: Method, E: Endpoint<M>> AnyEndpoint<M> for E {
    fn call_boxed<'a>(
        &'a self,
        cx: &'a Context,
        request: M::Request,
    ) -> Pin<Box<dyn Future<Output = Outcome<M>> + Send + 'a>> {
        Box::pin(self.call(cx, request))
    }
}

impl InProcess {
    /// A channel to what is mounted.
    pub fn new(service: impl Mount) -> Self {
        let mut routes = Routes::default();
        service.mount(&mut routes);
        Self::of(routes)
    }

    /// A channel to everything that a server has.
    pub fn server(server: Server) -> Self {
        Self::of(server.into_routes())
    }

    fn of(routes: Routes) -> Self {
        Self {
            endpoints: Arc::new(routes.into_endpoints()),
        }
    }
}

impl<M: Method> Endpoint<M> for InProcess {
    /// # Panics
    /// The method is of a service that is not mounted: a mistake in the test.
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        let endpoint = self
            .endpoints
            .get(&TypeId::of::<M>())
            .and_then(|endpoint| endpoint.downcast_ref::<Arc<dyn AnyEndpoint<M>>>());
        let Some(endpoint) = endpoint else {
            panic!("service `{}` is not mounted here", M::META.service);
        };
        let cx = cx.for_local_call();
        endpoint.call_boxed(&cx, request).await
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess")
            .field("methods", &self.endpoints.len())
            .finish_non_exhaustive()
    }
}

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
/// let mut answer = String::new();
/// connection.read_to_string(&mut answer).await?;
/// assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Memory(MemoryServer);

/// What a pipe holds before its writer waits.
const PIPE: usize = 64 << 10;

impl Memory {
    /// A server with no listener.
    ///
    /// # Errors
    /// What is mounted can't stand together.
    pub fn new(server: Server) -> Result<Self, ServeError> {
        server.in_memory().map(Self)
    }

    /// A new connection: its client's end.
    pub fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(PIPE);
        self.0.serve(server);
        client
    }

    /// Stops in good order: idle connections close, others when their calls
    /// have ended.
    pub fn shut_down(&self) {
        self.0.drain();
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}

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
        // Dropping the sender says the same.
        let _ = stopped.await;
    }));
    Running {
        address,
        stop,
        task,
    }
}

/// A server that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<Drained, ServeError>>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL with a scheme, as in `http://127.0.0.1:40123`.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Stops in good order, and tells what had to be cut.
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
