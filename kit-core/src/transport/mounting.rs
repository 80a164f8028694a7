//! Mounts the methods of one service. Generated code calls this, so that it
//! has one line per method.

use std::fmt;
use std::sync::Arc;

use crate::model::descriptor::MethodMeta;
use crate::model::endpoint::{Identity, Middleware};
use crate::model::policies::Overrides;
use crate::service::{Contract, Dispatch, Layers, ServerEndpoint, ServiceServer};
use crate::transport::{Mount, Mounted, Remote, Routes};

/// A service that is being mounted.
#[doc(hidden)]
pub struct Mounting<'a, T, S, L, W> {
    server: &'a ServiceServer<T, S, L>,
    routes: &'a mut Routes,
    layers: Arc<Layers<S, L, W>>,
    overrides: fn(&'static str) -> Overrides,
}

impl<T, S, L, W> fmt::Debug for Mounting<'_, T, S, L, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mounting")
    }
}

impl<'a, T: Contract, S, L, W> Mounting<'a, T, S, L, W> {
    /// A service with the middleware and the overrides of its impl.
    pub fn new(
        server: &'a ServiceServer<T, S, L>,
        routes: &'a mut Routes,
        own: W,
        overrides: fn(&'static str) -> Overrides,
    ) -> Self {
        Self {
            server,
            routes,
            layers: Arc::new(server.layers(own)),
            overrides,
        }
    }

    /// Mounts one method over each of its transports.
    pub fn method<M>(&mut self)
    where
        M: Remote + Dispatch<S>,
        S: Send + Sync + 'static,
        L: Middleware<M> + 'static,
        W: Middleware<M> + 'static,
    {
        let endpoint = self.endpoint(M::META);
        self.routes.method::<M, _>(endpoint);
    }

    /// Mounts one method whose callers are distinguished by an argument.
    pub fn counted_method<M>(&mut self)
    where
        M: Remote + Dispatch<S>,
        S: Send + Sync + 'static,
        L: Middleware<M> + 'static,
        W: Middleware<M> + 'static,
    {
        let endpoint = self.endpoint(M::META).with_argument_limit();
        self.routes.method::<M, _>(endpoint);
    }

    /// The endpoint of one method, wrapped in its policies.
    fn endpoint(&self, meta: &'static MethodMeta) -> ServerEndpoint<Layers<S, L, W>> {
        ServerEndpoint {
            state: self.server.state(meta, (self.overrides)(meta.name)),
            endpoint: Arc::clone(&self.layers),
        }
    }
}

/// Mounts a service with no more around it than its own attributes.
#[doc(hidden)]
pub fn mount<T: Mounted<S, Identity>, S>(service: S, routes: &mut Routes) {
    ServiceServer::<T, S>::new(service).mount(routes);
}
