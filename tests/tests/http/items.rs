//! The service that the HTTP tests call, and a raw HTTP client of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kit::{Context, Limits, Server, Status};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::support::raw;

/// An item of the shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) price: u32,
}

/// A sum.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) v: i64,
}

/// The order of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    Name,
    PriceDown,
}

/// The decoded values of the text arguments of a request.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Echo {
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) header: Option<String>,
}

/// The decoded arguments of a listing.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Listing {
    pub(crate) tag: Vec<String>,
    pub(crate) limit: Option<u32>,
    pub(crate) order: Option<Order>,
}

#[derive(Debug, thiserror::Error, kit::ServiceError)]
pub(crate) enum ItemError {
    #[error("no item {id}")]
    #[status(not_found)]
    NoSuchItem { id: u32 },
    #[error("`{name}` costs more than {most}")]
    #[status(resource_exhausted, http = 402)]
    TooExpensive { name: String, most: u32 },
    #[error("closed")]
    #[status(failed_precondition)]
    Closed,
    #[error(transparent)]
    Status(#[from] Status),
}

#[kit::service(name = "shop.Items")]
#[transport(http)]
pub(crate) trait Items {
    /// Sums two numbers.
    #[endpoint(post = "/sum")]
    async fn sum(&self, a: i64, b: i64) -> Result<Sum, Status>;

    /// Greets, by a name if there is one.
    #[endpoint(post = "/greet")]
    async fn greet(&self, name: Option<String>) -> Result<String, Status>;

