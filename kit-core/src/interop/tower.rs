//! Interoperation with Tower: Tower services inside a kit server, a kit server
//! inside a Tower one, and Tower layers around a kit endpoint.
//!
//! | you have | and want it in | use |
//! |---|---|---|
//! | an axum `Router`, any Tower HTTP service | a kit server | [`Server::mount_service`] |
//! | a tonic service | a kit server | `Server::mount_tonic` (feature `tonic`) |
//! | a kit server | an axum or tonic server | [`Server::into_service`] |
//! | a Tower service of typed requests | a kit chain | [`TowerEndpoint`] |
//! | a kit endpoint | a Tower stack | [`EndpointService`] |
//! | a Tower layer | a kit chain | [`layered`] |
//!
//! A Tower layer of HTTP requests (tracing, CORS) belongs around
//! [`Server::into_service`] or an axum router: inside a kit chain a call is
//! typed and no longer an HTTP request.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::model::context::Context;
use crate::model::endpoint::Endpoint;
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::server::dispatch::Dispatcher;
use crate::server::{ServeError, Server};
use crate::transport::body::{BodyError, RequestBody, ResponseBody};
use crate::transport::external::{ExternalService, ResponseFuture};
use crate::transport::{Connection, Limits};

impl Server {
    /// Mounts a Tower HTTP service, such as an axum `Router`, under a path
    /// prefix. `""` matches every path that nothing else serves.
    ///
    /// The service sees the whole path, prefix included. kit's own routes and
    /// the built-in pages take precedence.
    pub fn mount_service<S, B>(mut self, prefix: &str, service: S) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BodyError>,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        self.routes_mut()
            .add_external(prefix, Arc::new(TowerService(service)));
        self
    }

    /// Mounts a tonic service beside kit's own services.
    #[cfg(feature = "tonic")]
    pub fn mount_tonic<S, B>(self, service: S) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S: tonic::server::NamedService,
        S::Future: Send,
        S::Error: Into<BodyError>,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        self.mount_service(&format!("/{}", S::NAME), service)
    }

    /// Converts this server to a Tower service, for mounting in an axum
    /// `Router` (`fallback_service`) or a tonic server. The outer server then
    /// limits connections, and this one limits requests.
    ///
    /// # Errors
    /// The mounted services conflict.
    pub fn into_service(self) -> Result<ServerService, ServeError> {
        let (dispatcher, limits) = self.into_dispatcher()?;
        Ok(ServerService { dispatcher, limits })
    }
}

/// A Tower service mounted in a kit server.
struct TowerService<S>(S);

impl<S, B> ExternalService for TowerService<S>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<BodyError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
{
    fn respond(&self, request: Request<RequestBody>) -> ResponseFuture {
        let mut service = self.0.clone();
        Box::pin(async move {
            if let Err(error) = std::future::poll_fn(|task| service.poll_ready(task)).await {
                return failed(&*error.into());
            }
            match service.call(request).await {
                Ok(response) => response.map(ResponseBody::boxed),
                Err(error) => failed(&*error.into()),
            }
        })
    }
}

/// The response for a Tower service that failed and so has none of its own.
#[cold]
fn failed(error: &(dyn Error + Send + Sync)) -> Response<ResponseBody> {
    tracing::error!(target: "kit::server", %error, "a mounted service failed");
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// A kit server as a Tower service; see [`Server::into_service`].
#[derive(Clone)]
pub struct ServerService {
    dispatcher: Arc<Dispatcher>,
    limits: Arc<Limits>,
}

impl fmt::Debug for ServerService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerService")
    }
}

impl<B> Service<Request<B>> for ServerService
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
{
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let connection = Connection::new(None, this.limits);
            let (mut parts, body) = request.into_parts();
            let mut body = RequestBody::boxed(body);
            let response = this.dispatcher.handle(&mut parts, &mut body, &connection);
            Ok(response.await)
        })
    }
}

/// A Tower service as an [`Endpoint`]; its error becomes the method's.
///
/// The service is cloned for every call, as in Tower's own servers.
#[derive(Clone, Copy, Debug, Default)]
pub struct TowerEndpoint<S>(S);

impl<S> TowerEndpoint<S> {
    /// An endpoint that calls the service.
    pub const fn new(service: S) -> Self {
        Self(service)
    }
}

impl<M, S> Endpoint<M> for TowerEndpoint<S>
where
    M: Method,
    S: Service<M::Request, Response = M::Response> + Clone + Send + Sync,
    S::Future: Send,
    S::Error: Into<TowerError<M::Error>> + Send,
{
    async fn call(&self, _: &Context, request: M::Request) -> Outcome<M> {
        let mut service = self.0.clone();
        let ready = std::future::poll_fn(|task| service.poll_ready(task)).await;
        let outcome = match ready {
            // The future is created before the wait, so that the service is not
            // held across it.
            Ok(()) => {
                let call = service.call(request);
                drop(service);
                call.await
            }
            Err(error) => Err(error),
        };
        outcome.map_err(|error| error.into().0)
    }
}

/// The error of a Tower service, converted to a method's: the method's own
/// error type unchanged, a boxed error as the method's error if it is one, else
/// as a status.
#[derive(Debug)]
pub struct TowerError<E>(pub E);

impl<E: ServiceError> From<E> for TowerError<E> {
    fn from(error: E) -> Self {
        Self(error)
    }
}

impl<E: ServiceError> From<BodyError> for TowerError<E> {
    fn from(error: BodyError) -> Self {
        Self(match error.downcast::<E>() {
            Ok(error) => *error,
            Err(error) => E::from_status(match error.downcast::<Status>() {
                Ok(status) => *status,
                Err(error) => Status::unavailable(error.to_string()).with_source(error),
            }),
        })
    }
}

/// An [`Endpoint`] as a Tower service of its method's requests. Calls inherit
/// [`Context::current`].
pub struct EndpointService<M, E> {
    endpoint: Arc<E>,
    method: PhantomData<fn() -> M>,
}

impl<M, E> EndpointService<M, E> {
    /// A service that calls the endpoint.
    pub fn new(endpoint: E) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            method: PhantomData,
        }
    }
}

impl<M, E> Clone for EndpointService<M, E> {
    fn clone(&self) -> Self {
        Self {
            endpoint: Arc::clone(&self.endpoint),
            method: PhantomData,
        }
    }
}

impl<M: Method, E> fmt::Debug for EndpointService<M, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointService")
            .field("method", &M::META.name)
            .finish_non_exhaustive()
    }
}

impl<M: Method, E: Endpoint<M> + 'static> Service<M::Request> for EndpointService<M, E> {
    type Response = M::Response;
    type Error = M::Error;
    type Future = Pin<Box<dyn Future<Output = Outcome<M>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), M::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: M::Request) -> Self::Future {
        let endpoint = Arc::clone(&self.endpoint);
        let cx = Context::current();
        Box::pin(async move { endpoint.call(&cx, request).await })
    }
}

/// Wraps an endpoint in a Tower layer (a buffer, a concurrency limit); the
/// result is an endpoint.
///
/// A Tower layer owns what it wraps, while a [`Middleware`](crate::Middleware)
/// borrows it, so a layer goes around an endpoint and not inside a stack.
pub fn layered<M, E, L>(layer: &L, endpoint: E) -> TowerEndpoint<L::Service>
where
    M: Method,
    E: Endpoint<M>,
    L: Layer<EndpointService<M, E>>,
{
    TowerEndpoint::new(layer.layer(EndpointService::new(endpoint)))
}
