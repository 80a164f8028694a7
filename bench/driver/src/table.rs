//! The table, in Markdown.

use std::fmt::Write;

use crate::contest::{Contest, Side};
use crate::rounds::{Outcome, Sample};

pub(crate) fn render(contest: &Contest, outcomes: &[Outcome], instructions: bool) -> String {
    let bases: Vec<_> = contest
        .rows
        .iter()
        .zip(outcomes)
        .filter_map(|(row, outcome)| Some((row.base?, outcome)))
        .collect();
    let client = contest.rows.iter().any(|row| row.measured == Side::Client);
    let (who, rate) = if client {
        ("client", "calls/s")
    } else {
        ("server", "req/s")
    };

    let mut head = vec![
        who.to_owned(),
        "CPU µs".into(),
        "min–max".into(),
        rate.into(),
    ];
    head.extend(bases.iter().map(|(name, _)| format!("× {name}")));
    head.extend(instructions.then(|| "instructions".to_owned()));
    let rows = contest.rows.iter().zip(outcomes).map(|(row, outcome)| {
        let mut cells = vec![row.name.clone()];
        cells.extend(figures(outcome));
        cells.extend(bases.iter().map(|(_, base)| ratio(base, outcome)));
        cells.extend(instructions.then(|| {
            outcome
                .instructions
                .map_or_else(empty, |count| format!("{count:.0}"))
        }));
        cells
    });
    let mut text = format!(
        "### {}\n\n{}",
        contest.title,
        markdown(head, rows.collect())
    );
    for (row, outcome) in contest.rows.iter().zip(outcomes) {
        if let Some(failure) = &outcome.failure {
            let _ = write!(text, "\n- {}: {}", row.name, brief(failure));
        }
    }
    text + "\n"
}

fn figures(outcome: &Outcome) -> [String; 3] {
    if outcome.samples.is_empty() {
        return [empty(), empty(), empty()];
    }
    let cpu: Vec<_> = outcome.samples.iter().map(|sample| sample.cpu).collect();
    let least = cpu.iter().copied().fold(f64::INFINITY, f64::min);
    let most = cpu.iter().copied().fold(0.0, f64::max);
    let rate = outcome
        .samples
        .iter()
        .map(|sample| sample.per_second)
        .collect();
    [
        format!("{:.2}", median(cpu)),
        format!("{least:.2}–{most:.2}"),
        format!("{:.0}", median(rate)),
    ]
}

/// The median of the rounds' own ratios: both sides of each were measured
/// within seconds of each other.
fn ratio(base: &Outcome, outcome: &Outcome) -> String {
    if base.samples.is_empty() || outcome.samples.is_empty() {
        return empty();
    }
    let pairs = base.samples.iter().zip(&outcome.samples);
    format!(
        "{:.2}",
        median(
            pairs
                .map(|(Sample { cpu: base, .. }, Sample { cpu, .. })| base / cpu)
                .collect()
        )
    )
}

/// Programs end with long backtraces; the start says what happened.
fn brief(failure: &str) -> String {
    failure
        .chars()
        .take(300)
        .collect::<String>()
        .replace('\n', " ")
}

fn empty() -> String {
    "—".to_owned()
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values[middle - 1] + values[middle]) / 2.0
    }
}

/// Aligned, so that it reads well on a terminal too.
pub(crate) fn markdown(head: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .chain([&head])
            .map(|row| row[column].chars().count());
        cells.max().unwrap_or_default().max(3)
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let mut line = format!("| {:<width$} |", cells[0], width = widths[0]);
        for (cell, width) in cells.iter().zip(&widths).skip(1) {
            let _ = write!(line, " {cell:>width$} |");
        }
        line + "\n"
    };
    let mut rule = format!("|{}|", "-".repeat(widths[0] + 2));
    for width in &widths[1..] {
        let _ = write!(rule, "{}:|", "-".repeat(width + 1));
    }
    let body: String = rows.iter().map(|row| line(row)).collect();
    line(&head) + &rule + "\n" + &body
}
