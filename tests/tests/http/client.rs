//! The client over HTTP/JSON, against kit's server and against servers that
//! violate the protocol.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kit::transport::http::{HttpChannel, HttpOptions};
use kit::{Code, Context, Metadata, ResponseMetadata, Status};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::http::items::{Item, ItemError, Items as _, ItemsClient, Order, Running};
use crate::support::raw::{soon, was_notified, with_a_deadline};

async fn client(server: &Running) -> ItemsClient {
    ItemsClient::connect(server.url()).await.expect("a URL")
}

#[tokio::test]
async fn every_kind_of_argument_arrives() {
    let server = Running::start().await;
    let items = client(&server).await;
    assert_eq!(items.sum(1, 2).await.expect("a sum").v, 3);
    assert_eq!(items.greet(None).await.expect("text"), "hello");
    let name = "\u{1f3a9} \"quoted\"\n".to_owned();
    assert_eq!(
        items.greet(Some(name.clone())).await.expect("text"),
        format!("hello, {name}")
    );
    assert_eq!(items.item(7).await.expect("an item").name, "hat");
    let hat = Item {
        name: "hat".to_owned(),
        price: 1,
    };
    items.put_item(7, hat.clone()).await.expect("stored");
    assert_eq!(items.new_item(hat.clone()).await.expect("made"), hat);
    let tags = vec!["a&b".to_owned(), String::new(), "ü +".to_owned()];
    let listing = items
        .list(tags.clone(), Some(3), Some(Order::PriceDown))
        .await
        .expect("a listing");
    assert_eq!(listing.tag, tags);
    assert_eq!(listing.limit, Some(3));
    assert_eq!(listing.order, Some(Order::PriceDown));
    let listing = items.list(Vec::new(), None, None).await.expect("a listing");
    assert_eq!((listing.tag.len(), listing.limit), (0, None));
    for path in ["a/b", "100%", "a b+c?d#e", "ü", ".."] {
        let echo = items
            .echo(
                path.to_owned(),
                Some(path.to_owned()),
                Some(path.to_owned()),
            )
            .await
            .expect("an echo");
        assert_eq!(echo.path, path);
        assert_eq!(echo.query.as_deref(), Some(path));
        assert_eq!(echo.header.as_deref(), Some(path));
    }
}

#[tokio::test]
async fn a_value_that_http_cannot_carry_is_refused_unsent() {
    let server = Running::start().await;
    let items = client(&server).await;
    let check = async |path: &str, header: &str, expected: &str| {
        let error = items
            .echo(path.to_owned(), None, Some(header.to_owned()))
            .await
            .expect_err("refused");
        assert_eq!(error.code(), Code::InvalidArgument);
        assert_eq!(error.message(), expected);
    };
    check(
        "",
        "x",
        "argument `path` of method `echo` can't be sent: a path can't hold an empty value",
    )
    .await;
    check(
        "x",
        "a\nb",
        "argument `header` of method `echo` can't be sent: failed to parse header value",
    )
    .await;
    check(
        "x",
        " a",
        "argument `header` of method `echo` can't be sent: a header can't hold leading or trailing space",
    )
    .await;
}

#[tokio::test]
async fn a_typed_error_arrives_as_its_variant() {
    let server = Running::start().await;
    let items = client(&server).await;
    let error = items.item(8).await.expect_err("no item");
    assert!(
        matches!(error, ItemError::NoSuchItem { id: 8 }),
        "{error:?}"
    );
    let put = async |price| {
        let name = "crown".to_owned();
        items.put_item(7, Item { name, price }).await
    };
    match put(101).await.expect_err("over the price limit") {
        ItemError::TooExpensive { name, most } => assert_eq!((name.as_str(), most), ("crown", 100)),
        other => panic!("{other:?}"),
    }
    let error = put(0).await.expect_err("closed");
    assert!(matches!(error, ItemError::Closed), "{error:?}");
}

