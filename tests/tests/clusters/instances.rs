//! One faulty instance of several: slow, or failing every other second.
//!
//! Instances are picked in round-robin order. A hedge wraps the pick and sends
//! its second request to the next instance; each instance has a breaker, and
//! while it refuses the next instance is picked.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kit::policy::breaker::{Breaker, BreakerConfig};
use kit::policy::hedge::{Hedge, HedgeConfig};
use kit::policy::retry::{Retry, RetryConfig};
use kit::prelude::*;
use kit::{Chain, Endpoint, Identity, Middleware, Outcome};

use super::page::hold_table;
use super::world::{Calls, Server, Shape, Span, Trouble, Work, World, simulate};

/// The policies adapt in the first seconds, which are not measured.
const MEASURED: Range<u64> = 10_000..20_000;
const PATIENCE: u64 = 2_000;

/// A round-robin balancer, with an optional breaker per instance.
struct InTurn {
    instances: Vec<(Arc<Server>, Option<Breaker>)>,
    turn: AtomicUsize,
}

impl Endpoint<Work> for InTurn {
    async fn call(&self, cx: &Context, (): ()) -> Outcome<Work> {
        for _ in &self.instances {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let (server, breaker) = &self.instances[turn % self.instances.len()];
            let Some(breaker) = breaker else {
                return server.call(cx, ()).await;
            };
            let outcome = breaker.run(server.call(cx, ())).await;
            match &outcome {
                Err(error) if error.refusal().is_some() => {}
                _ => return outcome,
            }
        }
        Err(Status::unavailable("no instance accepts calls"))
    }
}

#[derive(Clone, Copy)]
struct Cluster {
    instances: usize,
    /// The fault of the first instance.
    trouble: fn(u64) -> Trouble,
    breaker: Option<BreakerConfig>,
}

struct Run {
    calls: Calls,
    /// Requests at all instances, and at the faulty one.
    requests: usize,
    at_the_bad_one: usize,
}

impl Cluster {
    fn run<W>(self, middleware: impl FnOnce() -> W) -> Run
    where
        W: Middleware<Work> + 'static,
    {
        simulate(async |world: World| {
            let instance = |index| {
                let mut shape = Shape::new(32, 10..31);
                if index == 0 {
                    shape.trouble = self.trouble;
                }
                (shape.start(world), self.breaker.map(Breaker::new))
            };
            let instances: Vec<_> = (0..self.instances).map(instance).collect();
            let servers: Vec<_> = instances.iter().map(|(server, _)| server.clone()).collect();
            let turn = AtomicUsize::new(0);
            let client = Chain::new(middleware(), InTurn { instances, turn });
            let load = Span {
                time: 0..MEASURED.end,
                rate: 200,
            };
            let calls = world.offer(&[load], PATIENCE, client).await;
            let requests = servers.iter().map(|server| server.requests(MEASURED));
            Run {
                calls,
                requests: requests.sum(),
                at_the_bad_one: servers[0].requests(MEASURED),
            }
        })
    }
}

impl Run {
    fn per_call(&self) -> f64 {
        self.requests as f64 / self.calls.made(MEASURED) as f64
    }

    fn percentile(&self, share: f64) -> u64 {
        self.calls.percentile(share, MEASURED)
    }

    fn failed(&self) -> f64 {
        100.0 - self.calls.answered_share(MEASURED)
    }

    fn bad_share(&self) -> f64 {
        100.0 * self.at_the_bad_one as f64 / self.requests as f64
    }
}

fn slow(instances: usize, breaker: Option<BreakerConfig>) -> Cluster {
    Cluster {
        instances,
        trouble: |_| Trouble::Slow(20),
        breaker,
    }
}

#[test]
fn a_slow_instance_is_hidden_by_hedges_if_rare_and_excluded_by_a_breaker() {
    let breaker = BreakerConfig::new().slow(Duration::from_millis(100));
    let hedge = || Hedge::new(HedgeConfig::new());
    let mut rows = Vec::new();
    let mut p99 = Vec::new();
    for instances in [30, 5] {
        let runs = [
            ("none", slow(instances, None).run(|| Identity)),
            ("hedge", slow(instances, None).run(hedge)),
            ("breaker", slow(instances, Some(breaker)).run(|| Identity)),
            ("both", slow(instances, Some(breaker)).run(hedge)),
        ];
        for (policy, run) in &runs {
            rows.push(vec![
                format!("1 of {instances}: {policy}"),
                format!("{} ms", run.percentile(0.5)),
                format!("{} ms", run.percentile(0.99)),
                format!("{:.1} %", 100.0 * (run.per_call() - 1.0)),
                format!("{:.1} %", run.bad_share()),
            ]);
            p99.push(run.percentile(0.99));
        }
    }
    let [none, hedged, spared, both] = p99[..4] else {
        unreachable!("four policies");
    };
    assert!(none > 400 && hedged < 80 && spared < 40, "{p99:?}");
    // A first attempt that lost to its hedge was cancelled and not recorded by
    // the breaker, so the slow instance stays in rotation.
    assert!(both.abs_diff(hedged) < 10, "{p99:?}");
    let [none, hedged, spared, both] = p99[4..] else {
        unreachable!("four policies");
    };
    // A fifth of the calls is slow, and one in twenty may be hedged.
    assert!(none > 400 && hedged > 400, "{p99:?}");
    assert!(spared < 40 && both < 80, "{p99:?}");
    let columns = [
        "slow instance, policy",
        "p50",
        "p99",
        "extra requests",
        "requests at the slow one",
    ];
    hold_table("slow", &columns, &rows);
}

#[test]
fn a_flapping_instance_is_hidden_by_retries_and_relieved_by_a_breaker() {
    let flapping = |breaker| Cluster {
        instances: 5,
        trouble: |time| match time / 1000 % 2 {
            0 => Trouble::None,
            _ => Trouble::Failing,
        },
        breaker,
    };
    let breaker = BreakerConfig::consecutive(5).open(Duration::from_secs(1));
    let retry = || Retry::new(RetryConfig::new());
    let runs = [
        ("none", flapping(None).run(|| Identity)),
        ("retry", flapping(None).run(retry)),
        ("breaker", flapping(Some(breaker)).run(|| Identity)),
        ("both", flapping(Some(breaker)).run(retry)),
    ];
    let row = |(policy, run): &(&str, Run)| {
        vec![
            (*policy).to_owned(),
            format!("{:.2} %", run.failed()),
            format!("{} ms", run.percentile(0.99)),
            format!("{:.1} %", 100.0 * (run.per_call() - 1.0)),
            format!("{:.1} %", run.bad_share()),
        ]
    };
    let [(_, none), (_, retry), (_, breaker), (_, both)] = &runs;
    assert!((9.0..11.0).contains(&none.failed()));
    assert!(retry.failed() < 0.5 && retry.per_call() > 1.1);
    assert!(breaker.failed() < 2.0 && breaker.per_call() < 1.001);
    assert!(both.failed() < 0.05 && both.per_call() < 1.03);
    let columns = [
        "",
        "failed calls",
        "p99",
        "extra requests",
        "requests at the flapping one",
    ];
    let rows: Vec<_> = runs.iter().map(row).collect();
    hold_table("flapping", &columns, &rows);
}
