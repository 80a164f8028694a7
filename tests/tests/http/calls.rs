//! Calls over HTTP: errors, deadlines, cancellation, metadata.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::http::items::{Response, Running};
use crate::support::raw::{self, soon};

#[tokio::test]
async fn a_domain_error_is_a_problem_with_its_reason_and_fields() {
    let server = Running::start().await;
    server.get("/items/8").await.is_problem(
        404,
        "Not Found",
        "not_found",
        "no item 8",
        r#","reason":"NoSuchItem","fields":{"id":8}"#,
    );
    let headers = ["content-type: application/json"];
    server
        .send("PUT /items/7", &headers, r#"{"name":"crown","price":101}"#)
        .await
        .is_problem(
            402,
            "Payment Required",
            "resource_exhausted",
            "`crown` costs more than 100",
            r#","reason":"TooExpensive","fields":{"name":"crown","most":100}"#,
        );
    server
        .send("PUT /items/7", &headers, r#"{"name":"crown","price":0}"#)
        .await
        .is_problem(
            400,
            "Bad Request",
            "failed_precondition",
            "closed",
            r#","reason":"Closed""#,
        );
    server.still_serves().await;
}

#[tokio::test]
async fn a_panic_is_an_internal_error_without_its_message() {
    let server = Running::start().await;
    server.post("/panic", "").await.is_problem(
        500,
        "Internal Server Error",
        "internal",
        "method `panic` panicked",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_panic_leaves_its_connection_open() {
    let server = Running::start().await;
    let two = "POST /panic HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\n\r\n\
               GET /items/7 HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    let responses = raw::exchange(server.address, two.as_bytes()).await;
    assert!(responses.starts_with("HTTP/1.1 500 "), "{responses}");
    assert!(
        responses.ends_with(r#"{"name":"hat","price":30}"#),
        "{responses}"
    );
}

#[tokio::test]
async fn an_expired_deadline_is_refused_before_the_call() {
    let server = Running::start().await;
    let headers = ["content-type: application/json", "connect-timeout-ms: 0"];
    server
        .send("POST /sum", &headers, r#"{"a":1,"b":2}"#)
        .await
        .is_problem(
            504,
            "Gateway Timeout",
            "deadline_exceeded",
            "the deadline had passed before the call started",
            "",
        );
    server.still_serves().await;
}

#[tokio::test]
async fn a_deadline_ends_the_call() {
    let server = Running::start().await;
    server
        .send("POST /hang", &["connect-timeout-ms: 50"], "")
        .await
        .is_problem(
            504,
            "Gateway Timeout",
            "deadline_exceeded",
            "method `hang` did not end before its deadline",
            "",
        );
    soon("the handler's end", server.shop.dropped.notified()).await;
    server.still_serves().await;
}

#[tokio::test]
async fn a_deadline_ends_the_wait_for_the_body() {
    let server = Running::start().await;
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   connect-timeout-ms: 50\r\ncontent-length: 13\r\n\r\n{\"a\":1";
    let response = raw::exchange(server.address, request.as_bytes()).await;
    Response::parse(&response).is_problem(
        504,
        "Gateway Timeout",
        "deadline_exceeded",
        "the deadline passed before the body had arrived",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_malformed_deadline_is_refused() {
    let server = Running::start().await;
    for value in ["1s", "-1", "", "12345678901", "1.5"] {
        let header = format!("connect-timeout-ms: {value}");
        let headers = ["content-type: application/json", header.as_str()];
        server
            .send("POST /sum", &headers, r#"{"a":1,"b":2}"#)
            .await
            .is_problem(
                400,
                "Bad Request",
                "invalid_argument",
                "header `connect-timeout-ms`: expected up to 10 digits, as in `connect-timeout-ms: 1500`",
                "",
            );
    }
    server.still_serves().await;
}

#[tokio::test]
async fn a_disconnected_caller_cancels_its_handler() {
    let server = Running::start().await;
    let mut stream = TcpStream::connect(server.address).await.expect("connects");
    stream
        .write_all(b"POST /hang HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\n\r\n")
        .await
        .expect("writes");
    soon("the call", server.shop.began.notified()).await;
    drop(stream);
    soon("the handler's end", server.shop.dropped.notified()).await;
    server.still_serves().await;
}

#[tokio::test]
async fn metadata_is_sent_both_ways() {
    let server = Running::start().await;
    let headers = ["content-type: application/json", "x-tenant: blue"];
    let response = server
        .send("POST /metadata", &headers, r#"{"fail":false}"#)
        .await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, r#""blue""#)
    );
    assert_eq!(response.header("x-served-by"), Some("blue"));
    assert_eq!(response.header("x-cost"), Some("3"));

    let response = server
        .send("POST /metadata", &headers, r#"{"fail":true}"#)
        .await;
    response.is_problem(409, "Conflict", "aborted", "no luck", "");
    assert_eq!(response.header("x-served-by"), Some("blue"));
    assert_eq!(response.header("x-cause"), Some("moon"));
}

#[tokio::test]
async fn retry_after_is_sent_in_seconds_and_in_full_precision() {
    let server = Running::start().await;
    let response = server.post("/later", "").await;
    response.is_problem(
        503,
        "Service Unavailable",
        "unavailable",
        "busy",
        r#","retry_after_ms":2500"#,
    );
    assert_eq!(response.header("retry-after"), Some("3"));
}

#[tokio::test]
async fn the_request_id_of_the_caller_is_returned() {
    let server = Running::start().await;
    let id = ["content-type: application/json", "x-request-id: abc"];
    for (path, body) in [("/sum", r#"{"a":1,"b":2}"#), ("/sum", "{"), ("/nope", "")] {
        let response = server.send(&format!("POST {path}"), &id, body).await;
        assert_eq!(response.header("x-request-id"), Some("abc"), "{response:?}");
    }
    let first = server.post("/sum", "{").await;
    let second = server.post("/sum", "{").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}
