//! A run as lines of text: for files, pipes, and the end of every run.

use std::fmt::Write as _;
use std::time::Duration;

use super::record::Change;
use super::sample::{Counts, Sample, percentile};
use super::schedule::Schedule;

/// The header of the lines of [`line()`].
pub const HEADER: &str =
    "     at  upstream  breaker     good/s  late  failed  refused  fallback  tries     p50     p99";

/// One sample as a line; counts are per second.
pub fn line(sample: &Sample) -> String {
    let counts = &sample.counts;
    let rate = |count| sample.per_second(count).round();
    let mut line = format!(
        "{:>6.1}s  {:<8}  {:<9}  {:>7}  {:>4}  {:>6}  {:>7}  {:>8}  {:>5}  {:>6}  {:>6}",
        sample.at.as_secs_f64(),
        sample.trouble,
        sample.breaker.map_or("-", |state| state.name()),
        rate(counts.good),
        rate(counts.late),
        rate(counts.failed),
        rate(counts.refused()),
        rate(counts.stand_ins),
        rate(counts.tries),
        milliseconds(sample.percentile(0.5)),
        milliseconds(sample.percentile(0.99)),
    );
    let mut separator = "  by ";
    for (policy, _) in counts.refusals() {
        let _ = write!(line, "{separator}{policy}");
        separator = ", ";
    }
    line
}

/// A change of a policy's state as a line.
pub fn change(at: Duration, change: &Change) -> String {
    let Change {
        policy,
        from,
        to,
        cause,
    } = change;
    let at = at.as_secs_f64();
    match cause.as_str() {
        "" => format!("{at:>6.1}s  {policy}: {from} -> {to}"),
        cause => format!("{at:>6.1}s  {policy}: {from} -> {to} ({cause})"),
    }
}

/// Formats a latency.
pub fn milliseconds(latency: Option<Duration>) -> String {
    match latency.map(|latency| latency.as_secs_f64() * 1_000.0) {
        None => "-".to_owned(),
        Some(latency) if latency < 10.0 => format!("{latency:.1}ms"),
        Some(latency) => format!("{latency:.0}ms"),
    }
}

/// The summary of a run: a line per phase, a total, and the retries and hedges.
/// Tries are per call.
pub fn summary(samples: &[Sample], schedule: &Schedule) -> Vec<String> {
    let mut lines = vec![
        "summary        calls  good  late  failed  refused  fallback  tries     p50     p99"
            .to_owned(),
    ];
    for phase in schedule.phases() {
        let middle = |sample: &&Sample| sample.at.saturating_sub(sample.length / 2);
        let within = |sample: &&Sample| (phase.begins..phase.ends).contains(&middle(sample));
        let samples: Vec<_> = samples.iter().filter(within).collect();
        if samples.is_empty() {
            continue;
        }
        let name = format!("{} {:.1}s", phase.trouble, phase.begins.as_secs_f64());
        lines.push(total(&name, &samples));
    }
    lines.push(total("all", &samples.iter().collect::<Vec<_>>()));
    let sum = |count: fn(&Counts) -> u64| -> u64 {
        samples.iter().map(|sample| count(&sample.counts)).sum()
    };
    lines.push(format!(
        "{} retries and {} hedges made; {} calls not made, as too many were in flight",
        sum(|counts| counts.retries),
        sum(|counts| counts.hedges),
        sum(|counts| counts.unsent),
    ));
    lines
}

fn total(name: &str, samples: &[&Sample]) -> String {
    let counts = samples
        .iter()
        .fold(Counts::default(), |sum, sample| sum.plus(sample.counts));
    let latencies = samples.iter().flat_map(|sample| &sample.latencies);
    let mut latencies: Vec<_> = latencies.copied().collect();
    latencies.sort_unstable();
    let calls = counts.calls();
    let part = |count: u64| match calls {
        0 => "-".to_owned(),
        _ => format!("{:.0}%", 100.0 * count as f64 / calls as f64),
    };
    format!(
        "{:<13}  {:>5}  {:>4}  {:>4}  {:>6}  {:>7}  {:>8}  {:>5.2}  {:>6}  {:>6}",
        name,
        calls,
        part(counts.good),
        part(counts.late),
        part(counts.failed),
        part(counts.refused()),
        part(counts.stand_ins),
        counts.tries as f64 / calls.max(1) as f64,
        milliseconds(percentile(&latencies, 0.5)),
        milliseconds(percentile(&latencies, 0.99)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resilience::sample::sample;
    use crate::resilience::schedule::Trouble;

    #[test]
    fn a_sample_is_a_line_under_the_header() {
        assert_eq!(
            [HEADER.to_owned(), line(&sample(3, Trouble::Slow, 120, 80))],
            [
                "     at  upstream  breaker     good/s  late  failed  refused  fallback  tries     p50     p99",
                "   3.0s  slow      open           120     0       0       80         0    120    10ms    10ms  by breaker",
            ]
        );
    }

    #[test]
    fn a_change_shows_policy_states_and_reason() {
        let opened = Change {
            policy: "breaker".to_owned(),
            from: "closed".to_owned(),
            to: "open".to_owned(),
            cause: "failure_ratio".to_owned(),
        };
        assert_eq!(
            change(Duration::from_millis(2_500), &opened),
            "   2.5s  breaker: closed -> open (failure_ratio)"
        );
    }

    #[test]
    fn the_summary_has_a_line_per_phase_and_a_total() {
        let schedule: Schedule = "healthy:1s,failing:1s,slow:9s".parse().expect("a schedule");
        let samples = [
            sample(1, Trouble::Healthy, 100, 0),
            sample(2, Trouble::Failing, 50, 50),
        ];
        let lines = summary(&samples, &schedule);
        assert_eq!(
            lines,
            [
                "summary        calls  good  late  failed  refused  fallback  tries     p50     p99",
                "healthy 0.0s     100  100%    0%      0%       0%        0%   1.00    10ms    10ms",
                "failing 1.0s     100   50%    0%      0%      50%        0%   0.50    10ms    10ms",
                "all              200   75%    0%      0%      25%        0%   0.75    10ms    10ms",
                "0 retries and 0 hedges made; 0 calls not made, as too many were in flight",
            ]
        );
    }

    #[test]
    fn a_latency_has_more_digits_when_shorter() {
        assert_eq!(milliseconds(Some(Duration::from_micros(1_240))), "1.2ms");
        assert_eq!(milliseconds(Some(Duration::from_millis(240))), "240ms");
        assert_eq!(milliseconds(None), "-");
    }
}
