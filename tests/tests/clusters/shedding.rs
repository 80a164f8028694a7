//! A server that sheds load over its capacity, without a configured limit.
//!
//! The shedder observes the utilisation of the server: here of its slots, in
//! place of processors. Its average adapts within seconds, and until then the
//! server is as overloaded as one without a shedder.

use std::ops::Range;
use std::sync::Arc;

use kit::policy::shed::{CpuMeter, ShedConfig, Shedder};
use kit::{Chain, Identity, Middleware};

use super::page::{hold_plot, hold_table};
use super::plot::{Axis, Line, Plot};
use super::world::{Apart, Calls, Cut, Server, Shape, Span, Work, World, simulate};

/// Capacity in calls per second: 20 slots, 40 ms per call on average.
const CAPACITY: f64 = 500.0;
const SLOTS: usize = 20;
const PATIENCE: u64 = 250;
/// Before the overload, the load is 80 % of the capacity.
const CALM: u64 = 10_000;
/// When the average has adapted.
const SETTLED: u64 = 20_000;
const END: u64 = 30_000;
const LOADS: [f64; 4] = [1.0, 1.5, 2.0, 3.0];

fn offer<W>(load: f64, middleware: impl FnOnce(&Arc<Server>) -> W) -> Calls
where
    W: Middleware<Work> + 'static,
{
    simulate(async |world: World| {
        let shape = Shape {
            drops_expired: true,
            ..Shape::new(SLOTS, 20..61)
        };
        let server = shape.start(world);
        let service = Chain::new(middleware(&server), Cut(server.clone()));
        let spans = [(0..CALM, 0.8), (CALM..END, load)].map(|(time, load)| Span {
            time,
            rate: (CAPACITY * load) as u32,
        });
        let service = Apart(Arc::new(service));
        world.offer(&spans, PATIENCE, service).await
    })
}

fn unlimited(load: f64) -> Calls {
    offer(load, |_| Identity)
}

fn shedding(load: f64) -> Calls {
    offer(load, |server| {
        let server = Arc::clone(server);
        let meter = CpuMeter::of(move || Some(server.busy()));
        Shedder::new(ShedConfig::new()).metered(meter)
    })
}

/// Responses in time per second.
fn goodput(calls: &Calls, time: Range<u64>) -> f64 {
    let milliseconds = (time.end - time.start) as f64;
    calls.answered(time) as f64 * 1000.0 / milliseconds
}

#[test]
fn a_shedding_server_recovers_its_goodput_under_overload() {
    let runs = LOADS.map(|load| (load, unlimited(load), shedding(load)));
    for (load, without, with) in &runs {
        assert_eq!(
            goodput(with, 0..CALM),
            goodput(without, 0..CALM),
            "no call is refused before the overload"
        );
        let settled = goodput(with, SETTLED..END);
        assert!(settled > 0.9 * CAPACITY, "{load}: {settled}");
        if *load > 1.0 {
            let collapsed = goodput(without, SETTLED..END);
            assert!(collapsed < 0.01 * CAPACITY, "{load}: {collapsed}");
        }
    }
    let at_twice = &runs[2];
    show(&runs, at_twice);
}

type Run = (f64, Calls, Calls);

fn show(runs: &[Run], plotted: &Run) {
    let loads = LOADS.map(|load| format!("{load}×"));
    let columns: Vec<_> = std::iter::once("")
        .chain(loads.iter().map(String::as_str))
        .collect();
    let row = |label: &str, time: Range<u64>, of: fn(&Run) -> &Calls| {
        let goodput = runs
            .iter()
            .map(|run| format!("{:.0}", goodput(of(run), time.clone())));
        std::iter::once(label.to_owned()).chain(goodput).collect()
    };
    let rows: [Vec<String>; 4] = [
        row("deadlines only: first 10 s", CALM..SETTLED, |run| &run.1),
        row("deadlines only: next 10 s", SETTLED..END, |run| &run.1),
        row("shed: first 10 s", CALM..SETTLED, |run| &run.2),
        row("shed: next 10 s", SETTLED..END, |run| &run.2),
    ];
    hold_table("shedding", &columns, &rows);
    let (load, without, with) = plotted;
    let title = format!("{load} times the capacity, from second 10 on");
    let plot = Plot {
        title: &title,
        x: Axis {
            label: "seconds",
            end: END as f64 / 1000.0,
            step: 5.0,
        },
        y: Axis {
            label: "responses in time per second",
            end: 600.0,
            step: 100.0,
        },
        lines: vec![line("deadlines only", without), line("shed", with)],
    };
    hold_plot("shedding", &plot);
}

fn line<'a>(label: &'a str, calls: &Calls) -> Line<'a> {
    let seconds = (0..END).step_by(1000).map(|from| from..from + 1000);
    Line {
        label,
        points: seconds
            .map(|second| (second.end as f64 / 1000.0, goodput(calls, second)))
            .collect(),
    }
}
