//! Runs the peers side by side and prints one table.
//!
//! Figures from two runs don't compare on a shared machine, so everything
//! that stands in one table is measured in one run, round by round in turn.
//! CPU time per request comes first: it moves far less than requests per
//! second when a neighbour wakes up.

mod callgrind;
mod compile;
mod contest;
mod load;
mod machine;
mod options;
mod peer;
mod policies;
mod rounds;
mod table;

use std::process::ExitCode;

use crate::contest::Contest;
use crate::machine::Machine;
use crate::options::{Options, Section};

/// Failures of a run end in a message for a person; nothing handles them.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let options = Options::from_args()?;
    let machine = Machine::find(&options)?;
    println!("{}", machine.describe(&options));
    for section in &options.sections {
        match section {
            Section::Compile => {
                println!("{}", compile::table(&options)?);
                if options.wants("kit") {
                    println!("{}", compile::policies(&options)?);
                }
            }
            Section::Policies => println!("{}", policies::table(&options, &machine)?),
            _ => {}
        }
        for contest in contest::of(*section) {
            println!("{}", measure(&options.narrow(contest), &options, &machine)?);
        }
    }
    Ok(())
}

fn measure(contest: &Contest, options: &Options, machine: &Machine) -> Result<String> {
    peer::build(contest, &options.profile)?;
    let mut outcomes = rounds::run(contest, options, machine)?;
    if options.instructions {
        callgrind::count(contest, &mut outcomes, options, machine);
    }
    Ok(table::render(contest, &outcomes, options.instructions))
}
