//! The metrics of calls, and their exposition.

use std::collections::HashSet;

use kit::metrics::{self, MethodSnapshot, Side};
use kit::prelude::*;
use kit::testing::{self, Running};
use kit::{Code, Identity, Server};

use crate::support::adder::{Adder, AdderClient, Held};
use crate::support::raw::{exchange, get, post, soon};

/// Every test has a service of its own: the registry is per process.
macro_rules! counted {
    ($module:ident, $name:literal) => {
        mod $module {
            #[kit::service(name = $name)]
            #[transport(http, grpc)]
            pub(crate) trait Counted {
                #[endpoint(post = "/sum")]
                async fn sum(&self, a: i64, b: i64) -> Result<i64, kit::Status>;
                #[endpoint(post = "/held")]
                async fn held(&self, a: i64) -> Result<i64, kit::Status>;
            }
        }

        impl $module::Counted for Held {
            async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> {
                Adder::sum(self, a, b).await
            }
            async fn held(&self, a: i64) -> Result<i64, Status> {
                Adder::held(self, a).await
            }
        }
    };
}

counted!(codes, "metrics.Codes");
counted!(flying, "metrics.Flying");
counted!(twice, "metrics.Twice");
counted!(shown, "metrics.Shown");

fn of(side: Side, service: &str, method: &str) -> MethodSnapshot {
    metrics::snapshot()
        .into_iter()
        .find(|series| (series.side, series.service, series.method) == (side, service, method))
        .expect("it is bound")
}