#[tokio::test]
async fn a_status_arrives_complete() {
    let server = Running::start().await;
    let items = client(&server).await;
    let error = items.later().await.expect_err("busy");
    assert_eq!(error.code(), Code::Unavailable);
    assert_eq!(error.message(), "busy");
    assert_eq!(error.retry_after(), Some(Duration::from_millis(2500)));

    let error = items.panic().await.expect_err("it panics");
    assert_eq!(error.code(), Code::Internal);
    assert_eq!(error.message(), "method `panic` panicked");

    let error = items
        .metadata(&Context::new(), true)
        .await
        .expect_err("it fails");
    let metadata = error.metadata().expect("metadata");
    assert_eq!(metadata.get("x-cause"), Some("moon"));
    assert_eq!(metadata.get("content-type"), None);
}

#[tokio::test]
async fn metadata_and_deadline_are_sent() {
    let server = Running::start().await;
    let items = client(&server).await;
    let mut sent = Metadata::new();
    sent.insert("x-tenant", "blue").expect("valid");
    let received = ResponseMetadata::new();
    let cx = Context::new()
        .with_outgoing(sent)
        .with_response_metadata(&received);
    let tenant = items.metadata(&cx, false).await.expect("a reply");
    assert_eq!(tenant.as_deref(), Some("blue"));
    assert_eq!(received.headers().get("x-served-by"), Some("blue"));
    assert_eq!(received.headers().get("x-cost"), Some("3"));

    with_a_deadline(async |cx| {
        let error = cx.scope(items.hang()).await.expect_err("it hangs");
        assert_eq!(error.code(), Code::DeadlineExceeded);
        was_notified(&server.shop.began).then_some(())
    })
    .await;
    soon("the handler's end", server.shop.dropped.notified()).await;
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_at_the_server() {
    let server = Running::start().await;
    let items = client(&server).await;
    let call = tokio::spawn(async move { items.hang().await });
    soon("the call", server.shop.began.notified()).await;
    call.abort();
    soon("the handler's end", server.shop.dropped.notified()).await;
}

#[tokio::test]
async fn http2_serves_the_same_calls() {
    let server = Running::start().await;
    let channel = HttpChannel::lazy(&server.url(), HttpOptions::new().http2(true)).expect("a URL");
    let items = ItemsClient::new(channel);
    let calls: Vec<_> = (0..20)
        .map(|n| {
            let items = items.clone();
            tokio::spawn(async move { items.sum(n, n).await })
        })
        .collect();
    for (n, call) in calls.into_iter().enumerate() {
        let sum = call.await.expect("joins").expect("a sum");
        assert_eq!(sum.v, 2 * n as i64);
    }
    let error = items.item(8).await.expect_err("no item");
    assert!(
        matches!(error, ItemError::NoSuchItem { id: 8 }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_response_over_the_limit_is_refused() {
    let server = Running::start().await;
    let channel = HttpChannel::lazy(&server.url(), HttpOptions::new().body(1024)).expect("a URL");
    let items = ItemsClient::new(channel);
    // The JSON of a text has two quotes more.
    assert_eq!(items.text(1022).await.expect("fits").len(), 1022);
    let error = items.text(1023).await.expect_err("too large");
    assert_eq!(error.code(), Code::ResourceExhausted);
    assert_eq!(
        error.message(),
        format!(
            "the response of {} is larger than 1024 bytes",
            server.address
        )
    );
    assert_eq!(items.sum(1, 2).await.expect("a sum").v, 3);
}

#[tokio::test]
async fn a_large_response_arrives_complete() {
    let server = Running::start().await;
    let items = client(&server).await;
    let text = items.text(3 << 20).await.expect("3 MiB");
    assert_eq!(text.len(), 3 << 20);
}

#[tokio::test]
async fn a_refused_connection_is_unavailable_with_its_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let items = ItemsClient::connect(format!("http://{address}"))
        .await
        .expect("a URL");
    let error = items.sum(1, 2).await.expect_err("no server listens");
    assert_eq!(error.code(), Code::Unavailable);
    assert_eq!(error.message(), format!("can't connect to {address}"));
    let mut cause = error.source();
    let mut causes = String::new();
    while let Some(error) = cause {
        causes = error.to_string();
        cause = error.source();
    }
    assert!(causes.contains("refused"), "{causes}");
}

#[tokio::test]
async fn an_unsupported_url_is_refused() {
    let check = |url: &str, expected: &str| {
        let error = HttpChannel::lazy(url, HttpOptions::new()).expect_err("refused");
        assert_eq!(error.code(), Code::InvalidArgument);
        assert!(error.message().contains(expected), "{error}");
    };
    check("https://127.0.0.1:1", "not an http:// URL");
    check("127.0.0.1:1", "not an http:// URL");
    check("/sum", "not an http:// URL");
    check("http://127.0.0.1:1/?x=1", "has a query");
    check("http://a:b@127.0.0.1:1", "credentials go into metadata");
    check("http://[::1", "expected a URL like http://host:port/prefix");
}

/// A server that counts its connections and sends the same response to every
/// request, with or without keep-alive.
async fn peer(response: &'static str, keep_alive: bool) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut request = [0; 4096];
                while let Ok(1..) = stream.read(&mut request).await {
                    let written = stream.write_all(response.as_bytes()).await;
                    if written.is_err() || !keep_alive {
                        return;
                    }
                }
            });
        }
    });
    (url, connections)
}

