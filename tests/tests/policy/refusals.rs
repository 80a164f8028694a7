//! Refusals over HTTP: status, problem document, and a retry delay if one is
//! known.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use kit::prelude::*;
use kit::testing::{Running, serve};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::support::raw::{exchange, soon, split};

/// A service whose policies refuse all but the first call.
#[kit::service(name = "test.v1.Refusing")]
#[transport(http, grpc)]
pub trait Refusing {
    /// Answers one call per hour.
    #[rate_limit("1/h", burst = 1)]
    #[endpoint(post = "/limited")]
    async fn limited(&self) -> Result<u32, Status>;

    /// Fails.
    #[breaker(failures = 1, open = "60s", at = server)]
    #[endpoint(post = "/broken")]
    async fn broken(&self) -> Result<u32, Status>;

    /// Fails at the first call, and holds the others.
    #[breaker(failures = 1, open = "1ms", probes = 1, at = server)]
    #[endpoint(post = "/probed")]
    async fn probed(&self) -> Result<u32, Status>;

    /// Holds the call.
    #[concurrency(1)]
    #[endpoint(post = "/narrow")]
    async fn narrow(&self) -> Result<u32, Status>;

    /// Holds the call.
    #[concurrency(1, queue = 1, wait = "1ms")]
    #[endpoint(post = "/queued")]
    async fn queued(&self) -> Result<u32, Status>;
}

/// Holds calls until they are released.
pub(crate) struct Holding {
    began: Semaphore,
    go: Semaphore,
    failures: Semaphore,
}

impl Default for Holding {
    fn default() -> Self {
        Self {
            began: Semaphore::new(0),
            go: Semaphore::new(0),
            failures: Semaphore::new(1),
        }
    }
}

impl Holding {
    async fn hold(&self) -> Result<u32, Status> {
        self.began.add_permits(1);
        let held = self.go.acquire().await;
        held.map(SemaphorePermit::forget)
            .map_or_else(|_| Err(Status::internal("closed")), |()| Ok(1))
    }

    pub(crate) fn release_one(&self) {
        self.go.add_permits(1);
    }

    pub(crate) async fn began(&self) {
        let began = soon("a call", self.began.acquire()).await;
        began.expect("never closed").forget();
    }
}

#[kit::service]
impl Refusing for Arc<Holding> {
    async fn limited(&self) -> Result<u32, Status> {
        Ok(1)
    }

    async fn broken(&self) -> Result<u32, Status> {
        Err(Status::unavailable("down"))
    }

    async fn probed(&self) -> Result<u32, Status> {
        match self.failures.try_acquire() {
            Ok(once) => {
                once.forget();
                Err(Status::unavailable("down"))
            }
            Err(_) => self.hold().await,
        }
    }

    async fn narrow(&self) -> Result<u32, Status> {
        self.hold().await
    }

    async fn queued(&self) -> Result<u32, Status> {
        self.hold().await
    }
}

async fn start() -> (Arc<Holding>, Running) {
    let holding = Arc::new(Holding::default());
    let server = kit::Server::new().mount(RefusingServer::new(Arc::clone(&holding)));
    (holding, serve(server).await)
}

/// A response over HTTP.
struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

async fn call(address: SocketAddr, path: &str) -> Response {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let response = exchange(address, request.as_bytes()).await;
    let (status, body) = split(&response);
    let head = response.split("\r\n\r\n").next().unwrap_or_default();
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    Response {
        status,
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body,
    }
}

/// The headers that carry the retry delay and the rate limit.
#[derive(Debug, PartialEq)]
struct Delay {
    retry_after: Option<u64>,
    rate_limit: Option<(String, String)>,
}

const NO_DELAY: Delay = Delay {
    retry_after: None,
    rate_limit: None,
};