    /// Checks a secret.
    #[endpoint(post = "/login")]
    async fn login(&self, #[sensitive] pin: u16) -> Result<bool, Status>;

    /// One item.
    #[endpoint(get = "/items/{id}")]
    async fn item(&self, id: u32) -> Result<Item, ItemError>;

    /// Replaces an item.
    #[endpoint(put = "/items/{id}")]
    async fn put_item(&self, id: u32, #[body] item: Item) -> Result<(), ItemError>;

    /// Makes an item.
    #[endpoint(post = "/items", status = 201)]
    async fn new_item(&self, #[body] item: Item) -> Result<Item, ItemError>;

    /// Returns its arguments.
    #[endpoint(get = "/items")]
    async fn list(
        &self,
        tag: Vec<String>,
        limit: Option<u32>,
        order: Option<Order>,
    ) -> Result<Listing, Status>;

    /// Returns the decoded text of its arguments.
    #[endpoint(get = "/echo/{path}")]
    async fn echo(
        &self,
        path: String,
        query: Option<String>,
        #[header("x-echo")] header: Option<String>,
    ) -> Result<Echo, Status>;

    /// Returns a text of the given size.
    #[endpoint(get = "/text")]
    async fn text(&self, size: usize) -> Result<String, Status>;

    /// Never ends.
    #[endpoint(post = "/hang")]
    async fn hang(&self) -> Result<(), Status>;

    /// Panics.
    #[endpoint(post = "/panic")]
    async fn panic(&self) -> Result<(), Status>;

    /// Sends metadata with a response, or with an error.
    #[endpoint(post = "/metadata")]
    async fn metadata(&self, cx: &Context, fail: bool) -> Result<Option<String>, Status>;

    /// Fails with a retry delay.
    #[endpoint(post = "/later")]
    async fn later(&self) -> Result<(), Status>;
}

/// The service; it notifies when `hang` begins and when it is dropped.
#[derive(Clone, Default)]
pub(crate) struct Shop {
    pub(crate) began: Arc<Notify>,
    pub(crate) dropped: Arc<Notify>,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Items for Shop {
    async fn sum(&self, a: i64, b: i64) -> Result<Sum, Status> {
        a.checked_add(b)
            .map(|v| Sum { v })
            .ok_or_else(|| Status::out_of_range("the sum is too large"))
    }

    async fn greet(&self, name: Option<String>) -> Result<String, Status> {
        Ok(name.map_or_else(|| "hello".to_owned(), |name| format!("hello, {name}")))
    }

    async fn login(&self, pin: u16) -> Result<bool, Status> {
        Ok(pin == 1234)
    }

    async fn item(&self, id: u32) -> Result<Item, ItemError> {
        match id {
            7 => Ok(Item {
                name: "hat".to_owned(),
                price: 30,
            }),
            id => Err(ItemError::NoSuchItem { id }),
        }
    }

    async fn put_item(&self, id: u32, item: Item) -> Result<(), ItemError> {
        match item.price {
            0 => Err(ItemError::Closed),
            1..=100 if id == 7 => Ok(()),
            1..=100 => Err(ItemError::NoSuchItem { id }),
            _ => Err(ItemError::TooExpensive {
                name: item.name,
                most: 100,
            }),
        }
    }

    async fn new_item(&self, item: Item) -> Result<Item, ItemError> {
        Ok(item)
    }

    async fn list(
        &self,
        tag: Vec<String>,
        limit: Option<u32>,
        order: Option<Order>,
    ) -> Result<Listing, Status> {
        Ok(Listing { tag, limit, order })
    }

    async fn echo(
        &self,
        path: String,
        query: Option<String>,
        header: Option<String>,
    ) -> Result<Echo, Status> {
        Ok(Echo {
            path,
            query,
            header,
        })
    }

    async fn text(&self, size: usize) -> Result<String, Status> {
        Ok("x".repeat(size))
    }

    async fn hang(&self) -> Result<(), Status> {
        let _dropped = OnDrop(Arc::clone(&self.dropped));
        self.began.notify_one();
        std::future::pending().await
    }

    async fn panic(&self) -> Result<(), Status> {
        panic!("the secret is 1234")
    }

    async fn metadata(&self, cx: &Context, fail: bool) -> Result<Option<String>, Status> {
        cx.reply(|reply| {
            reply.headers.insert("x-served-by", "blue")?;
            reply.trailers.insert("x-cost", "3")
        })
        .expect("a call has a reply")
        .expect("valid");
        if fail {
            let mut metadata = kit::Metadata::new();
            metadata.insert("x-cause", "moon").expect("valid");
            return Err(Status::aborted("no luck").with_metadata(metadata));
        }
        Ok(cx.metadata().get("x-tenant").map(str::to_owned))
    }

    async fn later(&self) -> Result<(), Status> {
        Err(Status::unavailable("busy").with_retry_after(Duration::from_millis(2500)))
    }
}

/// A server of [`Items`] that stops when it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) shop: Shop,
    _stop: oneshot::Sender<()>,
    _served: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let shop = Shop::default();
        let bound = Server::new()
            .limits(limits)
            .mount(ItemsServer::new(shop.clone()))
            .bind("127.0.0.1:0")
            .await
            .expect("binds");
        let address = bound.local_addr();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            let _ = bound.serve_until(stopped).await;
        });
        Self {
            address,
            shop,
            _stop: stop,
            _served: served,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a request on a connection of its own.
    pub(crate) async fn send(
        &self,
        line: &str,
        headers: &[&str],
        body: impl AsRef<[u8]>,
    ) -> Response {
        let mut request = format!("{line} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        let body = body.as_ref();
        if !body.is_empty() {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        Response::parse(&raw::exchange(self.address, &bytes).await)
    }

    /// Sends JSON.
    pub(crate) async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Response {
        let headers = ["content-type: application/json"];
        self.send(&format!("POST {path}"), &headers, body).await
    }

    pub(crate) async fn get(&self, target: &str) -> Response {
        self.send(&format!("GET {target}"), &[], "").await
    }

    /// Checks that the server answers the next request.
    pub(crate) async fn still_serves(&self) {
        let response = self.post("/sum", r#"{"a":1,"b":2}"#).await;
        assert_eq!(
            (response.status, response.body.as_str()),
            (200, r#"{"v":3}"#)
        );
    }
}

/// A response as received.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn parse(response: &str) -> Self {
        let (status, body) = raw::split(response);
        let head = response
            .split_once("\r\n\r\n")
            .map_or(response, |(head, _)| head);
        let headers = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self {
            status,
            headers,
            body,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }

    /// Checks that the response is exactly this problem document.
    pub(crate) fn is_problem(
        &self,
        status: u16,
        title: &str,
        code: &str,
        detail: &str,
        more: &str,
    ) {
        let detail = serde_json::to_string(detail).expect("a string");
        let expected = format!(
            r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":{detail},"code":"{code}"{more}}}"#
        );
        assert_eq!(self.body, expected);
        assert_eq!(self.status, status);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(
            self.header("content-length"),
            Some(expected.len().to_string().as_str())
        );
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()));
    }

    /// Checks that the response names a wrong argument.
    pub(crate) fn is_bad_argument(&self, argument: &str, place: &str, detail: &str) {
        let more = format!(r#","fields":{{"argument":"{argument}","in":"{place}"}}"#);
        self.is_problem(400, "Bad Request", "invalid_argument", detail, &more);
    }

    /// Checks that the response reports the body as a whole.
    pub(crate) fn is_bad_body(&self, detail: &str) {
        let more = r#","fields":{"in":"body"}"#;
        self.is_problem(400, "Bad Request", "invalid_argument", detail, more);
    }
}
