//! The gRPC client against servers that violate the protocol or vanish.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Response};
use kit::grpc::{GrpcChannel, GrpcOptions};
use kit::{Code, Context, ServiceError as _};
use tokio::net::TcpListener;

use crate::grpc::probe::{Probe as _, ProbeClient, Running, frame};
use crate::support::raw::soon;

/// A peer that answers each request by a function.
async fn peer(response: impl Fn(SendResponse<Bytes>) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let response = response.clone();
            tokio::spawn(async move {
                let mut connection = h2::server::handshake(stream)
                    .await
                    .expect("the HTTP/2 handshake");
                while let Some(Ok((_, respond))) = connection.accept().await {
                    response(respond);
                }
            });
        }
    });
    address
}

async fn call(address: SocketAddr) -> Result<i64, (Code, String)> {
    let probe = ProbeClient::connect(format!("grpc://{address}"))
        .await
        .expect("connects");
    soon("a response", probe.sum(1, 2)).await.map_err(|error| {
        let status = error.into_status();
        (status.code(), status.message().to_owned())
    })
}

fn head(status: u16, headers: &[(&'static str, &'static str)]) -> Response<()> {
    let mut head = Response::builder().status(status);
    for (name, value) in headers {
        head = head.header(*name, *value);
    }
    head.body(()).expect("a head")
}

fn failed(code: Code, message: &str) -> Result<i64, (Code, String)> {
    Err((code, message.to_owned()))
}

