//! A server that gets more load than its capacity.
//!
//! Callers wait 250 ms, and a call takes 40. Above the capacity the wait in the
//! queue exceeds the patience of the callers, and the server works on calls
//! that are abandoned. A concurrency limit, or dropping expired calls, keeps
//! its goodput.

use std::sync::Arc;

use kit::policy::concurrency::{AdaptiveLimit, ConcurrencyConfig, ConcurrencyLimiter};
use kit::{Chain, Identity, Middleware};

use super::page::{hold_plot, hold_table};
use super::plot::{Axis, Line, Plot};
use super::world::{Apart, Cut, Server, Shape, Span, Work, World, simulate};

/// Capacity of the server in calls per second.
const CAPACITY: f64 = 100.0;
const PATIENCE: u64 = 250;
/// Before the overload, the load is 80 % of the capacity.
const CALM: u64 = 5_000;
const END: u64 = 15_000;
const LOADS: [f64; 6] = [0.5, 1.0, 1.25, 1.5, 2.0, 3.0];

struct Curve {
    policy: &'static str,
    /// Responses in time per second, for each of the loads.
    goodput: Vec<f64>,
}

impl Curve {
    fn measure<W>(
        policy: &'static str,
        shape: &Shape,
        middleware: impl Fn(World, &Arc<Server>) -> W,
    ) -> Self
    where
        W: Middleware<Work> + 'static,
    {
        let goodput =
            |load| simulate(async |world: World| goodput(world, load, shape, &middleware).await);
        Self {
            policy,
            goodput: LOADS.into_iter().map(goodput).collect(),
        }
    }

    fn at(&self, load: f64) -> f64 {
        let at = LOADS.iter().position(|other| *other == load);
        self.goodput[at.expect("a load that is measured")]
    }
}

async fn goodput<W>(
    world: World,
    load: f64,
    shape: &Shape,
    middleware: &impl Fn(World, &Arc<Server>) -> W,
) -> f64
where
    W: Middleware<Work> + 'static,
{
    let server = shape.clone().start(world);
    let service = Chain::new(middleware(world, &server), Cut(server.clone()));
    let spans = [(0..CALM, 0.8), (CALM..END, load)].map(|(time, load)| Span {
        time,
        rate: (CAPACITY * load) as u32,
    });
    let calls = world
        .offer(&spans, PATIENCE, Apart(Arc::new(service)))
        .await;
    calls.answered(CALM..END) as f64 * 1000.0 / (END - CALM) as f64
}

fn limiter(config: ConcurrencyConfig) -> impl Fn(World, &Arc<Server>) -> ConcurrencyLimiter {
    move |_, _| ConcurrencyLimiter::new(config)
}

#[test]
fn concurrency_limits_keep_the_goodput_of_an_overloaded_server() {
    // 4 slots, 40 ms each on average.
    let plain = Shape::new(4, 20..61);
    let frugal = Shape {
        drops_expired: true,
        ..plain.clone()
    };
    let adaptive = ConcurrencyConfig::adaptive();
    let curves = [
        Curve::measure("no limit", &plain, |_, _| Identity),
        Curve::measure("deadlines only", &frugal, |_, _| Identity),
        Curve::measure(
            "limit 4, queue 8",
            &plain,
            limiter(ConcurrencyConfig::new(4).queue(8)),
        ),
        Curve::measure("adaptive: gradient", &plain, limiter(adaptive)),
        Curve::measure(
            "adaptive: vegas",
            &plain,
            limiter(adaptive.algorithm(AdaptiveLimit::Vegas)),
        ),
    ];
    let [none, deadlines, fixed, gradient, vegas] = &curves;
    for curve in &curves {
        assert!(
            curve.at(0.5) > 48.0,
            "{} costs nothing while calm",
            curve.policy
        );
    }
    assert!(none.at(2.0) < 5.0, "the queue outgrew what callers wait");
    assert!(
        deadlines.at(2.0) < 10.0,
        "calls started in time still end too late"
    );
    for load in [1.25, 1.5, 2.0, 3.0] {
        assert!(fixed.at(load) > 97.0, "{load}: {}", fixed.at(load));
        assert!(vegas.at(load) > 92.0, "{load}: {}", vegas.at(load));
        assert!(gradient.at(load) > 80.0, "{load}: {}", gradient.at(load));
    }
    show(&curves);
}

fn show(curves: &[Curve]) {
    let loads = LOADS.map(|load| format!("{load}×"));
    let columns: Vec<_> = std::iter::once("")
        .chain(loads.iter().map(String::as_str))
        .collect();
    let row = |curve: &Curve| {
        let goodput = curve.goodput.iter().map(|rate| format!("{rate:.0}"));
        std::iter::once(curve.policy.to_owned())
            .chain(goodput)
            .collect()
    };
    let rows: Vec<_> = curves.iter().map(row).collect();
    hold_table("overload", &columns, &rows);
    let line = |curve: &'_ Curve| Line {
        label: curve.policy,
        points: LOADS.into_iter().zip(curve.goodput.clone()).collect(),
    };
    let plot = Plot {
        title: "Goodput of a server with a capacity of 100 calls/s",
        x: Axis {
            label: "offered load, relative to the capacity",
            end: 3.0,
            step: 0.5,
        },
        y: Axis {
            label: "responses in time per second",
            end: 120.0,
            step: 20.0,
        },
        lines: curves.iter().map(line).collect(),
    };
    hold_plot("overload", &plot);
}
