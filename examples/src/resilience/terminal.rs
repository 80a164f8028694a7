//! A run as a frame in the terminal, redrawn in place.
//!
//! The newest interval is at the right; older ones move to the left and out.
//! Only colours and cursor movement are used, which every terminal has.

use std::time::Duration;

use kit::policy::breaker::BreakerState;

use super::plain::milliseconds;
use super::sample::Sample;
use super::schedule::Trouble;

/// The maximum number of intervals shown.
const COLUMNS: usize = 60;

/// The height of the bars of calls, in lines.
const ROWS: usize = 6;

/// The widths of the names at the left and the values at the right.
const NAME: usize = 9;
const VALUE: usize = 21;

/// The size of the terminal, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Characters per line.
    pub width: usize,
    /// Number of lines.
    pub height: usize,
}

impl Size {
    /// The current size of the terminal, or the usual one if it is unknown.
    pub fn now() -> Self {
        let (width, height) = match terminal_size::terminal_size() {
            Some((width, height)) if width.0 > 0 && height.0 > 0 => (width.0, height.0),
            _ => (80, 24),
        };
        Self {
            width: width.into(),
            height: height.into(),
        }
    }

    /// The number of intervals that fit.
    fn columns(self) -> usize {
        self.width
            .saturating_sub(NAME + VALUE + 2)
            .clamp(8, COLUMNS)
    }

    /// Cuts lines to the terminal: a wrapped line would not be overwritten by
    /// the next frame.
    pub fn cut(self, mut lines: Vec<String>) -> Vec<String> {
        // The cursor takes a line of its own.
        lines.truncate(self.height.saturating_sub(1).max(1));
        let lines = lines.into_iter();
        lines.map(|line| cut(line, self.width)).collect()
    }
}

/// Cuts a line to a width in characters. Colour codes have no width, and are
/// kept.
fn cut(line: String, width: usize) -> String {
    let mut text = String::new();
    let mut seen = 0;
    let mut is_escape = false;
    for char in line.chars() {
        is_escape |= char == '\x1b';
        if is_escape || seen < width {
            text.push(char);
        }
        seen += usize::from(!is_escape);
        is_escape &= !char.is_ascii_alphabetic();
    }
    text
}

const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const BLUE: &str = "\x1b[34m";
const MAGENTA: &str = "\x1b[35m";
const CYAN: &str = "\x1b[36m";
const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// The frame of the last samples that fit, at `rate` calls per second.
pub fn frame(samples: &[Sample], rate: u32, size: Size) -> Vec<String> {
    let seen = &samples[samples.len().saturating_sub(size.columns())..];
    let Some(last) = seen.last() else {
        return Vec::new();
    };
    let mut lines = vec![
        row("upstream", &strip(seen, upstream), last.trouble.name()),
        row("breaker", &strip(seen, breaker), state(last)),
    ];
    lines.extend(calls(seen, last, f64::from(rate)));
    let latencies = |share| -> Vec<f64> {
        let of = |sample: &Sample| sample.percentile(share).unwrap_or_default();
        seen.iter().map(|sample| of(sample).as_secs_f64()).collect()
    };
    let highest = latencies(0.99).into_iter().fold(0.0, f64::max);
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let line = paint(MAGENTA, &sparkline(&latencies(share), highest));
        lines.push(row(name, &line, &milliseconds(last.percentile(share))));
    }
    lines
}

