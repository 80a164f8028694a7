//! Routing: paths, verbs, percent-encoding, query and header arguments.

use crate::http::items::Running;

#[tokio::test]
async fn an_unknown_path_is_404() {
    let server = Running::start().await;
    let check = async |line: &str, path: &str| {
        let detail = format!("no method has the path `{path}`");
        server
            .send(line, &[], "")
            .await
            .is_problem(404, "Not Found", "unimplemented", &detail, "");
        server.still_serves().await;
    };
    check("GET /nope", "/nope").await;
    check("POST /sum/", "/sum/").await;
    check("POST /SUM", "/SUM").await;
    check("GET /items/7/8?x=1", "/items/7/8").await;
    check("OPTIONS /nope", "/nope").await;
    check("BREW /nope", "/nope").await;
}

#[tokio::test]
async fn an_unknown_verb_is_405_with_allow() {
    let server = Running::start().await;
    let check = async |verb: &str, path: &str, allow: &str| {
        let response = server.send(&format!("{verb} {path}"), &[], "").await;
        let detail = format!("no method has this path for {verb}: allowed are {allow}");
        response.is_problem(405, "Method Not Allowed", "unimplemented", &detail, "");
        assert_eq!(response.header("allow"), Some(allow));
        server.still_serves().await;
    };
    check("GET", "/sum", "POST, OPTIONS").await;
    check("DELETE", "/items/7", "GET, HEAD, PUT, OPTIONS").await;
    check("BREW", "/items", "GET, HEAD, POST, OPTIONS").await;
    check("TRACE", "/items", "GET, HEAD, POST, OPTIONS").await;
}

#[tokio::test]
async fn options_returns_allow() {
    let server = Running::start().await;
    let check = async |path: &str, allow: &str| {
        let response = server.send(&format!("OPTIONS {path}"), &[], "").await;
        assert_eq!((response.status, response.body.as_str()), (204, ""));
        assert_eq!(response.header("allow"), Some(allow));
    };
    check("/sum", "POST, OPTIONS").await;
    check("/items/7", "GET, HEAD, PUT, OPTIONS").await;
    check("*", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS").await;
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Running::start().await;
    let get = server.get("/items/7").await;
    let head = server.send("HEAD /items/7", &[], "").await;
    assert_eq!(get.body, r#"{"name":"hat","price":30}"#);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for name in ["content-type", "content-length"] {
        assert!(get.header(name).is_some());
        assert_eq!(head.header(name), get.header(name));
    }
    let get = server.get("/items/8").await;
    let head = server.send("HEAD /items/8", &[], "").await;
    assert_eq!((head.status, head.body.as_str()), (404, ""));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    let head = server.send("HEAD /sum", &[], "").await;
    assert_eq!((head.status, head.body.as_str()), (405, ""));
}

#[tokio::test]
async fn percent_encoding_is_decoded_once() {
    let server = Running::start().await;
    let check = async |target: &str, path: &str, query: Option<&str>| {
        let response = server.get(target).await;
        let expected = serde_json::json!({ "path": path, "query": query, "header": null });
        let actual: serde_json::Value = serde_json::from_str(&response.body).expect("JSON");
        assert_eq!((response.status, actual), (200, expected), "{target}");
    };
    check("/echo/a%2Fb", "a/b", None).await;
    check("/echo/a%252Fb", "a%2Fb", None).await;
    check("/echo/a+b", "a+b", None).await;
    check("/echo/a%20b?query=a+b%2B", "a b", Some("a b+")).await;
    check("/echo/%C3%BC?query=%C3%BC", "ü", Some("ü")).await;
    check("/%65cho/x?qu%65ry=%26%3D", "x", Some("&=")).await;
    check("/echo/x?query", "x", Some("")).await;
    check("/echo/x?&&query=1&other=%zz", "x", Some("1")).await;
    check("/echo/%2E%2e", "..", None).await;
    check("/echo/x%00", "x\0", None).await;
}

#[tokio::test]
async fn broken_percent_encoding_is_refused() {
    let server = Running::start().await;
    let check = async |target: &str, argument: &str, place: &str, detail: &str| {
        server
            .get(target)
            .await
            .is_bad_argument(argument, place, detail);
        server.still_serves().await;
    };
    check(
        "/echo/%ff",
        "path",
        "path",
        "argument `path` of method `echo` (path): invalid UTF-8 after percent-decoding",
    )
    .await;
    check(
        "/echo/x?query=%ff",
        "query",
        "query",
        "argument `query` of method `echo` (query): invalid UTF-8 after percent-decoding",
    )
    .await;
    check(
        "/echo/x?query=1%2",
        "query",
        "query",
        "argument `query` of method `echo` (query): invalid percent-encoding `%2`",
    )
    .await;
    server.get("/echo/%zz").await.is_problem(
        400,
        "Bad Request",
        "invalid_argument",
        "path: invalid percent-encoding `%zz`",
        "",
    );
    server.still_serves().await;
}

#[tokio::test]
async fn text_is_parsed_as_the_type_of_its_argument() {
    let server = Running::start().await;
    let check = async |target: &str, argument: &str, place: &str, detail: &str| {
        server
            .get(target)
            .await
            .is_bad_argument(argument, place, detail);
        server.still_serves().await;
    };
    check(
        "/items/x",
        "id",
        "path",
        "argument `id` of method `item` (path): invalid value: string \"x\", expected u32",
    )
    .await;
    check(
        "/items/-1",
        "id",
        "path",
        "argument `id` of method `item` (path): invalid value: integer `-1`, expected u32",
    )
    .await;
    check(
        "/items/4294967296",
        "id",
        "path",
        "argument `id` of method `item` (path): invalid value: integer `4294967296`, expected u32",
    )
    .await;
    check(
        "/items?limit=many",
        "limit",
        "query",
        "argument `limit` of method `list` (query): invalid value: string \"many\", expected u32",
    )
    .await;
    check(
        "/items?limit=1&limit=2",
        "limit",
        "query",
        "argument `limit` of method `list` (query): given 2 times, expected at most once",
    )
    .await;
    check(
        "/items?order=random",
        "order",
        "query",
        "argument `order` of method `list` (query): unknown variant `random`, expected `name` or `price_down`",
    )
    .await;
    check(
        "/text",
        "size",
        "query",
        "argument `size` of method `text` (query): missing",
    )
    .await;
}

#[tokio::test]
async fn query_values_fill_options_lists_and_enums() {
    let server = Running::start().await;
    let check = async |target: &str, expected: &str| {
        let response = server.get(target).await;
        assert_eq!((response.status, response.body.as_str()), (200, expected));
    };
    check("/items", r#"{"tag":[],"limit":null,"order":null}"#).await;
    check(
        "/items?tag=a&limit=3&order=price_down&tag=b%20c",
        r#"{"tag":["a","b c"],"limit":3,"order":"price_down"}"#,
    )
    .await;
}

#[tokio::test]
async fn headers_are_arguments() {
    let server = Running::start().await;
    let response = server.send("GET /echo/x", &["X-Echo: a b"], "").await;
    assert_eq!(response.body, r#"{"path":"x","query":null,"header":"a b"}"#);
    let response = server.send("GET /echo/x", &["x-echo: ü"], "").await;
    assert_eq!(response.body, r#"{"path":"x","query":null,"header":"ü"}"#);
    server
        .send("GET /echo/x", &["x-echo: a", "x-echo: b"], "")
        .await
        .is_bad_argument(
            "header",
            "header",
            "argument `header` of method `echo` (header `x-echo`): given 2 times, expected at most once",
        );
    server.still_serves().await;
}
