//! The route table: every mounted method, by transport.

#[cfg(feature = "testing")]
use std::any::TypeId;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::Arc;

use crate::model::descriptor::{MethodMeta, ServiceDescriptor};
use crate::model::endpoint::Endpoint;
use crate::model::policies::Overrides;
use crate::pipeline::admission::Admission;
use crate::policy::rate_limit::SharedStore;
use crate::service::{Contract, ServerEndpoint, ServiceServer};
use crate::transport::external::{External, ExternalService};
#[cfg(feature = "grpc")]
use crate::transport::grpc::Router as GrpcRouter;
#[cfg(any(feature = "http", feature = "grpc"))]
use crate::transport::handler::MethodHandler;
#[cfg(feature = "http")]
use crate::transport::http::Router as HttpRouter;
#[cfg(feature = "testing")]
use crate::transport::in_process::{AnyEndpoint, Endpoints};
use crate::transport::{MountError, Remote};

/// A service or a group of services that a [`Server`](crate::Server) can serve.
pub trait Mount {
    /// Adds its methods to the routes.
    fn mount(self, routes: &mut Routes);
}

/// A contract whose methods can be mounted for the service `S` behind the
/// middleware `L`; implemented by generated code.
pub trait Mounted<S, L>: Contract {
    /// Adds every method.
    fn mount(server: &ServiceServer<Self, S, L>, routes: &mut Routes);