/// Outcomes and tries: a sparkline for each, and taller bars for good calls.
fn calls(seen: &[Sample], last: &Sample, top: f64) -> Vec<String> {
    type Count = fn(&Sample) -> u64;
    let rates = |count: Count| -> Vec<f64> {
        let rates = seen.iter().map(|sample| sample.per_second(count(sample)));
        rates.collect()
    };
    let good = bars(&rates(|sample| sample.counts.good), top, ROWS);
    let value = format!("{:.0} /s", last.per_second(last.counts.good));
    let names = std::iter::once(("good", value)).chain(std::iter::repeat(("", String::new())));
    let mut lines: Vec<_> = names
        .zip(good)
        .map(|((name, value), bars)| row(name, &paint(GREEN, &bars), &value))
        .collect();
    let others: [(&str, &str, Count); 5] = [
        ("late", YELLOW, |sample| sample.counts.late),
        ("failed", RED, |sample| sample.counts.failed),
        ("refused", CYAN, |sample| sample.counts.refused()),
        ("fallback", BLUE, |sample| sample.counts.stand_ins),
        ("tries", DIM, |sample| sample.counts.tries),
    ];
    for (name, color, count) in others {
        let rates = rates(count);
        if name == "fallback" && rates.iter().all(|rate| *rate == 0.0) {
            continue;
        }
        let value = match name {
            "refused" => refusals(last),
            "tries" => tries_of(last),
            _ => format!("{:.0} /s", last.per_second(count(last))),
        };
        let highest = rates.iter().copied().fold(top, f64::max);
        lines.push(row(
            name,
            &paint(color, &sparkline(&rates, highest)),
            &value,
        ));
    }
    lines
}

/// The line above the frame: progress and policies of the run.
pub fn title(elapsed: Duration, length: Duration, rate: u32, policies: &str) -> String {
    format!(
        "{:>5.1}s of {}s   {rate} calls/s   {policies}",
        elapsed.as_secs_f64(),
        length.as_secs_f64()
    )
}

/// The output that draws `lines` over the last frame, which had `drawn` lines.
pub fn redraw(drawn: usize, lines: &[String]) -> String {
    let mut text = match drawn {
        0 => String::new(),
        drawn => format!("\x1b[{drawn}A"),
    };
    for line in lines {
        text.push_str(line);
        // Clears the rest of the line.
        text.push_str("\x1b[K\n");
    }
    // Clears the lines below.
    text.push_str("\x1b[J");
    text
}

/// Values from zero to `top` as one line of bars; any value over zero is
/// visible.
pub fn sparkline(values: &[f64], top: f64) -> String {
    bars(values, top, 1).concat()
}

/// The same over several lines, the top one first.
pub fn bars(values: &[f64], top: f64, rows: usize) -> Vec<String> {
    let eighths = |value: f64| {
        let part = if top > 0.0 { value / top } else { 0.0 };
        let eighths = (part.clamp(0.0, 1.0) * (rows * 8) as f64).round() as usize;
        eighths.max(usize::from(value > 0.0))
    };
    let row = |row: usize| {
        let below = row * 8;
        let bar = |value: &f64| EIGHTHS[eighths(*value).saturating_sub(below).min(8)];
        values.iter().map(bar).collect()
    };
    (0..rows).rev().map(row).collect()
}

fn row(name: &str, picture: &str, value: &str) -> String {
    format!("{name:>9} {picture} {value}")
}

fn paint(color: &str, text: &str) -> String {
    format!("{color}{text}{PLAIN}")
}

/// A block per sample, in the colour of its value.
fn strip(samples: &[Sample], color: fn(&Sample) -> &'static str) -> String {
    let mut text = String::new();
    let mut current = "";
    for sample in samples {
        let color = color(sample);
        if color != current {
            text.push_str(color);
            current = color;
        }
        text.push('█');
    }
    text + PLAIN
}

fn upstream(sample: &Sample) -> &'static str {
    match sample.trouble {
        Trouble::Healthy => GREEN,
        Trouble::Slow => YELLOW,
        Trouble::Failing => RED,
        Trouble::Hanging => MAGENTA,
    }
}

fn breaker(sample: &Sample) -> &'static str {
    match sample.breaker {
        Some(BreakerState::Closed | BreakerState::ForcedClosed) => GREEN,
        Some(BreakerState::HalfOpen) => YELLOW,
        Some(BreakerState::Open | BreakerState::ForcedOpen) => RED,
        Some(_) | None => DIM,
    }
}

fn state(sample: &Sample) -> &'static str {
    sample.breaker.map_or("off", |state| state.name())
}

fn tries_of(sample: &Sample) -> String {
    let rate = |count| sample.per_second(count).round();
    let mut text = format!("{} /s", rate(sample.counts.tries));
    for (count, name) in [
        (sample.counts.retries, "retries"),
        (sample.counts.hedges, "hedges"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {name} {}", rate(count)));
        }
    }
    text
}

