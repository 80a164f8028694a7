//! Resilience policies before a call that is ready at once, so that what a
//! call costs is what the policy costs:
//!
//! ```text
//! bench-policies <case> <threads> <0.2s | 1000>
//! ```
//!
//! One case a process, as where memory lies and what ran before move figures
//! of this size. Each case says of every answer whether it is as it should be,
//! and the process ends where one isn't.

mod allocations;
mod caches;
mod hand;
mod kit_alone;
mod kit_before_a_call;
mod kit_declared;
mod others;
mod run;
mod tower_layers;
mod tower_resilience;

use std::process;

use bench_common::Length;

use crate::run::{Measured, Run};

/// Measures one case.
type Case = fn(Run) -> Measured;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some((case, run)) = parse(&args) else {
        eprintln!("usage: <case> <threads> <0.2s | 1000>");
        process::exit(2)
    };
    let Some(measure) = find(case) else {
        eprintln!("there is no case `{case}`");
        process::exit(3)
    };
    let Measured {
        calls,
        cpu,
        allocations,
    } = measure(run);
    println!(
        "calls={calls} cpu_ns={} allocations={allocations}",
        cpu.as_nanos()
    );
}

fn parse<'a>(args: &[&'a str]) -> Option<(&'a str, Run)> {
    let &[case, threads, length] = args else {
        return None;
    };
    let run = Run {
        threads: threads.parse().ok()?,
        length: Length::parse(length)?,
    };
    Some((case, run))
}

fn find(name: &str) -> Option<Case> {
    let (peer, case) = name.split_once('/')?;
    match peer {
        "kit" => kit_alone::find(case)
            .or_else(|| kit_before_a_call::find(case))
            .or_else(|| kit_declared::find(case)),
        "hand" => hand::find(case),
        "tower" => tower_layers::find(case),
        "tower-resilience" => tower_resilience::find(case),
        "cache" => caches::find(case),
        "other" => others::find(case),
        _ => None,
    }
}
