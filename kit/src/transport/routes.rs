//! What a server serves: every mounted method, by transport.

use std::sync::Arc;

use crate::descriptor::ServiceDescriptor;
use crate::endpoint::Endpoint;
use crate::service::{Contract, ServiceServer};
use crate::transport::Remote;

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
}

impl<T: Mounted<S, L>, S, L> Mount for ServiceServer<T, S, L> {
    fn mount(self, routes: &mut Routes) {
        routes.services.push(T::DESCRIPTOR);
        T::mount(&self, routes);
    }
}

/// Every mounted method, by transport.
#[derive(Debug, Default)]
pub struct Routes {
    services: Vec<&'static ServiceDescriptor>,
    #[cfg(feature = "http")]
    http: crate::transport::http::Router,
    #[cfg(feature = "grpc")]
    grpc: crate::transport::grpc::Router,
}

impl Routes {
    /// Adds one method over each of its transports; generated code calls it.
    #[doc(hidden)]
    pub fn method<M: Remote, E: Endpoint<M> + 'static>(&mut self, endpoint: E) {
        let endpoint = Arc::new(endpoint);
        #[cfg(feature = "http")]
        if M::HTTP.is_some() {
            let _ = self.http.add::<M, E>(Arc::clone(&endpoint));
        }
        #[cfg(feature = "grpc")]
        if M::GRPC.is_some() {
            self.grpc.add::<M, E>(endpoint);
        }
    }
}