impl Response {
    fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).cloned()
    }

    /// Checks the whole document of a refusal and returns the delay of the
    /// headers, which has to equal that of the document.
    #[track_caller]
    fn refusal(&self, status: (u16, &str), code: &str, fields: [&str; 3]) -> Delay {
        let [detail, policy, state] = fields;
        assert_eq!(self.status, status.0, "{}", self.body);
        let content_type = self.header("content-type");
        assert_eq!(content_type.as_deref(), Some("application/problem+json"));
        let mut expected = format!(
            r#"{{"type":"about:blank","title":"{}","status":{},"detail":"{detail}","code":"{code}","reason":"Refused","fields":{{"policy":"{policy}","state":"{state}"}}"#,
            status.1, status.0
        );
        let document: serde_json::Value = serde_json::from_str(&self.body).expect("a document");
        let milliseconds = document.get("retry_after_ms").map(|wait| {
            let wait = wait.as_u64().expect("a whole number");
            expected += &format!(r#","retry_after_ms":{wait}"#);
            wait
        });
        assert_eq!(self.body, expected + "}");
        let retry_after = self.header("retry-after").map(|wait| {
            let wait = wait.parse().expect("a number of seconds");
            assert_eq!(milliseconds.map(|wait| wait.div_ceil(1000)), Some(wait));
            wait
        });
        assert_eq!(retry_after.is_some(), milliseconds.is_some());
        Delay {
            retry_after,
            rate_limit: self
                .header("ratelimit-policy")
                .zip(self.header("ratelimit")),
        }
    }
}

const UNAVAILABLE: (u16, &str) = (503, "Service Unavailable");

#[tokio::test]
async fn an_exhausted_rate_limit_is_429_with_retry_after() {
    let (_, running) = start().await;
    let first = call(running.address(), "/limited").await;
    assert_eq!((first.status, first.body.as_str()), (200, "1"));
    let fields = ["the rate limit is used up", "rate_limit", "rate_exceeded"];
    let second = call(running.address(), "/limited").await;
    let delay = second.refusal((429, "Too Many Requests"), "resource_exhausted", fields);
    let wait = delay.retry_after.expect("a retry delay");
    assert!((3_580..=3_600).contains(&wait), "{wait}");
    let policy = r#""default";q=1;w=3600"#.to_owned();
    let limit = format!(r#""default";r=0;t={wait}"#);
    assert_eq!(delay.rate_limit, Some((policy, limit)));
}

#[tokio::test]
async fn an_open_breaker_is_503_with_retry_after() {
    let (_, running) = start().await;
    let first = call(running.address(), "/broken").await;
    assert_eq!(first.status, 503);
    assert!(first.body.contains(r#""detail":"down""#), "{}", first.body);
    assert_eq!(first.header("retry-after"), None);
    let fields = ["the breaker is open", "breaker", "open"];
    let second = call(running.address(), "/broken").await;
    let delay = second.refusal(UNAVAILABLE, "unavailable", fields);
    let wait = delay.retry_after.expect("a retry delay");
    assert!((40..=60).contains(&wait), "{wait}");
    assert_eq!(delay.rate_limit, None);
}

#[tokio::test]
async fn a_half_open_breaker_is_503_without_retry_after() {
    let (holding, running) = start().await;
    let address = running.address();
    assert_eq!(call(address, "/probed").await.status, 503);
    // The breaker is open for a millisecond; the first call after that is held.
    let probe = tokio::spawn(async move {
        loop {
            let response = call(address, "/probed").await;
            if response.status == 200 {
                return response;
            }
        }
    });
    holding.began().await;
    let fields = [
        "the breaker is half open and its probes are in flight",
        "breaker",
        "half_open",
    ];
    let refused = call(address, "/probed").await;
    assert_eq!(
        refused.refusal(UNAVAILABLE, "unavailable", fields),
        NO_DELAY
    );
    holding.release_one();
    assert_eq!(soon("the response", probe).await.expect("it ran").body, "1");
}

#[tokio::test]
async fn a_concurrency_limit_is_503_without_retry_after() {
    let (holding, running) = start().await;
    let address = running.address();
    let full = "the concurrency limit is reached and its queue is full";
    let late = "the wait for a free place was too long";
    for (path, fields) in [
        ("/narrow", [full, "concurrency", "queue_full"]),
        ("/queued", [late, "concurrency", "waited_too_long"]),
    ] {
        let inside = tokio::spawn(call(address, path));
        holding.began().await;
        let refused = call(address, path).await;
        assert_eq!(
            refused.refusal(UNAVAILABLE, "unavailable", fields),
            NO_DELAY
        );
        holding.release_one();
        assert_eq!(
            soon("the response", inside).await.expect("it ran").status,
            200
        );
    }
}
