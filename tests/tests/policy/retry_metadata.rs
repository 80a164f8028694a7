//! Retry metadata on the wire: the number of previous attempts, forwarded
//! downstream, and the retry delay.

use std::future::pending;
use std::time::{Duration, Instant};

use kit::policy::hedge::{Hedge, HedgeConfig};
use kit::policy::retry::{Failed, GaveUp, Retry, RetryConfig};
use kit::prelude::*;
use kit::testing::{Running, serve};

#[kit::service(name = "test.Flaky")]
#[transport(http, grpc)]
pub(crate) trait Flaky {
    /// Fails until there were that many previous attempts, then returns their
    /// number.
    async fn attempt(&self, cx: &Context, failures: u32) -> Result<u32, Status>;

    /// Fails with a retry delay in milliseconds, or without retries allowed.
    async fn busy(&self, wait: Option<u64>) -> Result<(), Status>;
}

struct Bottom;

#[kit::service]
impl Flaky for Bottom {
    async fn attempt(&self, cx: &Context, failures: u32) -> Result<u32, Status> {
        match cx.previous_attempts() {
            enough if enough >= failures => Ok(enough),
            few => Err(Status::unavailable(format!("tried {few} times before"))),
        }
    }

    async fn busy(&self, wait: Option<u64>) -> Result<(), Status> {
        let wait = wait.map_or(Duration::MAX, Duration::from_millis);
        Err(Status::unavailable("busy").with_retry_after(wait))
    }
}

/// Forwards calls, without mentioning attempts.
struct Relay(FlakyClient);

#[kit::service]
impl Flaky for Relay {
    async fn attempt(&self, _: &Context, failures: u32) -> Result<u32, Status> {
        self.0.attempt(&Context::current(), failures).await
    }

    async fn busy(&self, wait: Option<u64>) -> Result<(), Status> {
        self.0.busy(wait).await
    }
}

const SCHEMES: [&str; 2] = ["http", "grpc"];

fn eager(attempts: u32) -> Retry {
    let config = RetryConfig::new().attempts(attempts);
    Retry::new(config.backoff(Duration::ZERO, Duration::ZERO))
}

async fn start(
    service: impl Flaky + Send + Sync + 'static,
    scheme: &str,
) -> (Running, FlakyClient) {
    let running = serve(kit::Server::new().mount(FlakyServer::new(service))).await;
    let client = FlakyClient::connect(running.url(scheme)).await;
    (running, client.expect("it listens"))
}

#[tokio::test]
async fn a_server_receives_the_number_of_previous_attempts() {
    for scheme in SCHEMES {
        let (_running, client) = start(Bottom, scheme).await;
        let attempt = || async { client.attempt(&Context::current(), 2).await };
        assert_eq!(eager(3).run(attempt).await.ok(), Some(2), "{scheme}");
        let failed = eager(2).run(attempt).await.expect_err("two attempts");
        assert_eq!(failed.message(), "tried 1 times before", "{scheme}");
        let first = client.attempt(&Context::new(), 0).await;
        assert_eq!(first.ok(), Some(0), "{scheme}");
    }
}

#[tokio::test]
async fn a_hedge_counts_as_a_previous_attempt() {
    for scheme in SCHEMES {
        let (_running, client) = start(Bottom, scheme).await;
        let hedge = Hedge::new(HedgeConfig::new().after(Duration::from_millis(1)));
        let mut tries = 0;
        let attempt = || {
            tries += 1;
            let (client, hangs) = (&client, tries == 1);
            async move {
                if hangs {
                    return pending().await;
                }
                client.attempt(&Context::current(), 1).await
            }
        };
        assert_eq!(hedge.run(attempt).await.ok(), Some(1), "{scheme}");
    }
}

#[tokio::test]
async fn previous_attempts_are_forwarded_downstream() {
    for scheme in SCHEMES {
        let (_bottom, client) = start(Bottom, scheme).await;
        let (_middle, client) = start(Relay(client), scheme).await;
        let (_top, client) = start(Relay(client), scheme).await;
        let attempt = || async { client.attempt(&Context::current(), 1).await };
        assert_eq!(eager(3).run(attempt).await.ok(), Some(1), "{scheme}");
    }
}

#[tokio::test]
async fn retry_after_arrives_unchanged() {
    for scheme in SCHEMES {
        let (_running, client) = start(Bottom, scheme).await;
        for wait in [0, 1, 1500, 86_400_000] {
            let busy = client.busy(Some(wait)).await.expect_err("always busy");
            let expected = Duration::from_millis(wait);
            assert_eq!(busy.retry_after(), Some(expected), "{scheme}");
        }
    }
}

#[tokio::test]
async fn a_do_not_retry_pushback_ends_the_retries() {
    for scheme in SCHEMES {
        let (_running, client) = start(Bottom, scheme).await;
        let busy = client.busy(None).await.expect_err("always busy");
        assert_eq!(busy.retry_after(), Some(Duration::MAX), "{scheme}");
        let retry = eager(9);
        let now = Instant::now();
        let wait = retry.begin(now).after(Failed::of(&busy), now, None, 0);
        assert_eq!(wait, None, "{scheme}");
        assert_eq!(retry.gave_up(GaveUp::Pushback), 1, "{scheme}");
    }
}
