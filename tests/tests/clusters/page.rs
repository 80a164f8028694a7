//! The page that quotes the figures, and its plots.
//!
//! Each table is between two comments that name it. In a plain run the page
//! must contain the measured values; with `KIT_BLESS=1` they are written into
//! it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::plot::Plot;
use super::world::lock;

/// Tests run in parallel, and all bless the same page.
static PAGE: Mutex<()> = Mutex::new(());

/// A table of the page: its name, its columns, its rows.
pub(crate) fn hold_table(name: &str, columns: &[&str], rows: &[Vec<String>]) {
    let _page = lock(&PAGE);
    let path = docs().join("resilience.md");
    let page = read(&path);
    let (open, close) = (
        format!("<!-- measured: {name} -->\n"),
        "<!-- end -->".to_owned(),
    );
    let (before, rest) = page
        .split_once(&open)
        .unwrap_or_else(|| panic!("{} has no {open}", path.display()));
    let (held, after) = rest
        .split_once(&close)
        .unwrap_or_else(|| panic!("{name} has no {close}"));
    let measured = table(columns, rows);
    if blesses() {
        write(&path, &format!("{before}{open}{measured}{close}{after}"));
        return;
    }
    assert_eq!(
        held, measured,
        "the page says otherwise; see CONTRIBUTING.md"
    );
}

/// A plot beside the page.
pub(crate) fn hold_plot(name: &str, plot: &Plot<'_>) {
    let path = docs().join(format!("{name}.svg"));
    let drawn = plot.svg();
    if blesses() {
        write(&path, &drawn);
        return;
    }
    assert_eq!(
        read(&path),
        drawn,
        "the plot shows otherwise; see CONTRIBUTING.md"
    );
}

fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let rule = std::iter::once("---").chain(columns.iter().skip(1).map(|_| "---:"));
    let mut text = line(columns.to_vec()) + &line(rule.collect());
    for row in rows {
        text += &line(row.iter().map(String::as_str).collect());
    }
    text
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

fn blesses() -> bool {
    std::env::var_os("KIT_BLESS").is_some()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("a writable source tree");
}
