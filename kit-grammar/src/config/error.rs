//! Where a value stands, and what is wrong with it.
//!
//! A configuration is mended by somebody who has it open in an editor: so a
//! problem says the file, line and column or the variable's name, what rule
//! it breaks, and what exists. All problems come at once.

use std::fmt;
use std::sync::Arc;

use crate::Wrong;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// An attribute of the trait or of its method, or of a plain function.
    Contract,
    /// An attribute of the impl.
    Impl,
    /// A file.
    #[non_exhaustive]
    File {
        /// The file's name, as it was given.
        name: Arc<str>,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// A file that was read as the contract was compiled, by
    /// `#[kit::service(config = "kit.toml")]`.
    #[non_exhaustive]
    Compiled {
        /// The file's name, as the attribute has it.
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
    /// The line of a file that was read as the contract was compiled.
    #[doc(hidden)]
    pub fn compiled(name: &str, line: usize) -> Self {
        Self::Compiled {
            name: Arc::from(name),
            line,
        }
    }

    /// Whether a configuration says so, and not the code.
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

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    origin: Option<Origin>,
    rule: String,
    help: String,
}

impl ConfigProblem {
    /// A problem at a place, with the way out if there is one.
    #[doc(hidden)]
    pub fn new(origin: &Origin, rule: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            origin: Some(origin.clone()),
            rule: rule.into(),
            help: help.into(),
        }
    }

    /// A problem with all of something, as with a file that can't be read.
    #[doc(hidden)]
    pub fn whole(rule: impl Into<String>) -> Self {
        Self {
            origin: None,
            rule: rule.into(),
            help: String::new(),
        }
    }

    /// The same with a way out.
    #[doc(hidden)]
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// A problem that the grammar found, with what it is about.
    #[doc(hidden)]
    pub fn wrong(origin: &Origin, subject: &str, wrong: Wrong) -> Self {
        Self::new(origin, format!("`{subject}`: {}", wrong.rule), wrong.help)
    }

    /// Where it is; `None` where it is in no one place.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The rule that is broken.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What to write instead; empty where there is nothing to say.
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

/// All that is wrong with a configuration, a line for each.
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
    /// The problems, in the order of the file, at least one.
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }

    /// An error, if there is anything wrong.
    ///
    /// # Errors
    /// There are problems: all of them, in the order of the file.
    #[doc(hidden)]
    pub fn check(mut problems: Vec<ConfigProblem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        // A table's keys come in alphabetic order, which is not the order in
        // which one mends a file.
        problems.sort_by_key(ConfigProblem::place);
        problems.dedup();
        Err(Self { problems })
    }

    /// An error of one problem.
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
