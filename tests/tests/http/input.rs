//! Bad input gets a clear error, and the next request is answered.

use kit::Limits;

use crate::http::items::{Answer, Running};
use crate::support::raw;

#[tokio::test]
async fn a_good_request_is_answered() {
    let server = Running::start().await;
    let answer = server.post("/sum", r#"{"a":1,"b":2}"#).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, r#"{"v":3}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("content-length"), Some("7"));
    assert_eq!(answer.header("x-request-id"), None);
}

#[tokio::test]
async fn malformed_json_is_refused_where_it_breaks() {
    let server = Running::start().await;
    let check = async |body: &str, detail: &str| {
        server.post("/sum", body).await.is_bad_body(detail);
        server.still_serves().await;
    };
    check(
        r#"{"a":1,"b":2"#,
        "body of method `sum`: EOF while parsing an object at line 1 column 12",
    )
    .await;
    check(
        "{\n\"a\":1,}",
        "body of method `sum`: trailing comma at line 2 column 7",
    )
    .await;
    check(
        r#"{"a":1,"b":2} x"#,
        "body of method `sum`: trailing characters at line 1 column 15",
    )
    .await;
    check(
        "[1,2]",
        "body of method `sum`: invalid type: sequence, expected an object with a member per argument at line 1 column 0",
    )
    .await;
    check(
        "null",
        "body of method `sum`: invalid type: null, expected an object with a member per argument at line 1 column 4",
    )
    .await;
    check(
        " ",
        "body of method `sum`: EOF while parsing a value at line 1 column 1",
    )
    .await;
}

#[tokio::test]
async fn a_wrong_argument_is_named_with_what_was_expected() {
    let server = Running::start().await;
    let check = async |body: &str, argument: &str, detail: &str| {
        server
            .post("/sum", body)
            .await
            .is_bad_argument(argument, "body", detail);
        server.still_serves().await;
    };
    check(
        r#"{"a":1,"b":"x"}"#,
        "b",
        "argument `b` of method `sum`: invalid type: string \"x\", expected i64 at line 1 column 14",
    )
    .await;
    check(
        r#"{"a":1.5,"b":2}"#,
        "a",
        "argument `a` of method `sum`: invalid type: floating point `1.5`, expected i64 at line 1 column 8",
    )
    .await;
    check(
        r#"{"a":9223372036854775808,"b":2}"#,
        "a",
        "argument `a` of method `sum`: invalid value: integer `9223372036854775808`, expected i64 at line 1 column 24",
    )
    .await;
    check(
        r#"{"a":1e400,"b":2}"#,
        "a",
        "argument `a` of method `sum`: number out of range at line 1 column 10",
    )
    .await;
    check(
        r#"{"a":null,"b":2}"#,
        "a",
        "argument `a` of method `sum`: invalid type: null, expected i64 at line 1 column 9",
    )
    .await;
    check(
        r#"{"a":1,"b":tru}"#,
        "b",
        "argument `b` of method `sum`: expected ident at line 1 column 15",
    )
    .await;
}

#[tokio::test]
async fn a_missing_argument_is_named_and_the_first_of_several() {
    let server = Running::start().await;
    let check = async |body: &str, argument: &str, detail: &str| {
        server
            .post("/sum", body)
            .await
            .is_bad_argument(argument, "body", detail);
        server.still_serves().await;
    };
    check(r#"{"a":1}"#, "b", "argument `b` of method `sum`: missing").await;
    check("{}", "a", "argument `a` of method `sum`: missing").await;
    check("", "a", "argument `a` of method `sum`: missing").await;
}

#[tokio::test]
async fn an_argument_twice_is_refused() {
    let server = Running::start().await;
    server
        .post("/sum", r#"{"a":1,"b":2,"a":3}"#)
        .await
        .is_bad_argument(
            "a",
            "body",
            "argument `a` of method `sum`: duplicate field `a` at line 1 column 16",
        );
    server.still_serves().await;
}

#[tokio::test]
async fn members_that_are_no_arguments_are_ignored() {
    let server = Running::start().await;
    let answer = server
        .post("/sum", r#"{"c":{"d":[1,null]},"a":1,"\u0062":2,"e":"x"}"#)
        .await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"v":3}"#));
}

#[tokio::test]
async fn an_option_may_be_missing_or_null() {
    let server = Running::start().await;
    let check = async |body: &str, expected: &str| {
        let answer = server.post("/greet", body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, expected));
    };
    check("", r#""hello""#).await;
    check("{}", r#""hello""#).await;
    check(r#"{"name":null}"#, r#""hello""#).await;
    check(r#"{"name":"Ada"}"#, r#""hello, Ada""#).await;
}

#[tokio::test]
async fn invalid_utf8_is_refused() {
    let server = Running::start().await;
    server
        .post("/greet", b"{\"name\":\"\xff\"}")
        .await
        .is_bad_argument(
            "name",
            "body",
            "argument `name` of method `greet`: invalid unicode code point at line 1 column 10",
        );
    server.still_serves().await;
}

#[tokio::test]
async fn nesting_without_end_is_refused() {
    let server = Running::start().await;
    let body = format!("{{\"a\":{}", "[".repeat(100_000));
    server.post("/sum", body).await.is_bad_argument(
        "a",
        "body",
        "argument `a` of method `sum`: invalid type: sequence, expected i64 at line 1 column 5",
    );
    let unknown = format!("{{\"x\":{}", "[".repeat(100_000));
    let answer = server.post("/sum", unknown).await;
    answer.is_bad_body("body of method `sum`: EOF while parsing a list at line 1 column 100005");
    server.still_serves().await;
}

#[tokio::test]
async fn a_sensitive_value_is_never_repeated() {
    let server = Running::start().await;
    server
        .post("/login", r#"{"pin":"hunter2"}"#)
        .await
        .is_bad_argument(
            "pin",
            "body",
            "argument `pin` of method `login`: invalid value",
        );
    server.still_serves().await;
}

#[tokio::test]
async fn a_whole_body_is_one_argument() {
    let server = Running::start().await;
    let put = async |body: &str| {
        let headers = ["content-type: application/json"];
        server.send("PUT /items/7", &headers, body).await
    };
    let answer = put(r#"{"name":"hat","price":30}"#).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(answer.header("content-type"), None);
    put(r#"{"name":"hat"}"#).await.is_bad_argument(
        "item",
        "body",
        "argument `item` of method `put_item`: missing field `price` at line 1 column 14",
    );
    put("").await.is_bad_argument(
        "item",
        "body",
        "argument `item` of method `put_item`: missing",
    );
    let answer = server.post("/items", r#"{"name":"hat","price":30}"#).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body, r#"{"name":"hat","price":30}"#);
    server.still_serves().await;
}

fn small() -> Limits {
    Limits {
        body: 32,
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused_unread() {
    let server = Running::with(small()).await;
    // Nothing of it is ever sent: the answer can't have waited for it.
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   content-length: 33\r\nconnection: close\r\n\r\n";
    let answer = raw::exchange(server.address, request.as_bytes()).await;
    Answer::parse(&answer).is_problem(
        413,
        "Payload Too Large",
        "resource_exhausted",
        "the body is larger than 32 bytes",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_refused() {
    let server = Running::with(small()).await;
    let mut request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                       transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        .to_owned();
    for _ in 0..3 {
        request.push_str(&format!("10\r\n{}\r\n", " ".repeat(16)));
    }
    let answer = raw::exchange(server.address, request.as_bytes()).await;
    Answer::parse(&answer).is_problem(
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
    let answer = server.post("/sum", body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"v":3}"#));
}

#[tokio::test]
async fn a_chunked_body_is_joined() {
    let server = Running::start().await;
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   transfer-encoding: chunked\r\nconnection: close\r\n\r\n\
                   6\r\n{\"a\":1\r\n1\r\n,\r\n6\r\n\"b\":2}\r\n0\r\n\r\n";
    let answer = Answer::parse(&raw::exchange(server.address, request.as_bytes()).await);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"v":3}"#));
}

#[tokio::test]
async fn a_content_type_that_is_not_json_is_refused() {
    let server = Running::start().await;
    let check = async |headers: &[&str], detail: &str, name: &str, value: &str| {
        let answer = server.send("POST /sum", headers, r#"{"a":1,"b":2}"#).await;
        answer.is_problem(
            415,
            "Unsupported Media Type",
            "invalid_argument",
            detail,
            "",
        );
        assert_eq!(answer.header(name), Some(value));
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
        "the body has a `content-encoding`, and none is taken",
        "accept-encoding",
        "identity",
    )
    .await;
}

#[tokio::test]
async fn json_by_any_other_name_is_read() {
    let server = Running::start().await;
    for content_type in [
        "content-type: application/json; charset=UTF-8",
        "content-type: APPLICATION/JSON",
        "content-type: application/vnd.shop+json;v=1",
    ] {
        let answer = server
            .send("POST /sum", &[content_type], r#"{"a":1,"b":2}"#)
            .await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"v":3}"#));
    }
}

#[tokio::test]
async fn a_caller_that_takes_no_json_is_told() {
    let server = Running::start().await;
    let headers = ["content-type: application/json", "accept: text/html"];
    let answer = server.send("POST /sum", &headers, r#"{"a":1,"b":2}"#).await;
    answer.is_problem(
        406,
        "Not Acceptable",
        "invalid_argument",
        "`accept` does not cover `application/json`, which is all there is",
        "",
    );
    // What has no body is acceptable to all.
    let answer = server
        .send("PUT /items/7", &headers, r#"{"name":"hat","price":30}"#)
        .await;
    assert_eq!(answer.status, 204);
    server.still_serves().await;
}

#[tokio::test]
async fn a_truncated_body_is_told_to_whoever_still_reads() {
    use tokio::io::AsyncWriteExt as _;

    let server = Running::start().await;
    let mut stream = tokio::net::TcpStream::connect(server.address)
        .await
        .expect("connects");
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   content-length: 13\r\n\r\n{\"a\":1";
    stream.write_all(request.as_bytes()).await.expect("writes");
    stream.shutdown().await.expect("half closes");
    let answer = raw::read_to_end(&mut stream).await;
    Answer::parse(&answer).is_problem(
        400,
        "Bad Request",
        "invalid_argument",
        "the body ended before it was complete",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let limits = Limits {
        body_timeout: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
    let server = Running::with(limits).await;
    let request = "POST /sum HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
                   content-length: 13\r\n\r\n{\"a\":1";
    let answer = raw::exchange(server.address, request.as_bytes()).await;
    Answer::parse(&answer).is_problem(
        408,
        "Request Timeout",
        "deadline_exceeded",
        "the body did not arrive within 50ms",
        "",
    );
    server.still_serves().await;
}
