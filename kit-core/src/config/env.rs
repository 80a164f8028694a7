//! Reads environment variables into sections of a configuration.
//!
//! `KIT__PB_ADD__SUM__RATE_LIMIT__BURST` is the prefix, the service, then the same
//! keys as in a file, joined by two underscores. Characters that a variable can't
//! hold become underscores, so two names may be spelled alike. The code that
//! resolves a section reports that, as it knows the names.

use std::ffi::OsString;
use std::sync::Arc;

use kit_grammar::config::{
    ConfigError, ConfigProblem, Content, Name, Node, Origin, Section, branch,
};

/// The prefix of the variables.
pub(super) const PREFIX: &str = "KIT__";

/// Reads the variables that have the prefix.
pub(super) fn parse(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<Section>, ConfigError> {
    let mut sections = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        match section(name, value) {
            Ok(section) => sections.push(section),
            Err(problem) => problems.push(problem),
        }
    }
    // The environment is unordered: sort, so that errors are in a stable order.
    sections.sort_by(|a, b| origin_name(&a.origin).cmp(origin_name(&b.origin)));
    ConfigError::check(problems)?;
    Ok(sections)
}

fn section(variable: &str, value: OsString) -> Result<Section, ConfigProblem> {
    let origin = Origin::Variable(Arc::from(variable));
    let parts: Vec<&str> = variable[PREFIX.len()..].split("__").collect();
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty()) {
        return Err(ConfigProblem::new(
            &origin,
            "the variable does not name a policy of a service",
            "write it like `KIT__PB_ADD__SUM__RATE_LIMIT`, with two underscores between the \
             service, the method and the policy",
        ));
    }
    let value = value.into_string().map_err(|_| {
        ConfigProblem::new(
            &origin,
            "the variable's value is not UTF-8",
            "set it to UTF-8 text",
        )
    })?;
    let leaf = Node {
        origin: origin.clone(),
        content: Content::Text(value),
    };
    Ok(Section {
        name: Name::UpperSnake(parts[0].to_owned()),
        origin,
        entries: vec![branch(&parts[1..], &leaf)],
    })
}

fn origin_name(origin: &Origin) -> &str {
    match origin {
        Origin::Variable(name) => name,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_variables_with_the_prefix_are_read() {
        let variables = [
            ("HOME", "/root"),
            ("KIT_BLESS", "1"),
            ("KIT__PB_ADD__SUM__TIMEOUT", "2s"),
            ("KIT__PB_ADD__RETRY", "off"),
        ];
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        let sections = parse(variables).expect("variables");
        let names: Vec<_> = sections
            .iter()
            .map(|section| origin_name(&section.origin))
            .collect();
        assert_eq!(names, ["KIT__PB_ADD__RETRY", "KIT__PB_ADD__SUM__TIMEOUT"]);
        let entries = sections[1]
            .about("pb.Add")
            .expect("the section is about the service");
        assert_eq!(entries[0].name, "SUM");
        assert!(sections[1].about("pb.Sub").is_none());
    }

    #[test]
    fn a_variable_without_a_policy_is_an_error() {
        for name in [
            "KIT__PB_ADD",
            "KIT__",
            "KIT____RETRY",
            "KIT__PB_ADD____RETRY",
        ] {
            let error = parse([(name.into(), "off".into())]).expect_err(name);
            let rule = format!("{name}: the variable does not name a policy of a service; ");
            assert!(error.to_string().starts_with(&rule), "{error}");
        }
    }
}