async fn call(response: &'static str) -> Status {
    let (url, _) = peer(response, false).await;
    let items = ItemsClient::connect(url).await.expect("a URL");
    soon("an error", items.sum(1, 2))
        .await
        .expect_err("the peer misbehaves")
}

#[tokio::test]
async fn a_malformed_response_is_an_error_with_its_cause() {
    let check = async |response: &'static str, code: Code, expected: &str| {
        let error = call(response).await;
        assert_eq!(error.code(), code, "{error:?}");
        assert!(error.message().contains(expected), "{error:?}");
    };
    check("garbage\r\n\r\n", Code::Internal, "is not HTTP").await;
    check(
        "",
        Code::Unavailable,
        "closed the connection without a response",
    )
    .await;
    check(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"v\"",
        Code::Unavailable,
        "was cut short",
    )
    .await;
}

#[tokio::test]
async fn a_response_of_the_wrong_type_is_internal() {
    let check = async |response: &'static str, expected: &str| {
        let error = call(response).await;
        assert_eq!(error.code(), Code::Internal, "{error:?}");
        assert_eq!(error.message(), expected);
    };
    check(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\n<p>hi",
        "the response of method `sum` is not JSON but has `text/html`",
    )
    .await;
    check(
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1",
        "the response of method `sum` is not JSON but has no content type",
    )
    .await;
    check(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{\"w\":3}",
        "the response of method `sum` can't be read: missing field `v` at line 1 column 7",
    )
    .await;
    check(
        "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
        "the response of method `sum` can't be read: invalid type: null, expected struct Sum at line 1 column 4",
    )
    .await;
}

#[tokio::test]
async fn a_proxy_error_maps_to_the_code_of_its_status() {
    let error =
        call("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\nretry-after: 7\r\n\r\nbusy")
            .await;
    assert_eq!(error.code(), Code::Unavailable);
    assert_eq!(error.message(), "HTTP 503 Service Unavailable: busy");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let error = call("HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /x\r\n\r\n").await;
    assert_eq!(error.code(), Code::Unknown);
    assert_eq!(error.message(), "HTTP 302 Found");
}

#[tokio::test]
async fn sequential_calls_share_a_connection() {
    let (url, connections) = peer(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{\"v\":3}",
        true,
    )
    .await;
    let items = ItemsClient::connect(url).await.expect("a URL");
    for _ in 0..20 {
        assert_eq!(items.sum(1, 2).await.expect("a sum").v, 3);
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}
