//! The request body: its size, framing and media type.

use kit::{HttpLimits, Limits};

use crate::http::items::{Response, Running};
use crate::support::raw;

fn small() -> Limits {
    Limits::new().http(HttpLimits::new().body(32))
}

#[tokio::test]
async fn a_content_length_over_the_limit_is_refused_unread() {
    let server = Running::with(small()).await;
    // The body is never sent: the response can't depend on it.
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   content-length: 33\r\nconnection: close\r\n\r\n";
    let response = raw::exchange(server.address, request.as_bytes()).await;
    Response::parse(&response).is_problem(
        413,
        "Payload Too Large",
        "resource_exhausted",
        "the body is larger than 32 bytes",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_chunked_body_over_the_limit_is_refused() {
    let server = Running::with(small()).await;
    let mut request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                       transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        .to_owned();
    for _ in 0..3 {
        request.push_str(&format!("10\r\n{}\r\n", " ".repeat(16)));
    }
    let response = raw::exchange(server.address, request.as_bytes()).await;
    Response::parse(&response).is_problem(
        413,
        "Payload Too Large",
        "resource_exhausted",
        "the body is larger than 32 bytes",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read() {
    let server = Running::with(small()).await;
    let body = format!("{:<32}", r#"{"a":1,"b":2}"#);
    let response = server.post("/sum", body).await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, r#"{"v":3}"#)
    );
}

#[tokio::test]
async fn a_chunked_body_is_joined() {
    let server = Running::start().await;
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   transfer-encoding: chunked\r\nconnection: close\r\n\r\n\
                   6\r\n{\"a\":1\r\n1\r\n,\r\n6\r\n\"b\":2}\r\n0\r\n\r\n";
    let response = Response::parse(&raw::exchange(server.address, request.as_bytes()).await);
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, r#"{"v":3}"#)
    );
}

#[tokio::test]
async fn a_content_type_that_is_not_json_is_refused() {
    let server = Running::start().await;
    let check = async |headers: &[&str], detail: &str, name: &str, value: &str| {
        let response = server.send("POST /sum", headers, r#"{"a":1,"b":2}"#).await;
        response.is_problem(
            415,
            "Unsupported Media Type",
            "invalid_argument",
            detail,
            "",
        );
        assert_eq!(response.header(name), Some(value));
        server.still_serves().await;
    };
    let json = ("accept", "application/json");
    let not_json = "the body is not `application/json` in UTF-8";
    check(&["content-type: text/plain"], not_json, json.0, json.1).await;
    check(
        &["content-type: application/x-www-form-urlencoded"],
        not_json,
        json.0,
        json.1,
    )
    .await;
    check(
        &["content-type: application/json; charset=latin1"],
        not_json,
        json.0,
        json.1,
    )
    .await;
    check(&[], "the body has no `content-type`", json.0, json.1).await;
    check(
        &["content-type: application/json", "content-encoding: gzip"],
        "the body has a `content-encoding`: none is supported",
        "accept-encoding",
        "identity",
    )
    .await;
}

#[tokio::test]
async fn other_names_of_json_are_accepted() {
    let server = Running::start().await;
    for content_type in [
        "content-type: application/json; charset=UTF-8",
        "content-type: APPLICATION/JSON",
        "content-type: application/vnd.shop+json;v=1",
    ] {
        let response = server
            .send("POST /sum", &[content_type], r#"{"a":1,"b":2}"#)
            .await;
        assert_eq!(
            (response.status, response.body.as_str()),
            (200, r#"{"v":3}"#)
        );
    }
}

#[tokio::test]
async fn an_accept_header_without_json_is_406() {
    let server = Running::start().await;
    let headers = ["content-type: application/json", "accept: text/html"];
    let response = server.send("POST /sum", &headers, r#"{"a":1,"b":2}"#).await;
    response.is_problem(
        406,
        "Not Acceptable",
        "invalid_argument",
        "`accept` does not cover `application/json`, the only type available",
        "",
    );
    // A response without a body satisfies any `accept`.
    let response = server
        .send("PUT /items/7", &headers, r#"{"name":"hat","price":30}"#)
        .await;
    assert_eq!(response.status, 204);
    server.still_serves().await;
}

#[tokio::test]
async fn a_truncated_body_is_400() {
    use tokio::io::AsyncWriteExt as _;

    let server = Running::start().await;
    let mut stream = tokio::net::TcpStream::connect(server.address)
        .await
        .expect("connects");
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   content-length: 13\r\n\r\n{\"a\":1";
    stream.write_all(request.as_bytes()).await.expect("writes");
    stream.shutdown().await.expect("half closes");
    let response = raw::read_to_end(&mut stream).await;
    Response::parse(&response).is_problem(
        400,
        "Bad Request",
        "invalid_argument",
        "the body ended before it was complete",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_408() {
    let mut limits = Limits::default();
    limits.body_timeout = std::time::Duration::from_millis(50);
    let server = Running::with(limits).await;
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   content-length: 13\r\n\r\n{\"a\":1";
    let response = raw::exchange(server.address, request.as_bytes()).await;
    Response::parse(&response).is_problem(
        408,
        "Request Timeout",
        "deadline_exceeded",
        "the body did not arrive within 50ms",
        "",
    );
    server.still_serves().await;
}
