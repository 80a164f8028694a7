//! JSON arguments: malformed ones get an error that names them, and the next
//! request is served.

use crate::http::items::Running;

#[tokio::test]
async fn a_valid_request_is_200() {
    let server = Running::start().await;
    let response = server.post("/sum", r#"{"a":1,"b":2}"#).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.body, r#"{"v":3}"#);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("content-length"), Some("7"));
    assert_eq!(response.header("x-request-id"), None);
}

#[tokio::test]
async fn malformed_json_is_refused_with_its_position() {
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
async fn a_wrong_argument_is_named_with_the_expected_type() {
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
async fn the_first_missing_argument_is_named() {
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
async fn a_duplicate_argument_is_refused() {
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
async fn unknown_members_are_ignored() {
    let server = Running::start().await;
    let response = server
        .post("/sum", r#"{"c":{"d":[1,null]},"a":1,"\u0062":2,"e":"x"}"#)
        .await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, r#"{"v":3}"#)
    );
}

#[tokio::test]
async fn an_option_may_be_missing_or_null() {
    let server = Running::start().await;
    let check = async |body: &str, expected: &str| {
        let response = server.post("/greet", body).await;
        assert_eq!((response.status, response.body.as_str()), (200, expected));
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
async fn deep_nesting_is_refused() {
    let server = Running::start().await;
    let body = format!("{{\"a\":{}", "[".repeat(100_000));
    server.post("/sum", body).await.is_bad_argument(
        "a",
        "body",
        "argument `a` of method `sum`: invalid type: sequence, expected i64 at line 1 column 5",
    );
    let unknown = format!("{{\"x\":{}", "[".repeat(100_000));
    let response = server.post("/sum", unknown).await;
    response.is_bad_body("body of method `sum`: EOF while parsing a list at line 1 column 100005");
    server.still_serves().await;
}

#[tokio::test]
async fn a_sensitive_value_is_not_echoed() {
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
async fn a_body_argument_is_the_whole_body() {
    let server = Running::start().await;
    let put = async |body: &str| {
        let headers = ["content-type: application/json"];
        server.send("PUT /items/7", &headers, body).await
    };
    let response = put(r#"{"name":"hat","price":30}"#).await;
    assert_eq!((response.status, response.body.as_str()), (204, ""));
    assert_eq!(response.header("content-type"), None);
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
    let response = server.post("/items", r#"{"name":"hat","price":30}"#).await;
    assert_eq!(response.status, 201);
    assert_eq!(response.body, r#"{"name":"hat","price":30}"#);
    server.still_serves().await;
}
