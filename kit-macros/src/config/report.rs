//! Reports the problems of a file as compile errors.

use kit_grammar::config::{ConfigError, ConfigProblem, Origin};
use syn::LitStr;

use super::file::File;
use crate::diagnostic::Errors;

/// Reports the problems at the file's name, each with its line.
pub(super) fn problems(
    problems: Vec<ConfigProblem>,
    config: &LitStr,
    file: &File,
    errors: &mut Errors,
) {
    // This sorts them by line and removes duplicates.
    let Err(error) = ConfigError::check(problems) else {
        return;
    };
    for problem in error.problems() {
        let rule = match problem.origin() {
            Some(Origin::File {
                name, line, column, ..
            }) => format!(
                "{name}:{line}:{column}: {}{}",
                problem.rule(),
                excerpt(&file.text, *line, *column)
            ),
            _ => problem.rule().to_owned(),
        };
        errors.on_with(config, rule, problem.help());
    }
}

/// The line with a mark under its column, as rustc shows code.
fn excerpt(text: &str, line: usize, column: usize) -> String {
    let Some(source) = text.lines().nth(line.saturating_sub(1)) else {
        return String::new();
    };
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    // A tab before the mark is as wide as the one above it.
    let before = source.chars().take(column.saturating_sub(1));
    let before: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    format!("\n{margin} |\n{number} | {source}\n{margin} | {before}^")
}
