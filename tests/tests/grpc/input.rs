//! Invalid input over gRPC gets an exact status, and the next call succeeds.

use std::io::Write as _;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use kit::{Limits, Server};

use crate::grpc::probe::{Peer, ProbeServer, Response, Running, Service, frame, read};
use crate::support::raw::soon;

const SUM: &str = "/test.v1.Probe/Sum";
const TOTAL: &str = "/test.v1.Probe/Total";

/// The fields a = 1 and b = 2.
const ONE_AND_TWO: &[u8] = &[0x08, 1, 0x10, 2];

/// A server with a message limit of 1,000 bytes.
async fn small_server() -> Running {
    let mut limits = Limits::default();
    limits.grpc.message = 1000;
    let service = ProbeServer::new(Service::default());
    Running::start(Server::new().mount(service).limits(limits)).await
}

/// Sends a request, checks its status, and that the connection and the server
/// still work.
async fn refused(
    change: impl FnOnce(&mut Request<()>),
    path: &str,
    body: &[u8],
    expected: (u32, &str),
) -> Response {
    let server = small_server().await;
    let mut peer = Peer::connect(server.address).await;
    let mut request = peer.request(path);
    change(&mut request);
    let response = peer.exchange(request, body).await;
    assert_eq!(response.http, StatusCode::OK);
    assert_eq!(response.headers["content-type"], "application/grpc");
    assert_eq!(response.status(), expected);
    assert!(response.body.is_empty());

    let request = peer.request(SUM);
    let sum = peer.exchange(request, &frame(0, ONE_AND_TWO)).await;
    assert_eq!(sum.status(), (0, ""));
    assert_eq!(sum.body, frame(0, &[0x08, 3]));
    server.still_serves().await;
    response
}

