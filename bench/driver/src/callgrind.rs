//! Instructions per request, which no neighbour on the machine can change.
//!
//! Callgrind counts a whole process, so each row runs twice, with few and with
//! many requests; start and end cancel out in the difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::contest::{Contest, Row, Side};
use crate::load::Length;
use crate::machine::{Machine, pinned, target};
use crate::options::Options;
use crate::peer::Running;
use crate::rounds::Outcome;

// Multiples of the 64 in flight, so that both runs divide evenly.
const FEW: u64 = 1_280;
const MANY: u64 = 11_520;

pub(crate) fn count(
    contest: &Contest,
    outcomes: &mut [Outcome],
    options: &Options,
    machine: &Machine,
) {
    for (row, outcome) in contest.rows.iter().zip(outcomes) {
        if outcome.failure.is_some() {
            continue;
        }
        eprintln!("{}: instructions of {}", contest.title, row.name);
        match per_request(row, options, machine) {
            Ok(instructions) => outcome.instructions = Some(instructions),
            Err(error) => outcome.failure = Some(format!("callgrind: {error}")),
        }
    }
}

fn per_request(row: &Row, options: &Options, machine: &Machine) -> Result<f64> {
    let (few, many) = (
        total(row, FEW, options, machine)?,
        total(row, MANY, options, machine)?,
    );
    Ok((many - few) / (MANY - FEW) as f64)
}

fn total(row: &Row, calls: u64, options: &Options, machine: &Machine) -> Result<f64> {
    let counts = counts();
    let wrap = |measured, core| {
        if row.measured == measured {
            around(pinned(core), &counts)
        } else {
            pinned(core)
        }
    };
    let serve: Command = wrap(Side::Server, machine.server_core);
    let ask = wrap(Side::Client, machine.load_core);
    let server = Running::start(&row.server, &options.profile, &serve)?;
    row.asker
        .ask(server.addr, Length::Calls(calls), &options.profile, ask)?;
    server.terminate()?;
    read_total(&counts)
}

/// Where callgrind writes to.
pub(crate) fn counts() -> PathBuf {
    target().join("callgrind.out")
}

/// Whatever `command` is given to run, in callgrind.
pub(crate) fn around(mut command: Command, counts: &Path) -> Command {
    command.args(["valgrind", "--quiet", "--tool=callgrind"]);
    command.arg(format!("--callgrind-out-file={}", counts.display()));
    command
}

/// What a process counted that has ended.
pub(crate) fn read_total(counts: &Path) -> Result<f64> {
    let counts = fs::read_to_string(counts)?;
    let total = counts
        .lines()
        .find_map(|line| line.strip_prefix("totals: "));
    Ok(total
        .ok_or("no totals in callgrind's output")?
        .trim()
        .parse()?)
}
