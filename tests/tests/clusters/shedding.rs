//! A server that sheds what it can't do, with no limit that somebody found.
//!
//! The shedder watches how busy the server is: here the slots that work, in
//! place of processors. Its average follows within seconds, and so long the
//! server is as overloaded as one without.

use std::ops::Range;
use std::sync::Arc;

use kit::policy::shed::{CpuMeter, ShedConfig, Shedder};
use kit::{Chain, Identity, Middleware};

use super::page::{hold_plot, hold_table};
use super::plot::{Axis, Line, Plot};
use super::world::{Apart, Calls, Cut, Server, Shape, Span, Work, World, simulate};

/// What the server can do, a second: 20 slots, 40 ms each on average.
const CAPACITY: f64 = 500.0;
const SLOTS: usize = 20;
const PATIENCE: u64 = 250;
/// Before the overload, the server has 80 % of what it can do.
const CALM: u64 = 10_000;
/// When the average has followed.
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

/// Answers in time, a second.
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
            "it refuses nobody while calm"
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
    let title = format!("{load} times what the server can do, from second 10 on");
    let plot = Plot {
        title: &title,
        x: Axis {
            label: "seconds",
            end: END as f64 / 1000.0,
            step: 5.0,
        },
        y: Axis {
            label: "answers in time, a second",
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