fn header(name: &'static str, value: &'static str) -> impl FnOnce(&mut Request<()>) {
    move |request| {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
}

fn unchanged(_: &mut Request<()>) {}

fn gzip(message: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(message).expect("writes");
    encoder.finish().expect("ends")
}

#[tokio::test]
async fn malformed_protobuf_is_invalid_argument() {
    let expected = "the request can't be decoded: argument `a`: invalid varint";
    refused(unchanged, SUM, &frame(0, &[0x08]), (13, expected)).await;
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused() {
    let expected = "a message of 1001 bytes is over the limit of 1000 bytes";
    refused(unchanged, SUM, &frame(0, &[0; 1001]), (8, expected)).await;
    refused(unchanged, TOTAL, &frame(0, &[0; 1001]), (8, expected)).await;
}

#[tokio::test]
async fn a_length_prefix_over_the_limit_is_refused_before_the_message() {
    let expected = "a message of 4294967295 bytes is over the limit of 1000 bytes";
    refused(
        unchanged,
        SUM,
        &[0, 0xff, 0xff, 0xff, 0xff, 1],
        (8, expected),
    )
    .await;
}

#[tokio::test]
async fn a_decompression_bomb_is_refused() {
    let bomb = gzip(&vec![0; 32 << 20]);
    // It has to be under the limit of compressed bytes to reach that of
    // decompressed bytes.
    let mut limits = Limits::default();
    limits.grpc.message = 200 << 10;
    assert!(bomb.len() < limits.grpc.message);
    let service = ProbeServer::new(Service::default());
    let server = Running::start(Server::new().mount(service).limits(limits)).await;
    let mut peer = Peer::connect(server.address).await;
    for path in [SUM, TOTAL] {
        let mut request = peer.request(path);
        header("grpc-encoding", "gzip")(&mut request);
        let response = peer.exchange(request, &frame(1, &bomb)).await;
        assert_eq!(
            response.status(),
            (
                8,
                "a decompressed message is over the limit of 204800 bytes"
            )
        );
        server.still_serves().await;
    }
}

#[tokio::test]
async fn a_truncated_frame_is_refused() {
    let expected = "the body ended inside a message: 2 bytes of 4";
    refused(unchanged, SUM, &[0, 0, 0, 0, 4, 8, 1], (13, expected)).await;
    refused(unchanged, TOTAL, &[0, 0, 0, 0, 4, 8, 1], (13, expected)).await;
    let expected = "the body ended inside the prefix of a message: 3 bytes of 5";
    refused(unchanged, SUM, &[0, 0, 0], (13, expected)).await;
}

#[tokio::test]
async fn a_bad_compression_flag_is_refused() {
    let expected = "a message begins with the flag 2: expected 0 (plain) or 1 (compressed)";
    refused(unchanged, SUM, &frame(2, ONE_AND_TWO), (13, expected)).await;
    let expected = "a message is flagged as compressed, but `grpc-encoding` names no encoding";
    refused(unchanged, SUM, &frame(1, ONE_AND_TWO), (13, expected)).await;
}

#[tokio::test]
async fn an_unknown_encoding_is_refused_with_the_supported_ones() {
    let expected = "the message encoding `br` is not supported; supported are gzip,zstd,identity";
    let brotli = header("grpc-encoding", "br");
    let response = refused(brotli, SUM, &frame(1, ONE_AND_TWO), (12, expected)).await;
    assert_eq!(
        response.headers["grpc-accept-encoding"],
        "gzip,zstd,identity"
    );
}

#[tokio::test]
async fn an_invalid_compressed_message_is_refused() {
    let server = small_server().await;
    let mut peer = Peer::connect(server.address).await;
    let mut request = peer.request(SUM);
    header("grpc-encoding", "gzip")(&mut request);
    let response = peer.exchange(request, &frame(1, ONE_AND_TWO)).await;
    let (code, message) = response.status();
    assert_eq!(code, 13);
    assert!(
        message.starts_with("a message is not valid gzip: "),
        "{message}"
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_unary_call_with_zero_or_two_messages_is_refused() {
    let two = [frame(0, ONE_AND_TWO), frame(0, ONE_AND_TWO)].concat();
    let expected = "expected one message, got more: the method does not stream in this direction";
    refused(unchanged, SUM, &two, (12, expected)).await;
    let expected = "expected one message, got none: the method does not stream in this direction";
    refused(unchanged, SUM, &[], (12, expected)).await;
}

#[tokio::test]
async fn an_unknown_method_or_service_is_unimplemented() {
    let expected = "service `test.v1.Probe` has no method `Nope`";
    refused(
        unchanged,
        "/test.v1.Probe/Nope",
        &frame(0, &[]),
        (12, expected),
    )
    .await;
    let expected = "there is no service `test.v1.Prob`";
    refused(
        unchanged,
        "/test.v1.Prob/Sum",
        &frame(0, &[]),
        (12, expected),
    )
    .await;
    refused(unchanged, "/", &[], (12, "there is no service `/`")).await;
}

#[tokio::test]
async fn a_malformed_or_expired_timeout_is_refused() {
    let expected =
        "`grpc-timeout` is `1.5S`: expected at most 8 digits and one of H, M, S, m, u, n";
    let bad = header("grpc-timeout", "1.5S");
    refused(bad, SUM, &frame(0, ONE_AND_TWO), (13, expected)).await;
    let expected = "the deadline had passed before the call started";
    let passed = header("grpc-timeout", "0n");
    refused(passed, SUM, &frame(0, ONE_AND_TWO), (4, expected)).await;
}

#[tokio::test]
async fn a_request_that_is_not_grpc_is_refused() {
    let server = small_server().await;
    let mut peer = Peer::connect(server.address).await;

    let mut get = peer.request(SUM);
    *get.method_mut() = http::Method::GET;
    let response = peer.exchange(get, &[]).await;
    assert_eq!(response.http, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers["allow"], "POST");

    for content_type in ["application/grpc+json", "application/grpc-web"] {
        let mut request = peer.request(SUM);
        header("content-type", content_type)(&mut request);
        let response = peer.exchange(request, &frame(0, ONE_AND_TWO)).await;
        assert_eq!(response.http, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(
            response.headers["accept"],
            "application/grpc, application/grpc+proto"
        );
    }

    let mut request = peer.request(SUM);
    header("content-type", "application/grpc+proto")(&mut request);
    request.headers_mut().remove("te");
    let sum = peer.exchange(request, &frame(0, ONE_AND_TWO)).await;
    assert_eq!(sum.status(), (0, ""));
    server.still_serves().await;
}

#[tokio::test]
async fn grpc_over_http1_is_refused() {
    let server = small_server().await;
    let request = format!(
        "POST {SUM} HTTP/1.1\r\nhost: test\r\ncontent-type: application/grpc\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    );
    let response = crate::support::raw::exchange(server.address, request.as_bytes()).await;
    assert!(
        response.starts_with("HTTP/1.1 505 HTTP Version Not Supported\r\n"),
        "{response}"
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_client_that_disconnects_mid_request_cancels_it() {
    let (server, _) = Running::probe().await;
    let Peer { mut send, .. } = Peer::connect(server.address).await;
    let request = Peer::connect(server.address).await.request(SUM);
    let (_, mut body) = send.send_request(request, false).expect("sends");
    body.send_data(Bytes::from_static(&[0, 0, 0]), false)
        .expect("sends");
    body.send_reset(h2::Reason::CANCEL);
    drop((send, body));
    server.still_serves().await;
}

#[tokio::test]
async fn a_reset_stream_cancels_the_handler() {
    let (server, service) = Running::probe().await;
    let mut peer = Peer::connect(server.address).await;
    for path in ["/test.v1.Probe/Hang", "/test.v1.Probe/Trickle"] {
        let request = peer.request(path);
        let (_answer, mut body) = peer.send.send_request(request, false).expect("sends");
        body.send_data(frame(0, &[]), true).expect("sends");
        soon("the call", service.began.notified()).await;
        body.send_reset(h2::Reason::CANCEL);
        soon("the end of the handler", service.dropped.notified()).await;
    }
    server.still_serves().await;
}

#[tokio::test]
async fn a_broken_connection_cancels_its_handlers() {
    let (server, service) = Running::probe().await;
    let stream = tokio::net::TcpStream::connect(server.address)
        .await
        .expect("connects");
    let (mut send, connection) = h2::client::handshake(stream)
        .await
        .expect("the HTTP/2 handshake");
    let connection = tokio::spawn(connection);
    let request = Peer::connect(server.address)
        .await
        .request("/test.v1.Probe/Hang");
    let (_answer, mut body) = send.send_request(request, false).expect("sends");
    body.send_data(frame(0, &[]), true).expect("sends");
    soon("the call", service.began.notified()).await;
    connection.abort();
    soon("the end of the handler", service.dropped.notified()).await;
    server.still_serves().await;
}

#[tokio::test]
async fn a_half_closed_stream_still_gets_all_responses() {
    let (server, _) = Running::probe().await;
    let mut peer = Peer::connect(server.address).await;
    let request = peer.request("/test.v1.Probe/Double");
    let (response, mut body) = peer.send.send_request(request, false).expect("sends");
    for _ in 0..3 {
        body.send_data(frame(0, &[0x08, 1]), false).expect("sends");
    }
    body.send_data(Bytes::new(), true).expect("sends");
    let response = soon("the response", read(response)).await;
    assert_eq!(response.body, frame(0, &[0x08, 2]).repeat(3));
    assert_eq!(response.status(), (0, ""));
}