fn refusals(sample: &Sample) -> String {
    let refusals: Vec<_> = sample
        .counts
        .refusals()
        .map(|(policy, count)| format!("{policy} {:.0}", sample.per_second(count)))
        .collect();
    match refusals.is_empty() {
        true => "0 /s".to_owned(),
        false => format!("{} /s", refusals.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resilience::sample::sample;

    const WIDE: Size = Size {
        width: 200,
        height: 50,
    };

    #[test]
    fn a_sparkline_spans_empty_to_full() {
        assert_eq!(sparkline(&[0.0, 50.0, 100.0, 200.0], 100.0), " ▄██");
        // A small value is visible, and zero is empty on any scale.
        assert_eq!(sparkline(&[0.001, 0.0], 100.0), "▁ ");
        assert_eq!(sparkline(&[0.0], 0.0), " ");
    }

    #[test]
    fn bars_fill_their_rows_from_the_bottom() {
        assert_eq!(bars(&[4.0, 8.0, 12.0, 16.0], 16.0, 2), ["  ▄█", "▄███"]);
    }

    #[test]
    fn a_frame_overwrites_the_last_one() {
        let lines = ["a".to_owned(), "b".to_owned()];
        assert_eq!(redraw(0, &lines), "a\x1b[K\nb\x1b[K\n\x1b[J");
        assert_eq!(redraw(2, &lines), "\x1b[2Aa\x1b[K\nb\x1b[K\n\x1b[J");
    }

    #[test]
    fn a_frame_shows_states_rates_and_latencies() {
        let mut samples = [
            sample(1, Trouble::Healthy, 200, 0),
            sample(2, Trouble::Failing, 100, 100),
        ];
        samples[1].counts.retries = 7;
        let frame = frame(&samples, 200, WIDE);
        assert_eq!(frame[0], " upstream \x1b[32m█\x1b[31m█\x1b[0m failing");
        assert_eq!(frame[1], "  breaker \x1b[32m█\x1b[31m█\x1b[0m open");
        assert_eq!(frame[2], "     good \x1b[32m█ \x1b[0m 100 /s");
        assert_eq!(frame[7], "          \x1b[32m██\x1b[0m ");
        assert_eq!(frame[8], "     late \x1b[33m  \x1b[0m 0 /s");
        assert_eq!(frame[10], "  refused \x1b[36m ▄\x1b[0m breaker 100 /s");
        assert_eq!(frame[11], "    tries \x1b[2m█▄\x1b[0m 100 /s, retries 7");
        assert_eq!(frame[13], "      p99 \x1b[35m██\x1b[0m 10ms");
        assert_eq!(frame.len(), 14);
    }

    #[test]
    fn fallbacks_are_shown_if_there_are_any() {
        let mut samples = [sample(1, Trouble::Healthy, 200, 0)];
        samples[0].counts.stand_ins = 50;
        let frame = frame(&samples, 200, WIDE);
        assert_eq!(frame[11], " fallback \x1b[34m▂\x1b[0m 50 /s");
        assert_eq!(frame.len(), 15);
    }

    #[test]
    fn samples_older_than_the_width_are_dropped() {
        let samples: Vec<_> = (1..=100)
            .map(|second| sample(second, Trouble::Healthy, 200, 0))
            .collect();
        for (width, columns) in [(200, 60), (92, 60), (80, 48), (50, 18), (20, 8)] {
            let size = Size { width, height: 24 };
            let frame = frame(&samples, 200, size);
            assert_eq!(frame[0].matches('█').count(), columns, "{width}");
        }
        assert!(super::frame(&[], 200, WIDE).is_empty());
    }

    #[test]
    fn frames_fit_the_terminal() {
        let line = "\x1b[31m█████\x1b[0m 12".to_owned();
        let size = |width, height| Size { width, height };
        let cut = |width, height| size(width, height).cut(vec![line.clone(); 3]);
        assert_eq!(cut(8, 4), vec![line.clone(); 3]);
        assert_eq!(cut(7, 3), ["\x1b[31m█████\x1b[0m 1"; 2]);
        assert_eq!(cut(3, 1), ["\x1b[31m███\x1b[0m"]);
    }
}
