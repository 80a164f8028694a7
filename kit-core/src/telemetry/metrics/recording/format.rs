//! Helpers for metric families in the Prometheus text format.

use std::fmt::Write as _;

/// Writes the `HELP` and `TYPE` lines of a family.
pub(crate) fn head(out: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

/// A label value, escaped for the format.
pub(crate) fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