#[tokio::test]
async fn an_http_response_without_grpc_maps_to_a_code() {
    for (status, code) in [
        (400, Code::Internal),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::Unimplemented),
        (429, Code::Unavailable),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::Unavailable),
        (500, Code::Unknown),
        (302, Code::Unknown),
    ] {
        let address = peer(move |mut respond| {
            let head = head(status, &[("content-type", "text/html")]);
            respond.send_response(head, true).expect("answers");
        });
        let (got, message) = call(address.await).await.expect_err("fails");
        assert_eq!(got, code, "{status}");
        assert!(
            message.starts_with(&format!("the response is HTTP {status} ")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_wrong_content_type_or_missing_status_is_an_error() {
    let address = peer(|mut respond| {
        let head = head(200, &[("content-type", "text/html")]);
        respond.send_response(head, true).expect("answers");
    });
    assert_eq!(
        call(address.await).await,
        failed(
            Code::Unknown,
            "the response's content type is `text/html`, not application/grpc"
        )
    );
    let address = peer(|mut respond| {
        let head = head(200, &[("content-type", "application/grpc")]);
        let mut body = respond.send_response(head, false).expect("answers");
        body.send_data(frame(0, &[0x08, 3]), true).expect("sends");
    });
    assert_eq!(
        call(address.await).await,
        failed(Code::Internal, "the response ended without a status")
    );
}

fn trailers(status: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(
        "grpc-status".parse().expect("a name"),
        HeaderValue::from_static(status),
    )])
}

#[tokio::test]
async fn a_malformed_response_is_an_error() {
    let response = |frames: Vec<Bytes>, status: &'static str| {
        peer(move |mut respond| {
            let head = head(200, &[("content-type", "application/grpc")]);
            let mut body = respond.send_response(head, false).expect("answers");
            for frame in &frames {
                body.send_data(frame.clone(), false).expect("sends");
            }
            body.send_trailers(trailers(status)).expect("sends");
        })
    };
    let three = frame(0, &[0x08, 3]);
    assert_eq!(call(response(vec![three.clone()], "0").await).await, Ok(3));
    assert_eq!(
        call(response(vec![], "0").await).await,
        failed(Code::Unimplemented, "expected one response, got none")
    );
    assert_eq!(
        call(response(vec![three.clone(), three.clone()], "0").await).await,
        failed(
            Code::Unimplemented,
            "expected one message, got more: the method does not stream in this direction"
        )
    );
    assert_eq!(
        call(response(vec![three.slice(..6)], "0").await).await,
        failed(
            Code::Internal,
            "the body ended inside a message: 1 bytes of 2"
        )
    );
    assert_eq!(
        call(response(vec![three], "9").await).await,
        failed(Code::FailedPrecondition, ""),
        "a status counts whatever came before it"
    );
    let huge = Bytes::from_static(&[0, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(
        call(response(vec![huge], "0").await).await,
        failed(
            Code::ResourceExhausted,
            "a message of 4294967295 bytes is over the limit of 4194304 bytes"
        )
    );
}

#[tokio::test]
async fn a_reset_stream_maps_to_a_code() {
    for (reason, code) in [
        (h2::Reason::NO_ERROR, Code::Internal),
        (h2::Reason::PROTOCOL_ERROR, Code::Internal),
        (h2::Reason::INTERNAL_ERROR, Code::Internal),
        (h2::Reason::REFUSED_STREAM, Code::Unavailable),
        (h2::Reason::CANCEL, Code::Cancelled),
        (h2::Reason::ENHANCE_YOUR_CALM, Code::ResourceExhausted),
        (h2::Reason::INADEQUATE_SECURITY, Code::PermissionDenied),
    ] {
        let address = peer(move |mut respond| respond.send_reset(reason)).await;
        let (got, message) = call(address).await.expect_err("fails");
        assert_eq!(got, code, "{reason:?}: {message}");
    }
}

#[tokio::test]
async fn a_refused_stream_is_sent_again() {
    let calls = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let address = peer(move |mut respond| {
        if calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 {
            respond.send_reset(h2::Reason::REFUSED_STREAM);
            return;
        }
        let head = head(200, &[("content-type", "application/grpc")]);
        let mut body = respond.send_response(head, false).expect("answers");
        body.send_data(frame(0, &[0x08, 3]), false).expect("sends");
        body.send_trailers(trailers("0")).expect("sends");
    });
    assert_eq!(call(address.await).await, Ok(3));
}

#[tokio::test]
async fn a_lost_connection_is_reconnected() {
    let (first, _) = Running::probe().await;
    let address = first.address;
    let probe = first.client().await;
    assert_eq!(probe.sum(1, 2).await.expect("sums"), 3);
    drop(first);
    // The port is free once the server has closed it.
    let second = soon("a free port", async {
        loop {
            let service = crate::grpc::probe::Service::default();
            let server = kit::Server::new().mount(crate::grpc::probe::ProbeServer::new(service));
            match server.bind(address.to_string()).await {
                Ok(bound) => break bound,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await;
    tokio::spawn(second.serve());
    let sum = soon("the new connection", async {
        loop {
            match probe.sum(3, 4).await {
                Ok(sum) => break sum,
                // The old connection may still be shutting down.
                Err(error) => assert_eq!(error.code(), Code::Unavailable, "{error}"),
            }
        }
    });
    assert_eq!(sum.await, 7);
}

#[tokio::test]
async fn a_refused_connection_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let url = format!("grpc://{address}");
    let refused = ProbeClient::connect(&url).await.expect_err("refused");
    assert_eq!(refused.code(), Code::Unavailable);
    let expected = format!("could not connect to {address}: Connection refused");
    assert!(refused.message().starts_with(&expected), "{refused}");

    // A lazy channel returns the error with its first call, and again with its
    // second.
    let channel = GrpcChannel::lazy(&url, GrpcOptions::default()).expect("a url");
    let probe = ProbeClient::new(channel);
    for _ in 0..2 {
        let refused = probe.sum(1, 2).await.expect_err("refused").into_status();
        assert_eq!(refused.code(), Code::Unavailable);
        assert!(refused.message().starts_with(&expected), "{refused}");
    }
}

#[tokio::test]
async fn a_silent_server_ends_the_call_at_its_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let channel = GrpcChannel::lazy(&format!("grpc://{address}"), GrpcOptions::default());
    let probe = ProbeClient::new(channel.expect("a url"));
    let cx = Context::new().with_timeout(Duration::from_millis(200));
    let failure = soon("the deadline", cx.scope(probe.sum(1, 2)))
        .await
        .expect_err("fails");
    assert_eq!(failure.code(), Code::DeadlineExceeded);
    drop(listener);
}

#[tokio::test]
async fn a_vanished_server_is_detected_by_keep_alive() {
    // It accepts the connection and the request, and sends nothing more.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a peer");
        let mut connection = h2::server::handshake(stream)
            .await
            .expect("the HTTP/2 handshake");
        let _request = connection.accept().await;
        std::future::pending::<()>().await;
    });
    let options = GrpcOptions::new()
        .keep_alive_interval(Some(Duration::from_millis(50)))
        .keep_alive_timeout(Duration::from_millis(50));
    let channel = GrpcChannel::connect_with(&format!("grpc://{address}"), options)
        .await
        .expect("connects");
    let failure = soon("the end", ProbeClient::new(channel).sum(1, 2))
        .await
        .expect_err("fails");
    assert_eq!(failure.code(), Code::Unavailable, "{failure}");
}
