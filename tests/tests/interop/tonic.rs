//! tonic's client against kit's server, and kit's client against tonic's
//! server.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use kit::grpc::{Compressed, Encoding};
use kit::{Code, Context, Metadata, ResponseMetadata, Server, Streaming};
use tokio_stream::{Stream, StreamExt as _};
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::server::{
    ClientStreamingService, NamedService, ServerStreamingService, StreamingService, UnaryService,
};
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response};
use tonic_prost::ProstCodec;

use crate::grpc::probe::{
    Number, Probe as _, ProbeClient, ProbeError, ProbeServer, Running, Service,
};
use crate::support::raw::{soon, was_notified, with_a_deadline};

#[derive(Clone, PartialEq, prost::Message)]
struct SumRequest {
    #[prost(int64, tag = "1")]
    a: i64,
    #[prost(int64, tag = "2")]
    b: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Int {
    #[prost(int64, tag = "1")]
    pub(crate) value: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Blob {
    #[prost(bytes = "vec", tag = "1")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Empty {}

#[derive(Clone, PartialEq, prost::Message)]
struct Names {
    #[prost(string, repeated, tag = "1")]
    value: Vec<String>,
}

pub(crate) type TonicClient = tonic::client::Grpc<tonic::transport::Channel>;

pub(crate) async fn tonic_client(server: &Running) -> TonicClient {
    let endpoint = format!("http://{}", server.address);
    let channel = tonic::transport::Endpoint::new(endpoint)
        .expect("a url")
        .connect()
        .await
        .expect("connects");
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.expect("ready");
    client
}

fn path(method: &'static str) -> PathAndQuery {
    PathAndQuery::try_from(format!("/test.v1.Probe/{method}")).expect("a path")
}

fn ints(n: std::ops::Range<i64>) -> impl Stream<Item = Int> {
    tokio_stream::iter(n.map(|value| Int { value }))
}

#[tokio::test]
async fn tonic_calls_every_kind_of_method() {
    let (server, _) = Running::probe().await;
    let mut client = tonic_client(&server).await;
    let sum: Response<Int> = client
        .unary(
            Request::new(SumRequest { a: 1, b: 2 }),
            path("Sum"),
            ProstCodec::default(),
        )
        .await
        .expect("sums");
    assert_eq!(sum.into_inner().value, 3);

    client.ready().await.expect("ready");
    let codec: ProstCodec<Int, Int> = ProstCodec::default();
    let counted = client
        .server_streaming(Request::new(Int { value: 1000 }), path("Count"), codec)
        .await
        .expect("counts");
    let counted: Vec<i64> = counted
        .into_inner()
        .map(|n| n.expect("a number").value)
        .collect()
        .await;
    assert_eq!(counted, (0..1000).collect::<Vec<_>>());

    client.ready().await.expect("ready");
    let codec: ProstCodec<Int, Int> = ProstCodec::default();
    let total = client
        .client_streaming(Request::new(ints(0..1000)), path("Total"), codec)
        .await
        .expect("adds");
    assert_eq!(total.into_inner().value, 499_500);

    client.ready().await.expect("ready");
    let codec: ProstCodec<Int, Int> = ProstCodec::default();
    let doubled = client
        .streaming(Request::new(ints(0..1000)), path("Double"), codec)
        .await
        .expect("doubles");
    let doubled: Vec<i64> = doubled
        .into_inner()
        .map(|n| n.expect("a number").value)
        .collect()
        .await;
    assert_eq!(doubled, (0..1000).map(|n| 2 * n).collect::<Vec<_>>());
}

#[tokio::test]
async fn tonic_reads_errors_metadata_and_deadlines() {
    let (server, service) = Running::probe().await;
    let mut client = tonic_client(&server).await;
    let codec: ProstCodec<SumRequest, Int> = ProstCodec::default();
    let refused = client
        .unary(Request::new(SumRequest { a: 1, b: -2 }), path("Sum"), codec)
        .await
        .expect_err("refused");
    assert_eq!(refused.code(), tonic::Code::OutOfRange);
    assert_eq!(refused.message(), "b must not be negative: -2 ✗");
    let status = kit::Status::from(refused);
    assert_eq!(status.reason(), Some("Negative"));
    assert_eq!(status.field("value"), Some(&(-2).into()));

    client.ready().await.expect("ready");
    let mut request = Request::new(Empty {});
    let metadata = request.metadata_mut();
    metadata.insert("x-text", "a".parse().expect("text"));
    metadata.insert_bin(
        "y-bytes-bin",
        tonic::metadata::BinaryMetadataValue::from_bytes(&[1, 2]),
    );
    let codec: ProstCodec<Empty, Names> = ProstCodec::default();
    let answer = client
        .unary(request, path("Meta"), codec)
        .await
        .expect("answers");
    assert_eq!(answer.metadata().get("x-text").expect("sent back"), "a");
    let bytes = answer.metadata().get_bin("y-bytes-bin").expect("sent back");
    assert_eq!(bytes.to_bytes().expect("bytes").as_ref(), [1, 2]);

    let client = &client;
    with_a_deadline(async |cx| {
        let mut client = client.clone();
        client.ready().await.expect("ready");
        let mut request = Request::new(Empty {});
        request.set_timeout(cx.remaining().expect("a deadline"));
        let codec: ProstCodec<Empty, Empty> = ProstCodec::default();
        let late = client
            .unary(request, path("Hang"), codec)
            .await
            .expect_err("takes too long");
        // tonic's timer and the server's response race; both report a timeout.
        assert!(
            matches!(
                late.code(),
                tonic::Code::DeadlineExceeded | tonic::Code::Cancelled
            ),
            "{late:?}"
        );
        was_notified(&service.began).then_some(())
    })
    .await;
    soon("the end of the handler", service.dropped.notified()).await;
    server.still_serves().await;
}

#[tokio::test]
async fn tonic_compresses_both_ways() {
    let service = ProbeServer::new(Service::default());
    let server = Server::new().mount(Compressed::new(service, Encoding::Gzip));
    let server = Running::start(server).await;
    let mut client = tonic_client(&server)
        .await
        .send_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Gzip);
    let value = b"as long as it is dull ".repeat(10_000);
    let request = Request::new(Blob {
        value: value.clone(),
    });
    let codec: ProstCodec<Blob, Blob> = ProstCodec::default();
    let answer = client
        .unary(request, path("Blob"), codec)
        .await
        .expect("echoes");
    assert_eq!(answer.metadata().get("grpc-encoding").expect("one"), "gzip");
    assert_eq!(answer.into_inner().value, value);
}

/// The probe as a hand-written tonic service.
#[derive(Clone)]
struct TonicProbe;

impl NamedService for TonicProbe {
    const NAME: &'static str = "test.v1.Probe";
}

type Numbers = Pin<Box<dyn Stream<Item = Result<Int, tonic::Status>> + Send>>;

#[derive(Clone)]
struct Method;

impl UnaryService<SumRequest> for Method {
    type Response = Int;
    type Future = Ready<Result<Response<Int>, tonic::Status>>;

    fn call(&mut self, request: Request<SumRequest>) -> Self::Future {
        let tenant = request.metadata().get("x-tenant").cloned();
        let SumRequest { a, b } = request.into_inner();
        if b < 0 {
            let negative = ProbeError::Negative {
                what: "b".to_owned(),
                value: b,
            };
            let status = kit::ServiceError::into_status(negative);
            return ready(Err(status.into()));
        }
        let mut response = Response::new(Int { value: a + b });
        if let Some(tenant) = tenant {
            response.metadata_mut().insert("x-tenant", tenant);
        }
        ready(Ok(response))
    }
}

impl ServerStreamingService<Int> for Method {
    type Response = Int;
    type ResponseStream = Numbers;
    type Future = Ready<Result<Response<Numbers>, tonic::Status>>;

    fn call(&mut self, request: Request<Int>) -> Self::Future {
        let upto = request.into_inner().value;
        let numbers = tokio_stream::iter((0..upto).map(|value| Ok(Int { value })));
        let end = tokio_stream::once(Err(tonic::Status::aborted("enough")));
        ready(Ok(Response::new(Box::pin(numbers.chain(end)))))
    }
}

impl ClientStreamingService<Int> for Method {
    type Response = Int;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Int>, tonic::Status>> + Send>>;

    fn call(&mut self, request: Request<tonic::Streaming<Int>>) -> Self::Future {
        Box::pin(async move {
            let mut numbers = request.into_inner();
            let mut value = 0;
            while let Some(next) = numbers.message().await? {
                value += next.value;
            }
            Ok(Response::new(Int { value }))
        })
    }
}

impl StreamingService<Int> for Method {
    type Response = Int;
    type ResponseStream = Numbers;
    type Future = Ready<Result<Response<Numbers>, tonic::Status>>;

    fn call(&mut self, request: Request<tonic::Streaming<Int>>) -> Self::Future {
        let doubled = request.into_inner().map(|next| {
            next.map(|next| Int {
                value: 2 * next.value,
            })
        });
        ready(Ok(Response::new(Box::pin(doubled))))
    }
}

impl tonic::codegen::Service<http::Request<Body>> for TonicProbe {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let ints: ProstCodec<Int, Int> = ProstCodec::default();
            let mut grpc = tonic::server::Grpc::new(ints)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip);
            Ok(match request.uri().path() {
                "/test.v1.Probe/Sum" => {
                    let codec: ProstCodec<Int, SumRequest> = ProstCodec::default();
                    let mut grpc = tonic::server::Grpc::new(codec)
                        .accept_compressed(CompressionEncoding::Gzip)
                        .send_compressed(CompressionEncoding::Gzip);
                    grpc.unary(Method, request).await
                }
                "/test.v1.Probe/Count" => grpc.server_streaming(Method, request).await,
                "/test.v1.Probe/Total" => grpc.client_streaming(Method, request).await,
                "/test.v1.Probe/Double" => grpc.streaming(Method, request).await,
                _ => tonic::Status::unimplemented("not here").into_http(),
            })
        })
    }
}

