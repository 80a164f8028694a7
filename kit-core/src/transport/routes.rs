//! What a server serves: every mounted method, by transport.

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
#[cfg(any(feature = "http", feature = "grpc"))]
use crate::transport::handler::Mounted as MountedMethod;
use crate::transport::{MountError, Remote};

/// Something that a [`Server`](crate::Server) can serve.
pub trait Mount {
    /// Adds what there is to serve.
    fn mount(self, routes: &mut Routes);
}

/// A contract whose methods can be mounted for the service `S` behind the
/// middleware `L`; generated.
pub trait Mounted<S, L>: Contract {
    /// Adds every method.
    fn mount(server: &ServiceServer<Self, S, L>, routes: &mut Routes);

    /// What the impl's attributes say of a method.
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
/// Mounting never fails: what can't stand together is noted, so that
/// [`Server::bind`](crate::Server::bind) can tell all of it at once.
#[derive(Default)]
pub struct Routes {
    services: Vec<&'static ServiceDescriptor>,
    /// Who took a route first: `POST /sum`, or a gRPC path.
    taken: BTreeMap<String, String>,
    errors: Vec<MountError>,
    /// The policies of each method.
    admissions: Vec<(String, Arc<Admission>)>,
    store: Option<Arc<dyn SharedStore>>,
    external: Vec<External>,
    #[cfg(feature = "testing")]
    endpoints: crate::transport::in_process::Endpoints,
    #[cfg(feature = "http")]
    http: crate::transport::http::Router,
    #[cfg(feature = "grpc")]
    pub(super) grpc: crate::transport::grpc::Router,
    #[cfg(feature = "grpc")]
    complete: Vec<WhenComplete>,
}

/// Told of every service once all are mounted.
#[cfg(feature = "grpc")]
type WhenComplete = Box<dyn FnOnce(&[&'static ServiceDescriptor]) + Send + Sync>;

/// What a server answers requests with: the routes of each transport, and the
/// external services by prefix.
pub(crate) struct RouteTable {
    pub(crate) external: Vec<External>,
    #[cfg(feature = "http")]
    pub(crate) http: crate::transport::http::Router,
    #[cfg(feature = "grpc")]
    pub(crate) grpc: crate::transport::grpc::Router,
}

impl Routes {
    /// Adds one method over each of its transports; generated code calls it.
    pub(crate) fn method<M: Remote, E: Endpoint<M> + 'static>(
        &mut self,
        endpoint: ServerEndpoint<E>,
    ) {
        if !self.add_method(M::META, &endpoint.state.admission) {
            return;
        }
        #[cfg(feature = "http")]
        if let Some(binding) = M::HTTP {
            self.add_http(MountedMethod::new::<M, E>(&endpoint, binding.codec()));
        }
        #[cfg(feature = "grpc")]
        if let Some(binding) = M::GRPC {
            self.grpc
                .add(MountedMethod::new::<M, E>(&endpoint, binding.codec()));
        }
        #[cfg(feature = "testing")]
        {
            let endpoint: Arc<dyn crate::transport::in_process::AnyEndpoint<M>> =
                Arc::new(endpoint);
            self.endpoints
                .insert(std::any::TypeId::of::<M>(), Box::new(endpoint));
        }
        #[cfg(not(any(feature = "http", feature = "grpc", feature = "testing")))]
        drop(endpoint);
    }

    /// Notes a method; false if another has one of its routes.
    fn add_method(&mut self, meta: &MethodMeta, admission: &Arc<Admission>) -> bool {
        if !self.claim(meta) {
            return false;
        }
        let name = format!("{}.{}", meta.service, meta.name);
        self.admissions.push((name, Arc::clone(admission)));
        true
    }

    #[cfg(feature = "http")]
    fn add_http(&mut self, method: MountedMethod) {
        if let Err(problem) = self.http.add(method) {
            self.errors.push(MountError::Route { problem });
        }
    }

    /// The services mounted so far.
    pub fn services(&self) -> &[&'static ServiceDescriptor] {
        &self.services
    }

    /// Every method's endpoint, for a channel in this process.
    #[cfg(feature = "testing")]
    pub(crate) fn into_endpoints(mut self) -> crate::transport::in_process::Endpoints {
        self.share_limits();
        self.endpoints
    }

    /// Counts shared rate limits here, unless their service has a store of its
    /// own.
    pub(crate) fn set_store(&mut self, store: Arc<dyn SharedStore>) {
        self.store = Some(store);
    }

    /// Gives every gate its store, and notes those that lack one.
    fn share_limits(&mut self) {
        for (method, admission) in std::mem::take(&mut self.admissions) {
            if let Some(store) = admission.lacks_store(self.store.as_ref()) {
                let store = store.to_owned();
                self.errors.push(MountError::NoStore { method, store });
            }
        }
    }

    /// Calls a function with all services once no more will be mounted.
    #[cfg(feature = "grpc")]
    pub(crate) fn when_complete(
        &mut self,
        tell: impl FnOnce(&[&'static ServiceDescriptor]) + Send + Sync + 'static,
    ) {
        self.complete.push(Box::new(tell));
    }

    /// Notes a service; false if one of its name is there.
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

    /// Takes a method's routes; false if another method has one of them.
    fn claim(&mut self, meta: &MethodMeta) -> bool {
        let mut free = true;
        if let Some(route) = meta.http {
            let shape = format!("{} {}", route.verb.name(), without_names(route.path));
            let shown = format!("{} {}", route.verb.name(), route.path);
            free &= self.take(shape, shown, meta);
        }
        if !meta.grpc_path.is_empty() {
            free &= self.take(meta.grpc_path.to_owned(), meta.grpc_path.to_owned(), meta);
        }
        free
    }

    fn take(&mut self, key: String, route: String, meta: &MethodMeta) -> bool {
        let method = format!("{}.{}", meta.service, meta.name);
        match self.taken.entry(key) {
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

    /// Adds a service that is not kit's, for all paths under a prefix.
    #[cfg_attr(
        not(feature = "tower"),
        expect(dead_code, reason = "only Tower brings any")
    )]
    pub(crate) fn add_external(&mut self, prefix: &str, service: Arc<dyn ExternalService>) {
        let prefix = prefix.trim_end_matches('/').to_owned();
        if self.external.iter().any(|known| known.prefix == prefix) {
            self.errors.push(MountError::SamePrefix { prefix });
            return;
        }
        self.external.push(External { prefix, service });
    }

    /// What answers requests for all this, or everything that stands in its
    /// way.
    pub(crate) fn freeze(mut self) -> Result<RouteTable, Vec<MountError>> {
        self.share_limits();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        #[cfg(feature = "grpc")]
        for tell in self.complete {
            tell(&self.services);
        }
        // The longest prefix is the one that was meant.
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

/// A path in which all parameters are called the same: two routes that differ
/// in names alone match the same requests.
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
    fn parameters_of_any_name_are_one_route() {
        let check = |path, expected| assert_eq!(without_names(path), expected);
        check("/sum", "/sum");
        check("/items/{id}", "/items/{}");
        check("/items/{item_id}/parts/{part}", "/items/{}/parts/{}");
    }
}