    /// The overrides of a method by the attributes of the impl.
    fn overrides(method: &'static str) -> Overrides;
}

impl<T: Mounted<S, L>, S, L> Mount for ServiceServer<T, S, L> {
    fn mount(self, routes: &mut Routes) {
        if routes.add_service(T::DESCRIPTOR) {
            T::mount(&self, routes);
        }
    }
}

/// Every mounted method, by transport.
///
/// Mounting never fails: conflicts are recorded, so that
/// [`Server::bind`](crate::Server::bind) can report all of them at once.
#[derive(Default)]
pub struct Routes {
    services: Vec<&'static ServiceDescriptor>,
    /// The first method with each route: `POST /sum`, or a gRPC path.
    claimed: BTreeMap<String, String>,
    errors: Vec<MountError>,
    /// The policies of each method.
    admissions: Vec<(String, Arc<Admission>)>,
    store: Option<Arc<dyn SharedStore>>,
    external: Vec<External>,
    #[cfg(feature = "testing")]
    endpoints: Endpoints,
    #[cfg(feature = "http")]
    http: HttpRouter,
    #[cfg(feature = "grpc")]
    pub(super) grpc: GrpcRouter,
    #[cfg(feature = "grpc")]
    on_complete: Vec<OnComplete>,
}

/// Called with every service once all are mounted.
#[cfg(feature = "grpc")]
type OnComplete = Box<dyn FnOnce(&[&'static ServiceDescriptor]) + Send + Sync>;

/// The frozen routes of a server: those of each transport, and the external
/// services by prefix.
pub(crate) struct RouteTable {
    pub(crate) external: Vec<External>,
    #[cfg(feature = "http")]
    pub(crate) http: HttpRouter,
    #[cfg(feature = "grpc")]
    pub(crate) grpc: GrpcRouter,
}

impl Routes {
    /// Adds one method over each of its transports. Called by generated code.
    pub(crate) fn method<M: Remote, E: Endpoint<M> + 'static>(
        &mut self,
        endpoint: ServerEndpoint<E>,
    ) {
        if !self.add_method(M::META, &endpoint.state.admission) {
            return;
        }
        #[cfg(feature = "http")]
        if let Some(binding) = M::HTTP {
            self.add_http(MethodHandler::new::<M, E>(&endpoint, binding.codec()));
        }
        #[cfg(feature = "grpc")]
        if let Some(binding) = M::GRPC {
            self.grpc
                .add(MethodHandler::new::<M, E>(&endpoint, binding.codec()));
        }
        #[cfg(feature = "testing")]
        {
            let endpoint: Arc<dyn AnyEndpoint<M>> = Arc::new(endpoint);
            self.endpoints.insert(TypeId::of::<M>(), Box::new(endpoint));
        }
        #[cfg(not(any(feature = "http", feature = "grpc", feature = "testing")))]
        drop(endpoint);
    }

    /// Records a method; false if another has one of its routes.
    fn add_method(&mut self, meta: &MethodMeta, admission: &Arc<Admission>) -> bool {
        if !self.claim(meta) {
            return false;
        }
        let name = format!("{}.{}", meta.service, meta.name);
        self.admissions.push((name, Arc::clone(admission)));
        true
    }

    #[cfg(feature = "http")]
    fn add_http(&mut self, method: MethodHandler) {
        if let Err(problem) = self.http.add(method) {
            self.errors.push(MountError::Route { problem });
        }
    }

    /// The services mounted so far.
    pub fn services(&self) -> &[&'static ServiceDescriptor] {
        &self.services
    }

    /// The endpoint of every method, for a channel in this process.
    #[cfg(feature = "testing")]
    pub(crate) fn into_endpoints(mut self) -> Endpoints {
        self.assign_stores();
        self.endpoints
    }

    /// Sets the store that counts shared rate limits, except of services with
    /// a store of their own.
    pub(crate) fn set_store(&mut self, store: Arc<dyn SharedStore>) {
        self.store = Some(store);
    }

    /// Assigns a store to every shared rate limit, and records the methods that
    /// lack one.
    fn assign_stores(&mut self) {
        for (method, admission) in std::mem::take(&mut self.admissions) {
            if let Some(store) = admission.lacks_store(self.store.as_ref()) {
                let store = store.to_owned();
                self.errors.push(MountError::NoStore { method, store });
            }
        }
    }

    /// Calls a function with all services once no more will be mounted.
    #[cfg(feature = "grpc")]
    pub(crate) fn on_complete(
        &mut self,
        callback: impl FnOnce(&[&'static ServiceDescriptor]) + Send + Sync + 'static,
    ) {
        self.on_complete.push(Box::new(callback));
    }

    /// Records a service; false if another has its name.
    fn add_service(&mut self, service: &'static ServiceDescriptor) -> bool {
        if self.services.iter().any(|known| known.name == service.name) {
            self.errors.push(MountError::SameService {
                service: service.name.to_owned(),
            });
            return false;
        }
        self.services.push(service);
        true
    }

    /// Claims a method's routes; false if another method has one of them.
    fn claim(&mut self, meta: &MethodMeta) -> bool {
        let mut free = true;
        if let Some(route) = meta.http {
            let shape = format!("{} {}", route.verb.name(), without_names(route.path));
            let shown = format!("{} {}", route.verb.name(), route.path);
            free &= self.claim_route(shape, shown, meta);
        }
        if !meta.grpc_path.is_empty() {
            free &= self.claim_route(meta.grpc_path.to_owned(), meta.grpc_path.to_owned(), meta);
        }
        free
    }

    fn claim_route(&mut self, key: String, route: String, meta: &MethodMeta) -> bool {
        let method = format!("{}.{}", meta.service, meta.name);
        match self.claimed.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(method);
                true
            }
            Entry::Occupied(entry) => {
                self.errors.push(MountError::SameRoute {
                    route,
                    first: entry.get().clone(),
                    second: method,
                });
                false
            }
        }
    }

    /// Adds an external service for all paths under a prefix.
    #[cfg_attr(
        not(feature = "tower"),
        expect(dead_code, reason = "only Tower adds external services")
    )]
    pub(crate) fn add_external(&mut self, prefix: &str, service: Arc<dyn ExternalService>) {
        let prefix = prefix.trim_end_matches('/').to_owned();
        if self.external.iter().any(|known| known.prefix == prefix) {
            self.errors.push(MountError::SamePrefix { prefix });
            return;
        }
        self.external.push(External { prefix, service });
    }

    /// The frozen route table, or every conflict.
    pub(crate) fn freeze(mut self) -> Result<RouteTable, Vec<MountError>> {
        self.assign_stores();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        #[cfg(feature = "grpc")]
        for callback in self.on_complete {
            callback(&self.services);
        }
        // The longest prefix is the most specific: it matches first.
        self.external
            .sort_unstable_by_key(|external| std::cmp::Reverse(external.prefix.len()));
        Ok(RouteTable {
            external: self.external,
            #[cfg(feature = "http")]
            http: self.http,
            #[cfg(feature = "grpc")]
            grpc: self.grpc,
        })
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let services: Vec<_> = self.services.iter().map(|service| service.name).collect();
        f.debug_struct("Routes")
            .field("services", &services)
            .finish_non_exhaustive()
    }
}

/// A path with the names of its parameters removed: two routes that differ in
/// names alone match the same requests.
fn without_names(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for letter in path.chars() {
        inside = inside && letter != '}';
        if !inside {
            out.push(letter);
        }
        inside = inside || letter == '{';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_that_differ_in_parameter_names_are_equal() {
        let check = |path, expected| assert_eq!(without_names(path), expected);
        check("/sum", "/sum");
        check("/items/{id}", "/items/{}");
        check("/items/{item_id}/parts/{part}", "/items/{}/parts/{}");
    }
}
