//! axum, tonic and Tower with kit, each embedded in the other, on one port.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use axum::Router;
use axum::routing;
use kit::prelude::*;
use kit::tower::{EndpointService, TowerEndpoint, layered};
use kit::{Server, testing};
use tokio::net::TcpListener;
use tonic::codegen::{Service, http};

use crate::support::adder::{Adder as _, AdderClient, AdderServer, Held, adder};
use crate::support::raw::{get, post, soon};

fn adder() -> Server {
    Server::new().mount(AdderServer::new(Held::default()))
}

fn pages() -> Router {
    Router::new()
        .route("/pages/{name}", routing::get(page))
        .route(
            "/upload",
            routing::post(async |body: String| body.len().to_string()),
        )
        .fallback(async || (axum::http::StatusCode::IM_A_TEAPOT, "axum has no such page"))
}

async fn page(axum::extract::Path(name): axum::extract::Path<String>) -> String {
    format!("page {name}")
}

#[tokio::test]
async fn an_axum_router_serves_unmatched_paths() {
    let running = testing::serve(adder().mount_service("", pages())).await;
    let address = running.address();
    assert_eq!(get(address, "/pages/a").await, (200, "page a".to_owned()));
    assert_eq!(
        post(address, "/upload", "12345").await,
        (200, "5".to_owned())
    );
    let sum = post(address, "/sum", r#"{"a":1,"b":2}"#).await;
    assert_eq!(sum, (200, "3".to_owned()));
    assert_eq!(get(address, "/healthz").await, (200, "ok\n".to_owned()));
    let fallback = get(address, "/nowhere").await;
    assert_eq!(fallback, (418, "axum has no such page".to_owned()));
}

#[tokio::test]
async fn the_longest_prefix_of_whole_segments_wins() {
    let named = |name: &'static str| Router::new().fallback(async move || name);
    let server = adder()
        .mount_service("/a", named("short"))
        .mount_service("/a/b/", named("long"));
    let running = testing::serve(server).await;
    let address = running.address();
    for (path, name) in [
        ("/a", "short"),
        ("/a/x", "short"),
        ("/a/b", "long"),
        ("/a/b/c", "long"),
    ] {
        assert_eq!(get(address, path).await, (200, name.to_owned()), "{path}");
    }
    assert_eq!(get(address, "/ab").await.0, 404);
    let twice = adder()
        .mount_service("/a", named("one"))
        .mount_service("/a/", named("two"))
        .bind("127.0.0.1:0")
        .await;
    assert_eq!(
        twice.expect_err("they collide").to_string(),
        "can't serve the mounted services: two services are mounted at the prefix `/a`"
    );
}

#[tokio::test]
async fn a_failed_embedded_service_is_500_and_the_server_survives() {
    let fails = tower_fn(|_: http::Request<_>| async {
        Err::<http::Response<String>, _>(std::io::Error::other("disk on fire"))
    });
    let running = testing::serve(adder().mount_service("/fails", fails)).await;
    let response = get(running.address(), "/fails").await;
    assert_eq!(response, (500, String::new()));
    assert_eq!(get(running.address(), "/healthz").await.0, 200);
}

#[tokio::test]
async fn a_kit_server_is_the_fallback_of_an_axum_router() {
    let service = adder().into_service().expect("fits together");
    let router = pages().fallback_service(service);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("a port");
    let served = tokio::spawn(async move { axum::serve(listener, router).await });

    assert_eq!(get(address, "/pages/a").await, (200, "page a".to_owned()));
    let sum = post(address, "/sum", r#"{"a":1,"b":2}"#).await;
    assert_eq!(sum, (200, "3".to_owned()));
    for scheme in ["http", "grpc"] {
        let client = AdderClient::connect(format!("{scheme}://{address}"))
            .await
            .expect("connects");
        assert_eq!(client.sum(1, 2).await.expect("adds"), 3, "{scheme}");
    }
    served.abort();
}

/// A tonic service, as its generator would write it.
#[derive(Clone)]
struct Echo;

#[derive(Clone, PartialEq, prost::Message)]
struct Text {
    #[prost(string, tag = "1")]
    text: String,
}

impl tonic::server::NamedService for Echo {
    const NAME: &'static str = "test.Echo";
}

impl tonic::server::UnaryService<Text> for Echo {
    type Response = Text;
    type Future =
        Pin<Box<dyn Future<Output = Result<tonic::Response<Text>, tonic::Status>> + Send>>;

    fn call(&mut self, request: tonic::Request<Text>) -> Self::Future {
        Box::pin(async move { Ok(tonic::Response::new(request.into_inner())) })
    }
}

impl<B> Service<http::Request<B>> for Echo
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<tonic::codegen::StdError> + Send + 'static,
{
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Box::pin(async move {
            let codec = tonic_prost::ProstCodec::<Text, Text>::default();
            Ok(tonic::server::Grpc::new(codec).unary(Echo, request).await)
        })
    }
}

async fn echo(address: std::net::SocketAddr, text: &str) -> Result<String, tonic::Status> {
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}"))
        .expect("a URL")
        .connect()
        .await
        .expect("connects");
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.expect("ready");
    let request = tonic::Request::new(Text {
        text: text.to_owned(),
    });
    let path = http::uri::PathAndQuery::from_static("/test.Echo/Echo");
    let codec = tonic_prost::ProstCodec::<Text, Text>::default();
    let response = client.unary(request, path, codec).await?;
    Ok(response.into_inner().text)
}

