//! The TOML parser: a file as a tree whose values have line and column.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, ConfigProblem, Origin};
use super::tree::{Content, Entry, Name, Node, Section};

/// The maximum size of a file, in bytes.
pub const FILE_MAX: u64 = 1 << 20;

/// Parses the text of a file into a section for each top-level table; `name` is
/// the name of the file in messages.
///
/// # Errors
/// The text is not TOML, or a value precedes the first table.
pub fn parse(text: &str, name: &str) -> Result<Vec<Section>, ConfigError> {
    let places = Places {
        text,
        name: Arc::from(name),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<ConfigProblem> = errors
        .iter()
        .map(|error| {
            let start = error.span().map_or(0, |span| span.start);
            ConfigProblem::new(&places.origin(start), error.message(), "")
        })
        .collect();
    let mut sections = Vec::new();
    // After a syntax error, values may be in the wrong table.
    if problems.is_empty() {
        for entry in entries(&places, table.get_ref()) {
            match entry.node.content {
                Content::Table(entries) => sections.push(Section {
                    name: Name::Exact(entry.name),
                    origin: entry.origin,
                    entries,
                }),
                _ => problems.push(ConfigProblem::new(
                    &entry.origin,
                    format!("`{}` is not in the table of a service", entry.name),
                    "write a table with the name of the service, as in `[\"pb.Add\"]`, before it",
                )),
            }
        }
    }
    ConfigError::check(problems)?;
    Ok(sections)
}

struct Places<'a> {
    text: &'a str,
    name: Arc<str>,
}

impl Places<'_> {
    /// The line and column of a byte.
    fn origin(&self, byte: usize) -> Origin {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Origin::File {
            name: Arc::clone(&self.name),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

fn entries(places: &Places<'_>, table: &DeTable<'_>) -> Vec<Entry> {
    table
        .iter()
        .map(|(key, value)| Entry {
            name: key.get_ref().to_string(),
            origin: places.origin(key.span().start),
            node: node(places, value),
        })
        .collect()
}

fn node(places: &Places<'_>, value: &Spanned<DeValue<'_>>) -> Node {
    let content = match value.get_ref() {
        DeValue::Table(table) => Content::Table(entries(places, table)),
        DeValue::Array(array) => {
            Content::List(array.iter().map(|value| node(places, value)).collect())
        }
        DeValue::String(text) => Content::Text(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => {
            Content::Number(number.as_str().to_owned())
        }
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Content::Number(number.to_string()),
            Err(_) => Content::Number(number.to_string()),
        },
        DeValue::Float(number) => Content::Number(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Content::Bool(*flag),
        DeValue::Datetime(_) => Content::Other("a date"),
    };
    Node {
        origin: places.origin(value.span().start),
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(line: usize, column: usize) -> Origin {
        Origin::File {
            name: Arc::from("kit.toml"),
            line,
            column,
        }
    }

    #[test]
    fn every_value_has_its_line_and_column() {
        let text = "# über alles\n[\"pb.Add\".sum]\nrate_limit = { rate = \"ü\", burst = 0x10 }\n";
        let sections = parse(text, "kit.toml").expect("a file");
        assert_eq!(sections.len(), 1);
        assert_eq!(sections[0].name, Name::Exact("pb.Add".to_owned()));
        assert_eq!(sections[0].origin, origin(2, 2));
        let sum = &sections[0].entries[0];
        assert_eq!((sum.name.as_str(), &sum.origin), ("sum", &origin(2, 11)));
        let Content::Table(policies) = &sum.node.content else {
            panic!("{sum:?}");
        };
        assert_eq!(policies[0].origin, origin(3, 1));
        let Content::Table(keys) = &policies[0].node.content else {
            panic!("{policies:?}");
        };
        assert_eq!(keys[0].name, "burst");
        assert_eq!(keys[0].node.content, Content::Number("16".to_owned()));
        assert_eq!(keys[0].node.origin, origin(3, 36));
        assert_eq!(keys[1].node.origin, origin(3, 23));
    }

    #[test]
    fn every_syntax_error_is_reported_with_its_place() {
        let text = "[\"pb.Add\"]\ntimeout = \nretry = off\n";
        let error = parse(text, "kit.toml").expect_err(text);
        let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 2, "{error}");
        assert!(lines[0].starts_with("kit.toml:2:"), "{error}");
        assert!(lines[1].starts_with("kit.toml:3:9: "), "{error}");
    }

    #[test]
    fn a_value_outside_of_a_service_is_an_error() {
        let error = parse("timeout = \"2s\"\n", "kit.toml").expect_err("a value without a service");
        assert_eq!(
            error.to_string(),
            "kit.toml:1:1: `timeout` is not in the table of a service; write a table with the name of \
             the service, as in `[\"pb.Add\"]`, before it"
        );
    }
}
