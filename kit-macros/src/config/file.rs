//! Reads the file that `config` names.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use kit_grammar::config::FILE_MAX;

/// A file and its text.
pub(super) struct File {
    /// The name, as written in the attribute.
    pub(super) name: String,
    pub(super) text: String,
}

impl File {
    /// Reads a file whose path is relative to the Cargo.toml of the crate that is
    /// compiled; fails with the rule and the way out.
    pub(super) fn read(name: &str) -> Result<Self, (String, String)> {
        let path = root()?.join(name);
        match text(&path) {
            Ok(text) => Ok(Self {
                name: name.to_owned(),
                text,
            }),
            Err(problem) => Err((
                format!("{} can't be read: {problem}", path.display()),
                "write the path relative to the crate's Cargo.toml, as in \
                 `config = \"kit.toml\"`"
                    .to_owned(),
            )),
        }
    }
}

/// The directory of the Cargo.toml of the crate that is compiled.
fn root() -> Result<PathBuf, (String, String)> {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| {
            (
                "the directory of the crate is unknown: `CARGO_MANIFEST_DIR` is not set".to_owned(),
                "set it as cargo does, or load the file at startup with `kit::Config`".to_owned(),
            )
        })
}

fn text(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_MAX + 1).read_to_string(&mut text))
        .map_err(|error| error.to_string())?;
    if text.len() as u64 > FILE_MAX {
        return Err("it is larger than 1 MiB".to_owned());
    }
    Ok(text)
}
