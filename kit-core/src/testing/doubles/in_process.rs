//! A channel to the endpoints of a server in this process, with no transport.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use crate::model::context::Context;
use crate::model::endpoint::Endpoint;
use crate::model::method::{Method, Outcome};
use crate::server::Server;
use crate::transport::in_process::{AnyEndpoint, Endpoints};
use crate::transport::{Mount, Routes};

/// A channel to services in this process, through their whole endpoint chain:
/// policies, `.layer(..)`, `#[middleware]`, metrics. Clones share it.
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

impl InProcess {
    /// A channel to a service.
    pub fn new(service: impl Mount) -> Self {
        let mut routes = Routes::default();
        service.mount(&mut routes);
        Self::of(routes)
    }

    /// A channel to every service of a server.
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
    /// The method's service is not mounted: a mistake in the test.
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
