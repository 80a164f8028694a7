//! Lines over an axis, as SVG text: small, and readable on light and on dark.

use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 284.0;

/// Okabe and Ito's colours, distinguishable for the colour-blind, in tones with
/// contrast to white and to black; the dashes serve print.
const STROKES: [(&str, &str); 6] = [
    ("#d55e00", "none"),
    ("#0072d6", "none"),
    ("#009e73", "none"),
    ("#b8860b", "7 3"),
    ("#b5609b", "2 3"),
    ("#808080", "9 3 2 3"),
];

pub(crate) struct Plot<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: Axis<'a>,
    pub(crate) y: Axis<'a>,
    pub(crate) lines: Vec<Line<'a>>,
}

/// An axis from zero, with a mark at each step.
pub(crate) struct Axis<'a> {
    pub(crate) label: &'a str,
    pub(crate) end: f64,
    pub(crate) step: f64,
}

pub(crate) struct Line<'a> {
    pub(crate) label: &'a str,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Plot<'_> {
    pub(crate) fn svg(&self) -> String {
        let mut svg = self.head();
        self.draw_axes(&mut svg);
        for (line, stroke) in self.lines.iter().zip(STROKES) {
            self.draw_line(&mut svg, line, stroke);
        }
        self.draw_legend(&mut svg);
        svg + "</svg>\n"
    }

    fn head(&self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             role=\"img\" aria-label=\"{title}\">\n\
             <style>\n\
             text {{ font: 13px system-ui, sans-serif; fill: #57606a }}\n\
             .title {{ font-weight: 600 }}\n\
             .grid {{ stroke: #808080; stroke-opacity: .3 }}\n\
             .line {{ fill: none; stroke-width: 2; stroke-linejoin: round }}\n\
             @media (prefers-color-scheme: dark) {{ text {{ fill: #b1bac4 }} }}\n\
             </style>\n\
             <text class=\"title\" x=\"{LEFT}\" y=\"20\">{title}</text>\n",
            title = self.title
        )
    }

    fn draw_axes(&self, svg: &mut String) {
        for mark in self.y.marks() {
            let y = self.y(mark);
            put(
                svg,
                &format!("<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>"),
            );
            let (x, y) = (LEFT - 8.0, y + 4.0);
            put(
                svg,
                &format!("<text x=\"{x}\" y=\"{y:.1}\" text-anchor=\"end\">{mark}</text>"),
            );
        }
        for mark in self.x.marks() {
            let (x, y) = (self.x(mark), BOTTOM + 20.0);
            put(
                svg,
                &format!("<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{mark}</text>"),
            );
        }
        let (x, y) = (f64::midpoint(LEFT, RIGHT), BOTTOM + 44.0);
        let label = self.x.label;
        put(
            svg,
            &format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{label}</text>"),
        );
        let (y, label) = (f64::midpoint(TOP, BOTTOM), self.y.label);
        put(
            svg,
            &format!(
                "<text transform=\"translate(16 {y}) rotate(-90)\" \
                 text-anchor=\"middle\">{label}</text>"
            ),
        );
    }

    fn draw_line(&self, svg: &mut String, line: &Line<'_>, (colour, dashes): (&str, &str)) {
        let points: Vec<_> = line
            .points
            .iter()
            .map(|(x, y)| format!("{:.1},{:.1}", self.x(*x), self.y(*y)))
            .collect();
        let points = points.join(" ");
        put(
            svg,
            &format!(
                "<polyline class=\"line\" stroke=\"{colour}\" stroke-dasharray=\"{dashes}\" \
                 points=\"{points}\"/>"
            ),
        );
    }

    /// In the order in which the lines end, so that the eye need not search.
    fn draw_legend(&self, svg: &mut String) {
        let mut entries: Vec<_> = self.lines.iter().zip(STROKES).collect();
        let end = |line: &Line<'_>| line.points.last().map_or(0.0, |(_, y)| *y);
        entries.sort_by(|(one, _), (other, _)| end(other).total_cmp(&end(one)));
        let mut y = TOP + 8.0;
        for (line, (colour, dashes)) in entries {
            let (from, to, text) = (RIGHT + 16.0, RIGHT + 44.0, RIGHT + 52.0);
            put(
                svg,
                &format!(
                    "<path class=\"line\" stroke=\"{colour}\" stroke-dasharray=\"{dashes}\" \
                     d=\"M{from} {y}H{to}\"/>"
                ),
            );
            let (label, baseline) = (line.label, y + 4.0);
            put(
                svg,
                &format!("<text x=\"{text}\" y=\"{baseline}\">{label}</text>"),
            );
            y += 24.0;
        }
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * value / self.x.end
    }

    /// What is above the axis is drawn at its end.
    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (value / self.y.end).min(1.0)
    }
}

impl Axis<'_> {
    fn marks(&self) -> impl Iterator<Item = f64> {
        let (step, end) = (self.step, self.end);
        (0_u32..)
            .map(move |n| f64::from(n) * step)
            .take_while(move |mark| *mark <= end)
    }
}

fn put(svg: &mut String, element: &str) {
    writeln!(svg, "{element}").expect("a string takes any text");
}