#[tokio::test]
async fn a_tonic_service_shares_a_port_with_a_kit_service() {
    let running = testing::serve(adder().mount_tonic(Echo)).await;
    let echoed = soon("a response", echo(running.address(), "hello")).await;
    assert_eq!(echoed.expect("answers"), "hello");
    let client = AdderClient::connect(running.url("grpc"))
        .await
        .expect("connects");
    assert_eq!(client.sum(1, 2).await.expect("adds"), 3);
}

#[tokio::test]
async fn an_unmounted_tonic_service_is_unimplemented() {
    let running = testing::serve(adder()).await;
    let status = soon("a response", echo(running.address(), "hello")).await;
    let status = status.expect_err("no such service");
    assert_eq!(status.code(), tonic::Code::Unimplemented);
    assert_eq!(status.message(), "there is no service `test.Echo`");
}

#[tokio::test]
async fn a_tonic_server_serves_a_kit_server() {
    let service = adder().into_service().expect("fits together");
    let routes = tonic::service::Routes::new(Echo)
        .into_axum_router()
        .fallback_service(service);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("a port");
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let served = tokio::spawn(
        tonic::transport::Server::builder()
            .add_routes(routes.into())
            .serve_with_incoming(incoming),
    );
    let client = AdderClient::connect(format!("grpc://{address}"))
        .await
        .expect("connects");
    assert_eq!(client.sum(1, 2).await.expect("adds"), 3);
    let status = client.sum(i64::MAX, 1).await.expect_err("too large");
    assert_eq!(status.to_string(), "out_of_range: the sum is too large");
    let echoed = soon("a response", echo(address, "hello")).await;
    assert_eq!(echoed.expect("answers"), "hello");
    served.abort();
}

/// A Tower service from a function.
#[derive(Clone)]
struct TowerFn<F>(F);

fn tower_fn<F>(function: F) -> TowerFn<F> {
    TowerFn(function)
}

impl<R, F, Fut, T, E> Service<R> for TowerFn<F>
where
    F: FnMut(R) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    type Response = T;
    type Error = E;
    type Future = Fut;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), E>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Fut {
        (self.0)(request)
    }
}

#[tokio::test]
async fn tower_services_and_endpoints_convert_both_ways() {
    let sum = TowerEndpoint::new(tower_fn(|request: adder::SumRequest| async move {
        match request.a.checked_add(request.b) {
            Some(sum) => Ok(sum),
            None => Err(Status::out_of_range("the sum is too large")),
        }
    }));
    let cx = Context::new();
    let call = |a, b| Endpoint::<adder::Sum>::call(&sum, &cx, adder::SumRequest { a, b });
    assert_eq!(call(1, 2).await.expect("adds"), 3);
    assert_eq!(
        call(i64::MAX, 1).await.expect_err("too large").code(),
        Code::OutOfRange
    );

    let mut service = EndpointService::<adder::Sum, _>::new(sum);
    let sum = Service::call(&mut service, adder::SumRequest { a: 40, b: 2 }).await;
    assert_eq!(sum.expect("adds"), 42);
}

/// A Tower layer that doubles one argument and boxes errors.
struct Doubling;

#[derive(Clone)]
struct Doubled<S>(S);

impl<S> tower_layer::Layer<S> for Doubling {
    type Service = Doubled<S>;
    fn layer(&self, inner: S) -> Doubled<S> {
        Doubled(inner)
    }
}

impl<S> Service<adder::SumRequest> for Doubled<S>
where
    S: Service<adder::SumRequest, Error = Status>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(task).map_err(Into::into)
    }

    fn call(&mut self, mut request: adder::SumRequest) -> Self::Future {
        request.a *= 2;
        let call = self.0.call(request);
        Box::pin(async move { call.await.map_err(Into::into) })
    }
}

#[tokio::test]
async fn a_tower_layer_wraps_an_endpoint_and_keeps_error_types() {
    let local = kit::Local::new(Held::default());
    let doubled = layered::<adder::Sum, _, _>(&Doubling, local);
    let cx = Context::new();
    let call = |a, b| Endpoint::<adder::Sum>::call(&doubled, &cx, adder::SumRequest { a, b });
    assert_eq!(call(20, 2).await.expect("adds"), 42);
    let status = call(1, i64::MAX).await.expect_err("too large");
    assert_eq!(status.to_string(), "out_of_range: the sum is too large");
}
