//! Measures every row once a round, in turn.
//!
//! In turn, because a shared machine is slow for a while and fast for a while;
//! each time with a fresh process, because where its memory lies moves the
//! figures by some percent, and a median should see several layouts.

use crate::Result;
use crate::contest::{Contest, Row, Side};
use crate::load::{self, Length};
use crate::machine::{Machine, pinned};
use crate::options::Options;
use crate::peer::Running;

/// One row's figures, one sample a round.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) samples: Vec<Sample>,
    pub(crate) instructions: Option<f64>,
    /// Why figures are missing. A row that fails once isn't asked again, and
    /// loses what it had: half a measurement isn't one.
    pub(crate) failure: Option<String>,
}

impl Outcome {
    fn failed(why: String) -> Self {
        Self {
            failure: Some(why),
            ..Self::default()
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// CPU microseconds a request.
    pub(crate) cpu: f64,
    pub(crate) per_second: f64,
}

pub(crate) fn run(contest: &Contest, options: &Options, machine: &Machine) -> Result<Vec<Outcome>> {
    let mut outcomes: Vec<_> = contest.rows.iter().map(|_| Outcome::default()).collect();
    for round in 1..=options.rounds {
        eprintln!("{}: round {round} of {}", contest.title, options.rounds);
        for (row, outcome) in contest.rows.iter().zip(&mut outcomes) {
            if outcome.failure.is_some() {
                continue;
            }
            match measure(row, options, machine) {
                Ok(sample) => outcome.samples.push(sample),
                Err(error) => *outcome = Outcome::failed(error.to_string()),
            }
        }
    }
    Ok(outcomes)
}

fn measure(row: &Row, options: &Options, machine: &Machine) -> Result<Sample> {
    let profile = &options.profile;
    let server = Running::start(&row.server, profile, &pinned(machine.server_core))?;
    let load = || pinned(machine.load_core);
    if let Some(client) = row.asker.check() {
        load::check(client, server.addr, profile, load())?;
    }
    if row.measured == Side::Client {
        // It warms up by itself, and measures what comes after.
        let answered = row.asker.ask(
            server.addr,
            Length::Seconds(options.seconds),
            profile,
            load(),
        )?;
        return Ok(Sample {
            cpu: 1e6 * answered.cpu / answered.calls as f64,
            per_second: answered.per_second,
        });
    }
    row.asker
        .ask(server.addr, Length::Seconds(1), profile, load())?;
    let before = server.cpu()?;
    let answered = row.asker.ask(
        server.addr,
        Length::Seconds(options.seconds),
        profile,
        load(),
    )?;
    let cpu = (server.cpu()? - before).as_secs_f64();
    Ok(Sample {
        cpu: 1e6 * cpu / answered.calls as f64,
        per_second: answered.per_second,
    })
}
