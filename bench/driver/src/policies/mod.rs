//! What each policy costs a call that is ready at once: CPU nanoseconds,
//! instructions and allocations, beside others that do the same.
//!
//! One process a case, in rounds as everything else, with one thread and with
//! two that share the policy.

mod cases;

use std::process::Command;

use crate::Result;
use crate::callgrind;
use crate::machine::{Machine, pinned, pinned_to};
use crate::options::Options;
use crate::peer;
use crate::table::{markdown, median};
use cases::{Group, Row};

/// Calls in the shorter of the two runs.
const FEW: u64 = 1_000;

#[derive(Default)]
struct Costs {
    alone: Vec<f64>,
    shared: Vec<f64>,
    allocations: f64,
    instructions: Option<f64>,
    /// Why figures are missing. A row that fails once isn't asked again.
    failure: Option<String>,
}

/// What one process tells.
struct Measured {
    nanoseconds: f64,
    allocations: f64,
}

pub(crate) fn table(options: &Options, machine: &Machine) -> Result<String> {
    peer::build_peer("policies", &options.profile)?;
    let groups = narrowed(options);
    let rows: Vec<&Row> = groups.iter().flat_map(|group| &group.rows).collect();
    let mut costs: Vec<_> = rows.iter().map(|_| Costs::default()).collect();
    for round in 1..=options.rounds {
        eprintln!("policies: round {round} of {}", options.rounds);
        for (row, costs) in rows.iter().zip(&mut costs) {
            if costs.failure.is_some() {
                continue;
            }
            if let Err(error) = measure(row, costs, options, machine) {
                costs.failure = Some(error.to_string());
            }
        }
    }
    if options.instructions {
        for (row, costs) in rows.iter().zip(&mut costs) {
            if costs.failure.is_some() {
                continue;
            }
            eprintln!("policies: instructions of {}", row.case);
            match instructions(row, options, machine) {
                Ok(count) => costs.instructions = Some(count),
                Err(error) => costs.failure = Some(format!("callgrind: {error}")),
            }
        }
    }
    Ok(render(&groups, &costs, options.instructions))
}

fn narrowed(options: &Options) -> Vec<Group> {
    let mut groups = cases::groups();
    for group in &mut groups {
        group
            .rows
            .retain(|row| row.peer() == "hand-written" || options.wants(row.peer()));
    }
    groups
}

fn measure(row: &Row, costs: &mut Costs, options: &Options, machine: &Machine) -> Result<()> {
    let length = format!("{}s", f64::from(options.seconds) / 10.0);
    let alone = ask(pinned(machine.server_core), row, 1, &length, options)?;
    costs.alone.push(alone.nanoseconds);
    costs.allocations = alone.allocations;
    if row.is_shared() {
        let both = pinned_to(&[machine.server_core, machine.load_core]);
        let shared = ask(both, row, 2, &length, options)?;
        costs.shared.push(shared.nanoseconds);
    }
    Ok(())
}

fn ask(
    mut command: Command,
    row: &Row,
    threads: u32,
    length: &str,
    options: &Options,
) -> Result<Measured> {
    let output = command
        .arg(peer::program("policies", &options.profile))
        .args([row.case, &threads.to_string(), length])
        .output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(words.lines().last().unwrap_or("failed").into());
    }
    let output = String::from_utf8(output.stdout)?;
    let figure = |name: &str| -> Result<f64> {
        let mut figures = output.split_whitespace();
        let figure = figures.find_map(|figure| figure.strip_prefix(name)?.strip_prefix('='));
        Ok(figure
            .ok_or_else(|| format!("no `{name}` in `{output}`"))?
            .parse()?)
    };
    let calls = figure("calls")?;
    Ok(Measured {
        nanoseconds: figure("cpu_ns")? / calls,
        allocations: figure("allocations")? / calls,
    })
}

/// Exact, but for what hangs on the time that passes: a window that turns.
fn instructions(row: &Row, options: &Options, machine: &Machine) -> Result<f64> {
    let total = |calls: u64| -> Result<f64> {
        let counts = callgrind::counts();
        let command = callgrind::around(pinned(machine.server_core), &counts);
        ask(command, row, 1, &calls.to_string(), options)?;
        callgrind::read_total(&counts)
    };
    Ok((total(FEW + row.calls())? - total(FEW)?) / row.calls() as f64)
}

fn render(groups: &[Group], costs: &[Costs], instructions: bool) -> String {
    let mut head = vec!["", "ns", "least", "ns, 2 threads"];
    head.extend(instructions.then_some("instructions"));
    head.extend(["allocations", "target", ""]);
    let mut failures = String::new();
    let mut costs = costs.iter();
    let mut lines = Vec::new();
    for group in groups.iter().filter(|group| !group.rows.is_empty()) {
        let mut title = vec![String::new(); head.len()];
        title[0] = format!("**{}**", group.title);
        lines.push(title);
        for (row, costs) in group.rows.iter().zip(&mut costs) {
            lines.push(cells(row, costs, instructions));
            if let Some(failure) = &costs.failure {
                failures += &format!("\n- {}: {failure}", row.case);
            }
        }
    }
    let head = head.into_iter().map(str::to_owned).collect();
    let table = markdown(head, lines);
    format!("### Policies, by call\n\n{table}{failures}\n")
}

fn cells(row: &Row, costs: &Costs, instructions: bool) -> Vec<String> {
    let figure = |figure: Option<f64>| match figure {
        Some(figure) if figure < 100.0 => format!("{figure:.1}"),
        Some(figure) => format!("{figure:.0}"),
        None => "—".to_owned(),
    };
    let middle = |samples: &[f64]| (!samples.is_empty()).then(|| median(samples.to_vec()));
    let alone = middle(&costs.alone);
    let mut cells = vec![
        row.name.to_owned(),
        figure(alone),
        figure(costs.alone.iter().copied().reduce(f64::min)),
        figure(middle(&costs.shared)),
    ];
    cells.extend(instructions.then(|| match costs.instructions {
        Some(count) => format!("{count:.0}"),
        None => "—".to_owned(),
    }));
    cells.push(match costs.allocations {
        // An allocation in a thousand calls is still one to know of.
        few if few > 0.0 && few < 0.005 => "< 0.01".to_owned(),
        allocations => format!("{}", (100.0 * allocations).round() / 100.0),
    });
    let verdict = match (row.target, alone) {
        (Some(target), Some(cost)) if cost <= target => "met",
        (Some(_), Some(_)) => "missed",
        _ => "",
    };
    cells.push(
        row.target
            .map_or_else(String::new, |target| format!("≤ {target}")),
    );
    cells.push(verdict.to_owned());
    cells
}
