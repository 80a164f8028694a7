//! The file that a configuration is loaded and reloaded from.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use kit_grammar::config::{ConfigError, ConfigProblem, FILE_MAX};

/// A configuration file and its last contents.
pub(super) struct File {
    pub(super) path: PathBuf,
    /// The text that was read last, or why it could not be read.
    pub(super) text: Result<String, String>,
    /// The problems of the text that was read last.
    pub(super) error: Option<ConfigError>,
}

/// Reads a file of at most 1 MiB; an error says why it can't be read.
pub(super) fn read_text(path: &Path) -> Result<String, String> {
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

/// The error of a file that can't be read.
pub(super) fn unreadable(problem: String) -> ConfigError {
    ConfigError::one(ConfigProblem::whole(problem))
}
