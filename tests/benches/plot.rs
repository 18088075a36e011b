//! The plot in this folder's README.md: the cost of a try against the length of the journal.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;

use crate::journal::Point;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 610.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 240.0;
/// The cost at the upper edge of the plot.
const HIGHEST: f64 = 2.0;
const BOUND: f64 = 1.1;

pub(crate) fn draw(series: &[Point]) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("journal_size.svg");
    std::fs::write(path, svg(series)?)?;
    Ok(())
}

fn svg(series: &[Point]) -> Result<String> {
    let step = (RIGHT - LEFT) / series.len() as f64;
    let x = |index: usize| LEFT + step * (index as f64 + 0.5);
    let y = |cost: f64| BOTTOM - (BOTTOM - TOP) * cost.clamp(0.0, HIGHEST) / HIGHEST;
    let mut svg = String::new();
    writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" fill="#222">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<text x="{LEFT}" y="24" font-size="15">Cost of verify_pin against journal size</text>"##
    )?;
    for cost in [0.0, 0.5, 1.0, 1.5, 2.0] {
        let (y, label) = (y(cost), y(cost) + 4.0);
        writeln!(svg, r##"<line x1="{LEFT}" y1="{y}" x2="{RIGHT}" y2="{y}" stroke="#ddd"/>"##)?;
        writeln!(svg, r##"<text x="62" y="{label}" text-anchor="end">{cost:.1}</text>"##)?;
    }
    let bound = y(BOUND);
    writeln!(
        svg,
        r##"<line x1="{LEFT}" y1="{bound}" x2="{RIGHT}" y2="{bound}" stroke="#c33" stroke-dasharray="5 4"/>"##
    )?;
    writeln!(svg, r##"<text x="{RIGHT}" y="{}" text-anchor="end" fill="#c33">bound {BOUND}</text>"##, bound - 6.0)?;
    let line: Vec<_> =
        series.iter().enumerate().map(|(i, point)| format!("{:.1},{:.1}", x(i), y(point.cost.figure.median))).collect();
    writeln!(svg, r##"<polyline points="{}" fill="none" stroke="#1862a8" stroke-width="2"/>"##, line.join(" "))?;
    for (i, point) in series.iter().enumerate() {
        let (x, cost) = (x(i), point.cost.figure.median);
        writeln!(svg, r##"<circle cx="{x}" cy="{:.1}" r="4.5" fill="#1862a8"/>"##, y(cost))?;
        writeln!(svg, r##"<text x="{x}" y="{:.1}" text-anchor="middle">{cost:.2}</text>"##, y(cost) + 22.0)?;
        writeln!(svg, r##"<text x="{x}" y="258" text-anchor="middle">{}</text>"##, grouped(point.lines))?;
    }
    let middle = (LEFT + RIGHT) / 2.0;
    let of = "lines in the journal before the try (1.0 = none; Argon2id left out)";
    writeln!(svg, r##"<text x="{middle}" y="284" text-anchor="middle">{of}</text>"##)?;
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// 1000000 as 1,000,000.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
