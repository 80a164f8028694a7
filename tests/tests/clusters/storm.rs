//! A retry storm: overload by retries that outlives the outage that caused it.
//!
//! A server stalls for ten seconds, with a load of 70 % of its capacity before
//! and after. The calls of the outage are queued and expire; callers with three
//! attempts exceed the capacity, so the queue never gets shorter, and the calls
//! that are served were abandoned long before.

use std::ops::Range;
use std::time::Duration;

use kit::policy::breaker::{Breaker, BreakerConfig};
use kit::policy::retry::{Retry, RetryConfig};
use kit::{Chain, Identity, Middleware, stack};

use super::page::{hold_plot, hold_table};
use super::plot::{Axis, Line, Plot};
use super::world::{Calls, Shape, Span, Trouble, Work, World, simulate};

const OUTAGE: Range<u64> = 10_000..20_000;
const END: u64 = 50_000;

const RETRY: RetryConfig = RetryConfig::new()
    .attempt_timeout(Duration::from_millis(300))
    .checked();
/// A budget that never runs out.
const NAIVE: RetryConfig = RETRY.budget(2.0).checked();
const BREAKER: BreakerConfig = BreakerConfig::new().open(Duration::from_secs(1)).checked();

struct Storm {
    policy: &'static str,
    calls: Calls,
    /// Requests at the server, each second.
    requests: Vec<usize>,
    during: usize,
}

impl Storm {
    fn run<W>(policy: &'static str, middleware: impl FnOnce() -> W) -> Self
    where
        W: Middleware<Work> + 'static,
    {
        simulate(async |world: World| {
            let server = Shape {
                queue: 400,
                trouble: |time| match OUTAGE.contains(&time) {
                    true => Trouble::StalledUntil(OUTAGE.end),
                    false => Trouble::None,
                },
                // 200 per second.
                ..Shape::new(4, 10..31)
            };
            let server = server.start(world);
            let client = Chain::new(middleware(), server.clone());
            let load = Span {
                time: 0..END,
                rate: 140,
            };
            let calls = world.offer(&[load], 1_000, client).await;
            Self {
                policy,
                calls,
                requests: seconds().map(|second| server.requests(second)).collect(),
                during: server.requests(OUTAGE),
            }
        })
    }

    fn amplification(&self) -> f64 {
        self.during as f64 / self.calls.made(OUTAGE) as f64
    }

    /// The number of seconds until calls are answered again, for three seconds
    /// in a row.
    fn recovery(&self) -> Option<usize> {
        let answered: Vec<_> = seconds()
            .map(|second| self.calls.answered_share(second) >= 95.0)
            .collect();
        let after = &answered[(OUTAGE.end / 1000) as usize..];
        after.windows(3).position(|three| three == [true; 3])
    }

    fn row(&self) -> Vec<String> {
        vec![
            self.policy.to_owned(),
            format!("{:.2}", self.amplification()),
            self.recovery()
                .map_or("not within 30 s".to_owned(), |after| format!("{after} s")),
            format!("{:.0} %", self.calls.answered_share(OUTAGE.end..END)),
        ]
    }
}

fn seconds() -> impl Iterator<Item = Range<u64>> {
    (0..END).step_by(1000).map(|from| from..from + 1000)
}

fn plot<'a>(storms: &'a [Storm], title: &'a str, label: &'a str, y: Axis<'a>) -> Plot<'a> {
    let line = |storm: &'a Storm| Line {
        label: storm.policy,
        points: seconds()
            .zip(&storm.requests)
            .map(|(second, requests)| {
                let at = second.end as f64 / 1000.0;
                match label {
                    "requests" => (at, *requests as f64),
                    _ => (at, storm.calls.answered(second) as f64),
                }
            })
            .collect(),
    };
    Plot {
        title,
        x: Axis {
            label: "seconds",
            end: END as f64 / 1000.0,
            step: 10.0,
        },
        y,
        lines: storms.iter().map(line).collect(),
    }
}
#[test]
fn retries_prolong_an_outage_and_a_budget_ends_it() {
    let storms = [
        Storm::run("no retries", || Identity),
        Storm::run("3 attempts", || Retry::new(NAIVE)),
        Storm::run("budget 0.2", || Retry::new(RETRY)),
        Storm::run("budget and breaker", || {
            stack![Retry::new(RETRY), Breaker::new(BREAKER)]
        }),
    ];
    let [none, naive, budget, breaker] = &storms;
    for storm in &storms {
        let before = storm.calls.answered_share(0..OUTAGE.start - 1000);
        assert!(before > 99.0, "{}: {before}", storm.policy);
    }
    assert_eq!(none.during, none.calls.made(OUTAGE));
    assert!(naive.amplification() > 2.9, "{}", naive.amplification());
    assert_eq!(naive.recovery(), None, "the queue never gets shorter");
    // A fifth, and the reserve of ten per second.
    let most = 1.2 + 10.0 / 140.0 + 0.05;
    assert!(budget.amplification() < most, "{}", budget.amplification());
    assert!(budget.recovery().is_some_and(|after| after <= 12));
    assert!(breaker.amplification() < 0.75);
    assert!(breaker.recovery() < none.recovery());

    let columns = [
        "",
        "requests per call during the outage",
        "recovered after",
        "answered in the 30 s after",
    ];
    let rows: Vec<_> = storms.iter().map(Storm::row).collect();
    hold_table("storm", &columns, &rows);
    let y = |label, end| Axis {
        label,
        end,
        step: 100.0,
    };
    let answers = y("responses in time per second", 200.0);
    hold_plot(
        "storm-answers",
        &plot(
            &storms,
            "A stall of ten seconds, from 10 to 20",
            "answers",
            answers,
        ),
    );
    let requests = y("requests at the server per second", 500.0);
    hold_plot(
        "storm-requests",
        &plot(
            &storms,
            "Requests at the server over time",
            "requests",
            requests,
        ),
    );
}