/// Waits until another task has counted these calls.
async fn until(side: Side, method: (&str, &str), calls: &[(Code, u64)]) -> MethodSnapshot {
    soon("the count", async {
        loop {
            let series = of(side, method.0, method.1);
            if series.calls == calls {
                return series;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn scrape(running: &Running) -> String {
    let (status, text) = get(running.address(), "/metrics").await;
    assert_eq!(status, 200);
    text
}

#[tokio::test]
async fn calls_are_counted_by_code_on_both_sides() {
    use codes::{Counted as _, CountedClient, CountedServer};
    let running = testing::serve(Server::new().mount(CountedServer::new(Held::default()))).await;
    let client = CountedClient::connect(running.url("grpc"))
        .await
        .expect("connects");
    for _ in 0..3 {
        client.sum(1, 2).await.expect("adds");
    }
    client.sum(i64::MAX, 1).await.expect_err("too large");
    let text = scrape(&running).await;
    for side in ["server", "client"] {
        for (code, calls) in [("ok", 3), ("out_of_range", 1)] {
            let line = format!(
                "rpc_{side}_calls_total{{rpc_service=\"metrics.Codes\",rpc_method=\"Sum\",code=\"{code}\"}} {calls}\n"
            );
            assert!(text.contains(&line), "{line}{text}");
        }
        let labels = "rpc_service=\"metrics.Codes\",rpc_method=\"Sum\"";
        let all = format!("rpc_{side}_call_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 4\n");
        assert!(text.contains(&all), "{all}{text}");
        let count = format!("rpc_{side}_call_duration_seconds_count{{{labels}}} 4\n");
        assert!(text.contains(&count), "{count}{text}");
        let flying = format!("rpc_{side}_calls_in_flight{{{labels}}} 0\n");
        assert!(text.contains(&flying), "{flying}{text}");
        let unseen = format!("rpc_{side}_calls_total{{{labels},code=\"internal\"}}");
        assert!(!text.contains(&unseen), "{text}");
    }
}

#[kit::service(name = "metrics.Retried")]
#[transport(http, grpc)]
trait Retried {
    #[endpoint(post = "/retried", idempotent)]
    #[retry(backoff = "1ns..1ns")]
    async fn retried(&self, cx: &Context, failures: u32) -> Result<u32, Status>;
}

#[kit::service]
impl Retried for Held {
    async fn retried(&self, cx: &Context, failures: u32) -> Result<u32, Status> {
        match cx.previous_attempts() {
            enough if enough >= failures => Ok(enough),
            _ => Err(Status::unavailable("not yet")),
        }
    }
}

#[tokio::test]
async fn a_retried_call_counts_as_one_client_call() {
    const METHOD: (Side, &str, &str) = (Side::Client, "metrics.Retried", "Retried");
    let counted = || of(METHOD.0, METHOD.1, METHOD.2).calls;
    let local = RetriedClient::local(Held::default());
    assert_eq!(local.retried(&Context::new(), 2).await.ok(), Some(2));
    assert_eq!(counted(), [(Code::Ok, 1)]);

    let layered = RetriedClient::local(Held::default()).layer(Identity);
    assert_eq!(layered.retried(&Context::new(), 1).await.ok(), Some(1));
    assert_eq!(counted(), [(Code::Ok, 2)]);

    let running = testing::serve(Server::new().mount(RetriedServer::new(Held::default()))).await;
    let remote = RetriedClient::connect(running.url("grpc"))
        .await
        .expect("connects");
    assert_eq!(remote.retried(&Context::new(), 2).await.ok(), Some(2));
    assert_eq!(counted(), [(Code::Ok, 3)]);
    let served = until(
        Side::Server,
        (METHOD.1, METHOD.2),
        &[(Code::Ok, 1), (Code::Unavailable, 2)],
    );
    assert_eq!(served.await.in_flight, 0);
}

#[tokio::test]
async fn a_call_is_in_flight_until_it_ends_and_a_dropped_one_is_cancelled() {
    use flying::{Counted as _, CountedClient, CountedServer};
    const HELD: (&str, &str) = ("metrics.Flying", "Held");
    let held = Held::default();
    let running = testing::serve(Server::new().mount(CountedServer::new(held.clone()))).await;
    let client = CountedClient::connect(running.url("grpc"))
        .await
        .expect("connects");
    let calls: Vec<_> = (0..2)
        .map(|a| {
            let client = client.clone();
            tokio::spawn(async move { client.held(a).await })
        })
        .collect();
    held.began().await;
    held.began().await;
    for side in [Side::Client, Side::Server] {
        let series = of(side, HELD.0, HELD.1);
        assert_eq!((series.in_flight, series.calls), (2, vec![]), "{side:?}");
    }
    for call in calls {
        call.abort();
        held.dropped().await;
    }
    for side in [Side::Client, Side::Server] {
        let series = until(side, HELD, &[(Code::Cancelled, 2)]).await;
        assert_eq!(series.in_flight, 0, "{side:?}");
        assert_eq!(series.durations.iter().sum::<u64>(), 2, "{side:?}");
        assert!(!series.duration_sum.is_zero(), "{side:?}");
    }
}

#[tokio::test]
async fn two_servers_of_one_service_share_a_series() {
    use twice::CountedServer;
    let one = testing::serve(Server::new().mount(CountedServer::new(Held::default()))).await;
    let two = testing::serve(Server::new().mount(CountedServer::new(Held::default()))).await;
    for running in [&one, &two] {
        let response = post(running.address(), "/sum", r#"{"a":1,"b":2}"#).await;
        assert_eq!(response, (200, "3".to_owned()));
    }
    let series = of(Side::Server, "metrics.Twice", "Sum");
    assert_eq!(series.calls, [(Code::Ok, 2)]);
}

#[tokio::test]
async fn an_undecodable_call_is_not_counted_for_the_method() {
    use shown::CountedServer;
    let running = testing::serve(Server::new().mount(CountedServer::new(Held::default()))).await;
    assert_eq!(post(running.address(), "/sum", "{").await.0, 400);
    let series = of(Side::Server, "metrics.Shown", "Sum");
    assert_eq!((series.calls, series.in_flight), (vec![], 0));
}

#[tokio::test]
async fn the_text_groups_families_and_has_no_duplicate_series() {
    metrics::register(|text: &mut String| {
        text.push_str("# HELP tests_jobs Jobs that wait.\n# TYPE tests_jobs gauge\ntests_jobs 3\n");
    });
    let client = AdderClient::local(Held::default());
    client.sum(1, 2).await.expect("adds");
    let running = testing::serve(Server::new()).await;
    let response = exchange(
        running.address(),
        b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    let (head, text) = response.split_once("\r\n\r\n").expect("a head and a body");
    assert!(
        head.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"),
        "{head}"
    );
    assert!(text.contains("\ntests_jobs 3\n"), "{text}");
    let mut families = HashSet::new();
    let mut series = HashSet::new();
    let mut family = String::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            family = help.split(' ').next().expect("a name").to_owned();
            assert!(families.insert(family.clone()), "`{family}` twice");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind.split(' ').next(), Some(family.as_str()));
        } else {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            assert!(name.starts_with(&family), "`{line}` in `{family}`");
            assert!(series.insert(name.to_owned()), "`{name}` twice");
            value.parse::<f64>().expect("a number");
        }
    }
    assert!(families.contains("rpc_client_calls_total"), "{text}");
    assert!(families.contains("process_open_fds"), "{text}");
}
