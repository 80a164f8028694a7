//! The rules of `ARCHITECTURE.md` that a program can check.

mod imports;
mod invariants;
mod layers;
mod names;
mod sizes;

use std::path::{Path, PathBuf};

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the suite is in the workspace")
        .to_owned()
}
