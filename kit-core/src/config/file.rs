//! The file that a configuration was loaded from, and may be again.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use kit_grammar::config::{ConfigError, ConfigProblem, FILE_MAX};

/// A file that may change.
pub(super) struct File {
    pub(super) path: PathBuf,
    /// What was seen last: its text, or why there is none.
    pub(super) seen: Result<String, String>,
    /// What is wrong with what was seen last.
    pub(super) error: Option<ConfigError>,
}

/// A file's text, or why there is none.
pub(super) fn text_of(path: &Path) -> Result<String, String> {
    let read = || {
        let mut text = String::new();
        let file = std::fs::File::open(path)?;
        file.take(FILE_MAX + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    match read() {
        Ok(text) if text.len() as u64 > FILE_MAX => {
            Err(format!("{} is larger than 1 MiB", path.display()))
        }
        Ok(text) => Ok(text),
        Err(error) => {
            let error: std::io::Error = error;
            Err(format!("{} can't be read: {error}", path.display()))
        }
    }
}

pub(super) fn unreadable(problem: String) -> ConfigError {
    ConfigError::one(ConfigProblem::whole(problem))
}
