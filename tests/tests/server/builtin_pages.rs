//! The built-in pages: probes and metrics.

use kit::Server;
use kit::testing::{self};

use crate::support::raw::{exchange, get};

#[tokio::test]
async fn probe_and_metrics_paths_can_be_changed_and_disabled() {
    let server = Server::new()
        .healthz("/alive")
        .readyz(None)
        .metrics("/internal/metrics");
    let running = testing::serve(server).await;
    let address = running.address();
    assert_eq!(get(address, "/alive").await, (200, "ok\n".to_owned()));
    assert_eq!(get(address, "/internal/metrics").await.0, 200);
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(get(address, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_probe_accepts_get_head_and_options() {
    let running = testing::serve(Server::new()).await;
    let send = |verb: &str| {
        let request = format!("{verb} /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let address = running.address();
        async move { exchange(address, request.as_bytes()).await }
    };
    let head = send("HEAD").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("content-length: 3\r\n"), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let options = send("OPTIONS").await;
    assert!(
        options.starts_with("HTTP/1.1 204 No Content\r\n"),
        "{options}"
    );
    let refused = send("DELETE").await;
    assert!(
        refused.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"),
        "{refused}"
    );
    for response in [options, refused] {
        assert!(
            response.contains("allow: GET, HEAD, OPTIONS\r\n"),
            "{response}"
        );
    }
}

#[tokio::test]
async fn head_has_no_body_over_http1_and_http2() {
    let running = testing::serve(Server::new()).await;
    let request = b"HEAD /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let response = exchange(running.address(), request).await;
    let (head, body) = response.split_once("\r\n\r\n").expect("it has a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-length: 3"), "{head}");
    assert_eq!(body, "");

    let mut peer = crate::grpc::probe::Peer::connect(running.address()).await;
    let request = http::Request::head("http://x/healthz").body(());
    let sent = peer.send.send_request(request.expect("a request"), true);
    let response = crate::grpc::probe::read(sent.expect("it is sent").0).await;
    assert_eq!(response.http, 200);
    assert_eq!(response.headers["content-length"], "3");
    assert_eq!(response.body, "");
}
