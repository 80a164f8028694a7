//! Errors of a configuration, and the origin of its values.
//!
//! A configuration is fixed in an editor, so a problem has the file, line and
//! column or the name of the variable, the rule that is broken, and the known
//! names. All problems are reported at once.

use std::fmt;
use std::sync::Arc;

use crate::values::Problem;

/// The origin of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The default.
    Default,
    /// An attribute of the trait or of its method, or of a plain function.
    Contract,
    /// An attribute of the impl.
    Impl,
    /// A file.
    #[non_exhaustive]
    File {
        /// The name of the file, as passed to its loader.
        name: Arc<str>,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// A file that was read when the contract was compiled, by
    /// `#[kit::service(config = "kit.toml")]`.
    #[non_exhaustive]
    Compiled {
        /// The name of the file, as written in the attribute.
        name: Arc<str>,
        /// The line, from 1.
        line: usize,
    },
    /// The environment variable of this name.
    Variable(Arc<str>),
    /// `Config::set` with this key.
    Set(Arc<str>),
}

impl Origin {
    /// A line of a file that was read when the contract was compiled.
    #[doc(hidden)]
    pub fn compiled(name: &str, line: usize) -> Self {
        Self::Compiled {
            name: Arc::from(name),
            line,
        }
    }

    /// Whether it is a configuration that is read at run time, not code.
    #[doc(hidden)]
    pub fn is_configured(&self) -> bool {
        matches!(self, Self::File { .. } | Self::Variable(_) | Self::Set(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Contract => f.write_str("contract"),
            Self::Impl => f.write_str("impl"),
            Self::File { name, line, .. } => write!(f, "{name}:{line}"),
            Self::Compiled { name, line } => write!(f, "{name}:{line} (compiled)"),
            Self::Variable(name) => write!(f, "env {name}"),
            Self::Set(_) => f.write_str("set"),
        }
    }
}

/// A problem of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    origin: Option<Origin>,
    rule: String,
    help: String,
}

impl ConfigProblem {
    /// A problem at an origin; `help` is the way out, or empty.
    #[doc(hidden)]
    pub fn new(origin: &Origin, rule: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            origin: Some(origin.clone()),
            rule: rule.into(),
            help: help.into(),
        }
    }

    /// A problem without an origin, such as a file that can't be read.
    #[doc(hidden)]
    pub fn whole(rule: impl Into<String>) -> Self {
        Self {
            origin: None,
            rule: rule.into(),
            help: String::new(),
        }
    }

    /// Adds the way out.
    #[doc(hidden)]
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// A problem of the grammar; `subject` is the key that has it.
    #[doc(hidden)]
    pub fn in_subject(origin: &Origin, subject: &str, problem: Problem) -> Self {
        Self::new(
            origin,
            format!("`{subject}`: {}", problem.rule),
            problem.help,
        )
    }

    /// The origin, if the problem has a single one.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The rule that is broken.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What to write instead; empty if there is no advice.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(Origin::File { name, line, column }) => write!(f, "{name}:{line}:{column}: ")?,
            Some(Origin::Variable(name)) => write!(f, "{name}: ")?,
            Some(Origin::Set(key)) => write!(f, "set {key}: ")?,
            Some(other) => write!(f, "{other}: ")?,
            None => {}
        }
        f.write_str(&self.rule)?;
        if self.help.is_empty() {
            return Ok(());
        }
        write!(f, "; {}", self.help)
    }
}

/// All problems of a configuration; displayed with a line for each.
///
/// ```
/// let error = kit_grammar::config::parse("[\"pb.Add\"\n", "kit.toml").unwrap_err();
/// assert_eq!(error.to_string(), "kit.toml:1:10: unclosed table, expected `]`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<ConfigProblem>,
}

impl ConfigError {
    /// The problems, at least one, in the order of the file.
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }

    /// Fails if there are problems.
    ///
    /// # Errors
    /// Returns all problems, in the order of the file.
    #[doc(hidden)]
    pub fn check(mut problems: Vec<ConfigProblem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        // The parser returns the keys of a table in alphabetic order, but a file
        // is fixed from top to bottom.
        problems.sort_by_key(ConfigProblem::place);
        problems.dedup();
        Err(Self { problems })
    }

    /// An error with one problem.
    #[doc(hidden)]
    pub fn one(problem: ConfigProblem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

impl ConfigProblem {
    fn place(&self) -> (usize, usize) {
        match self.origin {
            Some(Origin::File { line, column, .. }) => (line, column),
            None => (0, 0),
            Some(_) => (usize::MAX, 0),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
