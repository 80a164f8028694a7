//! HTTP/1.1 heads and framing: malformed and oversized ones get an exact response,
//! and the next connection is served.

use kit::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::raw::{exchange, read_to_end, soon, split};

use super::fixtures::{JSON, run, still_serves};

#[tokio::test]
async fn bytes_that_are_not_http_get_400() {
    let (running, _) = run(Limits::default()).await;
    let garbage: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ];
    for bytes in garbage {
        let response = exchange(running.address(), bytes).await;
        let shown = String::from_utf8_lossy(bytes);
        assert!(
            response.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{shown:?}: {response}"
        );
        assert!(response.ends_with("\r\n\r\n"), "{response}");
    }
    still_serves(&running).await;
}

#[tokio::test]
async fn ambiguous_body_lengths_are_refused() {
    let (running, _) = run(Limits::default()).await;
    for smuggled in [
        "content-length: 4\r\ncontent-length: 5\r\n",
        "content-length: abc\r\n",
        "transfer-encoding: gzip\r\n",
    ] {
        let request = format!("POST /sum HTTP/1.1\r\nhost: x\r\n{JSON}{smuggled}\r\n{{}}");
        let response = exchange(running.address(), request.as_bytes()).await;
        assert!(
            response.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{smuggled}: {response}"
        );
    }
    still_serves(&running).await;
}

#[tokio::test]
async fn heads_over_the_limits_get_431() {
    let mut limits = Limits::default();
    limits.header_list = 8 << 10;
    limits.http1.header_count = 10;
    let (running, _) = run(limits).await;
    let large = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-a: {}\r\n\r\n",
        "a".repeat(9 << 10)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "x-a: b\r\n".repeat(10)
    );
    for request in [large, many] {
        let response = exchange(running.address(), request.as_bytes()).await;
        assert!(
            response.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"),
            "{response}"
        );
    }
    let fits = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "x-a: b\r\n".repeat(9)
    );
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    stream.write_all(fits.as_bytes()).await.expect("writes");
    let mut start = [0; 15];
    soon("a response", stream.read_exact(&mut start))
        .await
        .expect("reads");
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    still_serves(&running).await;
}

#[tokio::test]
async fn the_default_header_count_limit_applies() {
    let (running, _) = run(Limits::default()).await;
    let request = |headers: usize| {
        let rest = "x-a: b\r\n".repeat(headers - 2);
        format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{rest}\r\n")
    };
    let response = exchange(running.address(), request(100).as_bytes()).await;
    assert_eq!(split(&response), (200, "ok\n".to_owned()));
    let response = exchange(running.address(), request(101).as_bytes()).await;
    assert_eq!(split(&response).0, 431);
}

#[tokio::test]
async fn expect_continue_gets_100_only_if_the_body_is_read() {
    let mut limits = Limits::default();
    limits.http.body = 64;
    let (running, _) = run(limits).await;
    let head = |path: &str, length: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{JSON}\
             expect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let mut stream = TcpStream::connect(running.address())
        .await
        .expect("connects");
    let body = r#"{"a":1,"b":2}"#;
    let request = head("/sum", body.len());
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut interim = [0; 25];
    soon("the interim response", stream.read_exact(&mut interim))
        .await
        .expect("reads");
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.expect("writes");
    let response = split(&read_to_end(&mut stream).await);
    assert_eq!(response, (200, "3".to_owned()));

    for (path, length, status) in [("/nowhere", 13, 404), ("/sum", 65, 413)] {
        let response = exchange(running.address(), head(path, length).as_bytes()).await;
        assert_eq!(split(&response).0, status, "{response}");
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let (running, _) = run(Limits::default()).await;
    let sum = |a: i64, close: &str| {
        let body = format!(r#"{{"a":{a},"b":0}}"#);
        let length = body.len();
        format!(
            "POST /sum HTTP/1.1\r\nhost: x\r\n{close}{JSON}content-length: {length}\r\n\r\n{body}"
        )
    };
    let requests = [sum(1, ""), sum(2, ""), sum(3, "connection: close\r\n")].concat();
    let responses = exchange(running.address(), requests.as_bytes()).await;
    let sums: Vec<_> = responses
        .split("HTTP/1.1 200 OK\r\n")
        .skip(1)
        .filter_map(|response| response.split("\r\n\r\n").nth(1))
        .collect();
    assert_eq!(sums, ["1", "2", "3"]);
}
