//! A server whose refusals cost work.
//!
//! It has 4 slots and refuses calls that would wait, and a refusal occupies a
//! slot for a fifth of the time of a call. Under enough load it does nothing
//! but refuse. A throttle at the clients drops those calls before they are
//! sent.

use std::ops::Range;

use kit::policy::throttle::{Throttle, ThrottleConfig};
use kit::{Chain, Identity, Middleware};

use super::page::{hold_plot, hold_table};
use super::plot::{Axis, Line, Plot};
use super::world::{Shape, Span, Work, World, simulate};

/// Capacity of the server in calls per second, without refusals.
const CAPACITY: f64 = 100.0;
const MEASURED: Range<u64> = 5_000..13_000;
const PATIENCE: u64 = 500;
const LOADS: [f64; 4] = [1.0, 2.0, 4.0, 8.0];

struct Curve {
    policy: &'static str,
    /// Responses in time per second, and the share of the calls that reached
    /// the server, for each of the loads.
    points: Vec<(f64, f64)>,
}

impl Curve {
    fn measure<W>(policy: &'static str, middleware: impl Fn() -> W) -> Self
    where
        W: Middleware<Work> + 'static,
    {
        let point = |load| {
            simulate(async |world: World| {
                let server = Shape {
                    queue: 4,
                    refusal: 8,
                    ..Shape::new(4, 20..61)
                };
                let server = server.start(world);
                let client = Chain::new(middleware(), server.clone());
                let load = Span {
                    time: 0..MEASURED.end,
                    rate: (CAPACITY * load) as u32,
                };
                let calls = world.offer(&[load], PATIENCE, client).await;
                let seconds = (MEASURED.end - MEASURED.start) as f64 / 1000.0;
                let reached = server.requests(MEASURED) as f64;
                (
                    calls.answered(MEASURED) as f64 / seconds,
                    100.0 * reached / calls.made(MEASURED) as f64,
                )
            })
        };
        Self {
            policy,
            points: LOADS.into_iter().map(point).collect(),
        }
    }
}

#[test]
fn a_throttle_keeps_the_goodput_of_a_server_that_pays_for_refusals() {
    let throttle = |k| move || Throttle::new(ThrottleConfig::new().k(k));
    let curves = [
        Curve::measure("no throttle", || Identity),
        Curve::measure("k 2 (the default)", throttle(2.0)),
        Curve::measure("k 1.2", throttle(1.2)),
    ];
    let [none, usual, tight] = &curves;
    for (at, load) in LOADS.into_iter().enumerate().skip(2) {
        let [(none, all), (usual, some), (tight, few)] =
            [none, usual, tight].map(|curve| curve.points[at]);
        assert!(none < 30.0, "{load}: {none}");
        assert!(usual > 80.0, "{load}: {usual}");
        assert!(tight > 50.0, "{load}: {tight}");
        // The server gets twice the calls that it answers, whatever the load.
        let twice = 100.0 * 2.0 * usual / (CAPACITY * load);
        assert!((some - twice).abs() < 3.0, "{load}: {some} for {twice}");
        assert!(all == 100.0 && few < some);
    }
    show(&curves);
}

fn show(curves: &[Curve]) {
    let loads = LOADS.map(|load| format!("{load}×"));
    let columns: Vec<_> = std::iter::once("")
        .chain(loads.iter().map(String::as_str))
        .collect();
    let row = |what: &str, curve: &Curve, of: fn(&(f64, f64)) -> String| {
        std::iter::once(format!("{}: {what}", curve.policy))
            .chain(curve.points.iter().map(of))
            .collect()
    };
    let answers = |curve| {
        row("responses per second", curve, |(answers, _)| {
            format!("{answers:.0}")
        })
    };
    let reached = |curve| {
        row("calls that reach the server", curve, |(_, reached)| {
            format!("{reached:.0} %")
        })
    };
    let rows: Vec<_> = curves
        .iter()
        .flat_map(|curve| [answers(curve), reached(curve)])
        .collect();
    hold_table("rejection", &columns, &rows);
    let line = |curve: &'_ Curve| Line {
        label: curve.policy,
        points: LOADS
            .into_iter()
            .zip(curve.points.iter().map(|(answers, _)| *answers))
            .collect(),
    };
    let plot = Plot {
        title: "Goodput of a server whose refusals cost a fifth of a call",
        x: Axis {
            label: "offered load, relative to the capacity",
            end: 8.0,
            step: 1.0,
        },
        y: Axis {
            label: "responses in time per second",
            end: 120.0,
            step: 20.0,
        },
        lines: curves.iter().map(line).collect(),
    };
    hold_plot("rejection", &plot);
}
