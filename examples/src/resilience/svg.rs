//! A run as an SVG plot, readable on light and dark pages.
//!
//! ```text
//! title
//! healthy │ slow   │ failing │ hanging │ healthy      the upstream
//! ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄      the breaker
//! calls per second: good, late, failed, refused, one on the other; tries as a line
//! latency: p50 and p99, on a logarithmic scale
//! ```

use std::fmt::Write as _;
use std::time::Duration;

use kit::policy::breaker::BreakerState;

use super::sample::{Counts, Sample};
use super::schedule::Schedule;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 436.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 744.0;
/// The top and the bottom of the two diagrams.
const CALLS: (f64, f64) = (90.0, 260.0);
const LATENCY: (f64, f64) = (290.0, 400.0);
/// The range of the latency scale, in seconds.
const SHORTEST: f64 = 0.001;
const LONGEST: f64 = 10.0;

/// Follows the reader's theme: `prefers-color-scheme` applies in images too.
const STYLE: &str = "
svg { font: 12px system-ui, sans-serif; --page: #ffffff; --ink: #1f2328; --faint: #d1d9e0;
  --good: #2da44e; --late: #d4a72c; --failed: #cf222e; --refused: #54aeff; --fallback: #8c959f; --line: #8250df; }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #e6edf3; --faint: #3d444d;
  --good: #2ea043; --late: #d29922; --failed: #f85149; --refused: #388bfd; --fallback: #768390; --line: #bc8cff; } }
.page { fill: var(--page); } text { fill: var(--ink); } .title { font-size: 14px; font-weight: 600; }
.grid { stroke: var(--faint); fill: none; } .good { fill: var(--good); } .late { fill: var(--late); }
.failed { fill: var(--failed); } .refused { fill: var(--refused); } .fallback { fill: var(--fallback); }
.off { fill: var(--faint); } .name { text-anchor: end; } .time { text-anchor: middle; }
.tries { stroke: var(--ink); fill: none; stroke-width: 1.5; stroke-dasharray: 4 2; }
.p50 { stroke: var(--good); } .p99 { stroke: var(--line); }
.p50, .p99 { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
";

/// The plot of a run, under its `title`.
pub fn picture(samples: &[Sample], schedule: &Schedule, rate: u32, title: &str) -> String {
    let highest = samples
        .iter()
        .map(|sample| sample.per_second(sample.counts.tries.max(sample.counts.calls())))
        .fold(f64::from(rate), f64::max);
    let scale = Scale {
        length: samples.last().map_or(Duration::ZERO, |sample| sample.at),
        highest: highest * 1.05,
    };
    let mut svg = String::new();
    let _ = write!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{title}</title><style>{STYLE}</style>"#,
        title = escape(title),
    );
    let _ = write!(
        svg,
        r#"<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="6"/><text class="title" x="{LEFT}" y="24">{}</text>"#,
        escape(title)
    );
    draw_upstream(&mut svg, &scale, schedule);
    draw_breaker(&mut svg, &scale, samples);
    draw_calls(&mut svg, &scale, samples);
    draw_latency(&mut svg, &scale, samples);
    svg.push_str("</svg>\n");
    svg
}

struct Scale {
    length: Duration,
    /// The calls per second at the top.
    highest: f64,
}

impl Scale {
    fn x(&self, at: Duration) -> f64 {
        let part = at.as_secs_f64() / self.length.as_secs_f64().max(f64::MIN_POSITIVE);
        LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }

    fn calls(&self, rate: f64) -> f64 {
        CALLS.1 - (CALLS.1 - CALLS.0) * (rate / self.highest).clamp(0.0, 1.0)
    }

    fn latency(latency: f64) -> f64 {
        let part = (latency.max(SHORTEST) / SHORTEST).log10() / (LONGEST / SHORTEST).log10();
        LATENCY.1 - (LATENCY.1 - LATENCY.0) * part.clamp(0.0, 1.0)
    }
}

/// The names of the phases, and a line through all diagrams at the start of
/// each.
fn draw_upstream(svg: &mut String, scale: &Scale, schedule: &Schedule) {
    axis_label(svg, 46.0, "upstream");
    let seen = |phase: &&super::schedule::Phase| phase.begins < scale.length;
    for phase in schedule.phases().iter().filter(seen) {
        let x = scale.x(phase.begins);
        label(svg, x + 4.0, 46.0, phase.trouble.name());
        let bottom = LATENCY.1;
        let _ = write!(svg, r#"<path class="grid" d="M{x:.1} 34V{bottom}"/>"#);
    }
}

fn draw_breaker(svg: &mut String, scale: &Scale, samples: &[Sample]) {
    axis_label(svg, 66.0, "breaker");
    let mut begins = Duration::ZERO;
    for same in samples.chunk_by(|a, b| a.breaker == b.breaker) {
        let (Some(first), Some(last)) = (same.first(), same.last()) else {
            continue;
        };
        let class = match first.breaker {
            Some(BreakerState::Closed | BreakerState::ForcedClosed) => "good",
            Some(BreakerState::HalfOpen) => "late",
            Some(BreakerState::Open | BreakerState::ForcedOpen) => "failed",
            Some(_) | None => "off",
        };
        let (x, right) = (scale.x(begins), scale.x(last.at));
        let name = first.breaker.map_or("off", |state| state.name());
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{x:.1}" y="56" width="{:.1}" height="12"><title>{name}</title></rect>"#,
            right - x
        );
        begins = last.at;
    }
    for (y, class, name) in [
        (38.0, "good", "closed"),
        (55.0, "failed", "open"),
        (72.0, "late", "half open"),
    ] {
        key(svg, RIGHT + 14.0, y, class, name);
    }
}

/// A class of the style, its name, and what it counts.
type Layer = (&'static str, &'static str, fn(&Counts) -> u64);

const LAYERS: [Layer; 5] = [
    ("good", "good", |counts| counts.good),
    ("fallback", "fallback", |counts| counts.stand_ins),
    ("late", "late", |counts| counts.late),
    ("failed", "failed", |counts| counts.failed),
    ("refused", "refused", Counts::refused),
];

fn draw_calls(svg: &mut String, scale: &Scale, samples: &[Sample]) {
    axis_label(svg, CALLS.0, "calls/s");
    // The top is taken by the name of the axis.
    for rate in ticks(scale.highest, 4.0).filter(|rate| *rate < 0.95 * scale.highest) {
        gridline(svg, scale.calls(rate), &format!("{rate}"));
    }
    let mut below = vec![0.0; samples.len()];
    let is_seen = |(class, _, count): &Layer| {
        *class != "fallback" || samples.iter().any(|sample| count(&sample.counts) > 0)
    };
    let mut y = 128.0;
    for (class, name, count) in LAYERS.into_iter().filter(is_seen) {
        let above: Vec<f64> = samples
            .iter()
            .zip(&below)
            .map(|(sample, below)| below + sample.per_second(count(&sample.counts)))
            .collect();
        let mut outline = steps(scale, samples, &above);
        outline.extend(steps(scale, samples, &below).into_iter().rev());
        let _ = write!(
            svg,
            r#"<polygon class="{class}" points="{}"/>"#,
            points(&outline)
        );
        key(svg, RIGHT + 14.0, y, class, name);
        y += 20.0;
        below = above;
    }
    let tries: Vec<f64> = samples
        .iter()
        .map(|sample| sample.per_second(sample.counts.tries))
        .collect();
    let line = points(&steps(scale, samples, &tries));
    let _ = write!(svg, r#"<polyline class="tries" points="{line}"/>"#);
    line_key(svg, y + 5.0, "tries", "tries");
}

/// A step per sample: a count of an interval is not interpolated between
/// intervals.
fn steps(scale: &Scale, samples: &[Sample], values: &[f64]) -> Vec<(f64, f64)> {
    let ends = samples.iter().zip(values).flat_map(|(sample, value)| {
        let y = scale.calls(*value);
        let begins = sample.at.saturating_sub(sample.length);
        [(scale.x(begins), y), (scale.x(sample.at), y)]
    });
    ends.collect()
}

fn draw_latency(svg: &mut String, scale: &Scale, samples: &[Sample]) {
    axis_label(svg, LATENCY.0 - 12.0, "latency");
    for (latency, name) in [
        (0.001, "1 ms"),
        (0.01, "10 ms"),
        (0.1, "100 ms"),
        (1.0, "1 s"),
        (10.0, "10 s"),
    ] {
        gridline(svg, Scale::latency(latency), name);
    }
    for (class, share, y) in [("p99", 0.99, 320.0), ("p50", 0.5, 340.0)] {
        // The line has a gap where no call was made.
        for run in samples.split(|sample| sample.latencies.is_empty()) {
            let line = run.iter().filter_map(|sample| {
                let latency = sample.percentile(share)?.as_secs_f64();
                let middle = sample.at.saturating_sub(sample.length / 2);
                Some((scale.x(middle), Scale::latency(latency)))
            });
            let mut line: Vec<_> = line.collect();
            // A single point needs a line to itself to be drawn as a dot.
            line.extend(line.last().copied());
            if !line.is_empty() {
                let _ = write!(
                    svg,
                    r#"<polyline class="{class}" points="{}"/>"#,
                    points(&line)
                );
            }
        }
        line_key(svg, y, class, class);
    }
    for seconds in ticks(scale.length.as_secs_f64(), 7.0) {
        let (x, y) = (scale.x(Duration::from_secs_f64(seconds)), LATENCY.1 + 20.0);
        let _ = write!(
            svg,
            r#"<text class="time" x="{x:.1}" y="{y}">{seconds} s</text>"#
        );
    }
}

/// Round numbers from zero to `highest`, at most `most` of them besides zero.
fn ticks(highest: f64, most: f64) -> impl Iterator<Item = f64> {
    let least = (highest / most).max(0.001);
    let decade = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
    let step = steps
        .into_iter()
        .find(|step| *step >= 0.999 * least)
        .unwrap_or(least);
    let count = (highest / step + 0.001).floor() as u32;
    // Without the rounding error of 3 × 0.1.
    (0..=count).map(move |index| (f64::from(index) * step * 1_000.0).round() / 1_000.0)
}

fn gridline(svg: &mut String, y: f64, name: &str) {
    let _ = write!(svg, r#"<path class="grid" d="M{LEFT} {y:.1}H{RIGHT}"/>"#);
    axis_label(svg, y + 4.0, name);
}

/// A right-aligned label at the left of the diagrams.
fn axis_label(svg: &mut String, y: f64, text: &str) {
    let x = LEFT - 8.0;
    let _ = write!(
        svg,
        r#"<text class="name" x="{x}" y="{y:.1}">{text}</text>"#
    );
}

fn label(svg: &mut String, x: f64, y: f64, text: &str) {
    let _ = write!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}">{}</text>"#,
        escape(text)
    );
}

fn key(svg: &mut String, x: f64, y: f64, class: &str, name: &str) {
    let _ = write!(
        svg,
        r#"<rect class="{class}" x="{x}" y="{y}" width="10" height="10"/>"#
    );
    label(svg, x + 14.0, y + 9.0, name);
}

fn line_key(svg: &mut String, y: f64, class: &str, name: &str) {
    let x = RIGHT + 10.0;
    let _ = write!(svg, r#"<path class="{class}" d="M{x} {y}h16"/>"#);
    label(svg, x + 20.0, y + 4.0, name);
}

fn points(points: &[(f64, f64)]) -> String {
    let points: Vec<_> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    points.join(" ")
}

/// Text escaped for XML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resilience::sample::sample;
    use crate::resilience::schedule::Trouble;

    fn drawn() -> String {
        let schedule: Schedule = "healthy:1s,failing:1s,slow:5s".parse().expect("a schedule");
        let samples = [
            sample(1, Trouble::Healthy, 100, 0),
            sample(2, Trouble::Failing, 50, 50),
        ];
        picture(&samples, &schedule, 100, "a < b & c")
    }

    #[test]
    fn calls_are_stacked_by_outcome() {
        let svg = drawn();
        // 100 of at most 105 calls/s at the top; half of that in the second
        // half.
        let (full, half) = ("98.1", "179.0");
        let good = format!(
            r#"<polygon class="good" points="76.0,{full} 410.0,{full} 410.0,{half} 744.0,{half} 744.0,260.0 410.0,260.0 410.0,260.0 76.0,260.0"/>"#
        );
        assert!(svg.contains(&good), "{svg}");
        let refused = format!(
            r#"<polygon class="refused" points="76.0,{full} 410.0,{full} 410.0,{full} 744.0,{full} 744.0,{half} 410.0,{half} 410.0,{full} 76.0,{full}"/>"#
        );
        assert!(svg.contains(&refused), "{svg}");
    }

    #[test]
    fn the_breaker_has_a_bar_per_state() {
        let svg = drawn();
        for bar in [
            r#"<rect class="good" x="76.0" y="56" width="334.0" height="12"><title>closed</title></rect>"#,
            r#"<rect class="failed" x="410.0" y="56" width="334.0" height="12"><title>open</title></rect>"#,
        ] {
            assert!(svg.contains(bar), "{svg}");
        }
    }

    #[test]
    fn unreached_phases_are_not_labelled() {
        let svg = drawn();
        assert!(svg.contains(">failing</text>"), "{svg}");
        assert!(!svg.contains(">slow</text>"), "{svg}");
    }

    #[test]
    fn text_is_escaped_and_both_colour_schemes_are_defined() {
        let svg = drawn();
        assert!(svg.contains("<title>a &lt; b &amp; c</title>"), "{svg}");
        assert!(svg.contains("prefers-color-scheme: dark"), "{svg}");
        assert!(svg.ends_with("</svg>\n"));
    }

    #[test]
    fn ticks_are_round_and_few() {
        let ticks = |highest, most| super::ticks(highest, most).collect::<Vec<_>>();
        assert_eq!(ticks(210.0, 3.0), [0.0, 100.0, 200.0]);
        assert_eq!(ticks(30.0, 6.0), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!(ticks(2.0, 6.0), [0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(ticks(0.3, 3.0), [0.0, 0.1, 0.2, 0.3]);
        assert_eq!(ticks(0.0, 3.0), [0.0]);
    }

    #[test]
    fn fallbacks_have_a_layer_if_there_are_any() {
        assert!(!drawn().contains(">fallback</text>"));
        let mut samples = [sample(1, Trouble::Healthy, 100, 0)];
        samples[0].counts.stand_ins = 5;
        let schedule: Schedule = "healthy:1s".parse().expect("a schedule");
        let svg = picture(&samples, &schedule, 100, "");
        assert!(svg.contains(">fallback</text>"), "{svg}");
    }

    #[test]
    fn ten_milliseconds_are_at_a_quarter_of_the_scale() {
        assert_eq!(Scale::latency(0.01), 400.0 - 110.0 / 4.0);
        assert_eq!(Scale::latency(0.0), 400.0);
        assert_eq!(Scale::latency(100.0), 290.0);
    }
}
