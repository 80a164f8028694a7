//! Client and server against each other, over a socket.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use super::{GrpcBinding, GrpcChannel, GrpcOptions, GrpcRequest, GrpcResponse};
use crate::model::argument::{Argument, Source};
use crate::model::code::Code;
use crate::model::context::{Context, ResponseMetadata};
use crate::model::descriptor::{MethodMeta, Shape};
use crate::model::endpoint::{Endpoint, EndpointFn};
use crate::model::metadata::Metadata;
use crate::model::method::Method;
use crate::model::policies::Overrides;
use crate::model::status::Status;
use crate::model::streaming::Streaming;
use crate::pipeline::method_state::MethodState;
use crate::service::ServerEndpoint;
use crate::transport::body::RequestBody;
use crate::transport::{Connection, Limits, Remote, Routes};

macro_rules! method {
    ($name:ident: $request:ty => $response:ty, $shape:ident, $arguments:expr, $binding:expr) => {
        struct $name;
        impl Method for $name {
            type Request = $request;
            type Response = $response;
            type Error = Status;
            const META: &'static MethodMeta =
                &MethodMeta::new("t.Test", stringify!($name), stringify!($name))
                    .grpc(concat!("/t.Test/", stringify!($name)))
                    .shape(Shape::$shape)
                    .arguments($arguments);
        }
        impl Remote for $name {
            type Arguments = $request;
            const GRPC: Option<GrpcBinding<Self>> = Some($binding);
            const PACK: fn(Self::Arguments) -> Self::Request = |arguments| arguments;
            const UNPACK: fn(Self::Request) -> Self::Arguments = |request| request;
        }
    };
}

const A: Argument = Argument::new("a", Source::Member, 1);
const B: Argument = Argument::new("b", Source::Member, 2);

method!(Sum: (i64, i64) => i64, Unary, &[A, B],
    GrpcBinding::new(GrpcRequest::fields(), GrpcResponse::unary()));
method!(Count: (i64,) => Streaming<i64>, ServerStreaming, &[A],
    GrpcBinding::new(GrpcRequest::fields(), GrpcResponse::stream()));
method!(Total: (Streaming<Duration>,) => u64, ClientStreaming, &[],
    GrpcBinding::new(GrpcRequest::stream(), GrpcResponse::unary()));
method!(Echo: (Streaming<Duration>,) => Streaming<u64>, Bidirectional, &[],
    GrpcBinding::new(GrpcRequest::stream(), GrpcResponse::stream()));

fn mount<M: Remote, E: Endpoint<M> + 'static>(routes: &mut Routes, endpoint: E) {
    let state = MethodState::of_server(M::META, Overrides::NONE, Default::default());
    routes.method::<M, E>(ServerEndpoint {
        state: Arc::new(state),
        endpoint: Arc::new(endpoint),
    });
}

fn routes() -> Routes {
    let mut routes = Routes::default();
    mount::<Sum, _>(
        &mut routes,
        EndpointFn::new(|cx: Context, (a, b): (i64, i64)| async move {
            if a == 0 && b == 0 {
                return Err(Status::invalid_argument("zéro"));
            }
            if let Some(tenant) = cx.metadata().get("x-tenant") {
                let tenant = tenant.to_owned();
                cx.reply(|reply| {
                    reply.headers.insert("x-seen", &tenant)?;
                    reply.trailers.insert_bin("x-end-bin", b"\x01")
                })
                .expect("a call")
                .expect("valid");
            }
            Ok(a + b)
        }),
    );
    mount::<Count, _>(
        &mut routes,
        EndpointFn::new(
            |_: Context, (upto,): (i64,)| async move { Ok(Streaming::from_items(0..upto)) },
        ),
    );
    mount::<Total, _>(
        &mut routes,
        EndpointFn::new(
            |_: Context, (mut items,): (Streaming<Duration>,)| async move {
                let mut total = 0;
                while let Some(item) = items.message().await? {
                    total += item.as_secs();
                }
                Ok(total)
            },
        ),
    );
    mount::<Echo, _>(
        &mut routes,
        EndpointFn::new(
            |_: Context, (mut items,): (Streaming<Duration>,)| async move {
                let (sender, responses) = Streaming::channel(1);
                tokio::spawn(async move {
                    while let Ok(Some(item)) = items.message().await {
                        if sender.send(Ok(item.as_secs())).await.is_err() {
                            return;
                        }
                    }
                });
                Ok(responses)
            },
        ),
    );
    routes
}

async fn serve() -> GrpcChannel {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let routes = Arc::new(routes());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let routes = Arc::clone(&routes);
            let service = hyper::service::service_fn(move |request: http::Request<_>| {
                let connection = Connection::new(None, Arc::new(Limits::default()));
                let response = routes
                    .grpc
                    .handle(request.map(RequestBody::from), &connection);
                async move { Ok::<_, std::convert::Infallible>(response.await) }
            });
            tokio::spawn(
                hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    let url = format!("grpc://{address}");
    GrpcChannel::lazy(&url, GrpcOptions::default()).expect("a url")
}

#[tokio::test]
async fn unary_calls_succeed_and_fail() {
    let channel = serve().await;
    let cx = Context::new();
    let sum = Endpoint::<Sum>::call(&channel, &cx, (1, 2)).await;
    assert_eq!(sum.expect("sums"), 3);
    let refused = Endpoint::<Sum>::call(&channel, &cx, (0, 0))
        .await
        .expect_err("refused");
    assert_eq!(
        (refused.code(), refused.message()),
        (Code::InvalidArgument, "zéro")
    );
}

#[tokio::test]
async fn metadata_is_sent_in_both_directions() {
    let channel = serve().await;
    let received = ResponseMetadata::new();
    let mut sent = Metadata::new();
    sent.insert("x-tenant", "blue").expect("valid");
    let cx = Context::new()
        .with_outgoing(sent)
        .with_response_metadata(&received);
    let sum = Endpoint::<Sum>::call(&channel, &cx, (1, 2)).await;
    assert_eq!(sum.expect("sums"), 3);
    assert_eq!(received.headers().get("x-seen"), Some("blue"));
    assert_eq!(
        received.trailers().get_bin("x-end-bin").as_deref(),
        Some(&[1][..])
    );
}

#[tokio::test]
async fn streams_of_every_shape() {
    let channel = serve().await;
    let cx = Context::new();
    let mut counted = Endpoint::<Count>::call(&channel, &cx, (10_000,))
        .await
        .expect("counts");
    for n in 0..10_000 {
        assert_eq!(counted.message().await.expect("a number"), Some(n));
    }
    assert_eq!(counted.message().await.expect("the end"), None);

    let items = || Streaming::from_items((1..=1000).map(Duration::from_secs));
    let total = Endpoint::<Total>::call(&channel, &cx, (items(),)).await;
    assert_eq!(total.expect("adds"), 500_500);

    let mut echoed = Endpoint::<Echo>::call(&channel, &cx, (items(),))
        .await
        .expect("echoes");
    for n in 1..=1000 {
        assert_eq!(echoed.message().await.expect("a number"), Some(n));
    }
    assert_eq!(echoed.message().await.expect("the end"), None);
}