async fn tonic_server() -> String {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("binds");
    let address = incoming.local_addr().expect("bound");
    let server = tonic::transport::Server::builder().add_service(TonicProbe);
    tokio::spawn(server.serve_with_incoming(incoming));
    format!("grpc://{address}")
}

fn numbers(range: std::ops::Range<i64>) -> Streaming<Number> {
    Streaming::from_items(range.map(|n| Number { n }))
}

#[tokio::test]
async fn kit_calls_every_kind_of_tonic_method() {
    let probe = ProbeClient::connect(tonic_server().await)
        .await
        .expect("connects");
    assert_eq!(probe.sum(1, 2).await.expect("sums"), 3);
    match probe.sum(1, -2).await {
        // The domain is that of another service, so the detail is kept too.
        Err(ProbeError::Negative { what, value: -2 }) if what == "b" => {}
        other => panic!("{other:?}"),
    }
    let mut counted = probe.count(100).await.expect("counts");
    for n in 0..100 {
        let number = counted.message().await.expect("a number");
        assert_eq!(number, Some(Number { n }));
    }
    let end = counted.message().await.expect_err("a failure at the end");
    assert_eq!((end.code(), end.message()), (Code::Aborted, "enough"));
    assert_eq!(probe.total(numbers(0..1000)).await.expect("adds"), 499_500);
    let mut doubled = probe.double(numbers(0..100)).await.expect("doubles");
    for n in 0..100 {
        let number = doubled.message().await.expect("a number");
        assert_eq!(number, Some(Number { n: 2 * n }));
    }
    assert_eq!(doubled.message().await.expect("the end"), None);

    let missing = probe.hang().await.expect_err("not there");
    assert_eq!(
        (missing.code(), missing.message()),
        (Code::Unimplemented, "not here")
    );
}

#[tokio::test]
async fn kit_exchanges_metadata_with_tonic() {
    let probe = ProbeClient::connect(tonic_server().await)
        .await
        .expect("connects");
    let mut sent = Metadata::new();
    sent.insert("x-tenant", "blue").expect("valid");
    let received = ResponseMetadata::new();
    let cx = Context::new()
        .with_outgoing(sent)
        .with_response_metadata(&received);
    assert_eq!(cx.scope(probe.sum(1, 2)).await.expect("sums"), 3);
    assert_eq!(received.headers().get("x-tenant"), Some("blue"));
}
