//! Compiles every failing case and compares the compiler's output with the
//! recording beside it.
//!
//! All cases are one trybuild project, which compiles its dependencies once
//! and checks the cases in one run. A single passing case would make trybuild
//! build the cases one by one, so those are in `tests/pass.rs`.
//!
//! `TRYBUILD=overwrite` records the output again. Review each recording as the
//! person who made the mistake would read it.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_failing_case_matches_its_recording() {
    copy_configurations();
    trybuild::TestCases::new().compile_fail("*/fail/*.rs");
}

/// With the toolchain's `rust-src` component rustc quotes the source of the
/// standard library at such a span, and without it prints only the path. The
/// recording would hold on some machines and not on others. Change the case,
/// or the code that it calls, so that the span is in a crate of this workspace.
#[test]
fn no_recording_has_a_span_in_the_standard_library() {
    let places = lines_with(&["$RUST", "/rustc/", "/rustlib/"]);
    assert!(places.is_empty(), "a span in std:\n{}", places.join("\n"));
}

/// Users depend on `kit` alone, so a message must not name the crates behind
/// it. What a message names has to be re-exported by `kit`. The paths of files,
/// such as `$WORKSPACE/kit-core/src/client/mod.rs`, are allowed.
#[test]
fn no_recording_names_an_internal_crate() {
    let places = lines_with(&["kit_core::", "kit_grammar::", "kit_macros::"]);
    assert!(
        places.is_empty(),
        "an internal path:\n{}",
        places.join("\n"),
    );
}

/// Trybuild compiles the cases in a package of its own, and the path of a
/// configuration is relative to the folder of the package's Cargo.toml.
fn copy_configurations() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/fail");
    let tests = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests");
    let copies = tests
        .join("trybuild")
        .join(env!("CARGO_PKG_NAME"))
        .join("config/fail");
    fs::create_dir_all(&copies).expect("a folder for the configurations");
    for path in files(&source, "toml") {
        let name = path.file_name().expect("the name of a configuration");
        fs::copy(&path, copies.join(name)).expect("a copy of a configuration");
    }
}

/// The lines of all recordings that contain one of `patterns`, each with its
/// place.
fn lines_with(patterns: &[&str]) -> Vec<String> {
    let recordings = recordings();
    assert!(!recordings.is_empty(), "no recording was found");
    let mut found = Vec::new();
    for path in recordings {
        let text = fs::read_to_string(&path).expect("a recording in UTF-8");
        for (index, line) in text.lines().enumerate() {
            if patterns.iter().any(|pattern| line.contains(pattern)) {
                found.push(format!("{}:{}: {line}", path.display(), index + 1));
            }
        }
    }
    found
}

/// Every `<attribute>/fail/<case>.stderr`.
fn recordings() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let attributes = fs::read_dir(root).expect("the folders of the cases");
    attributes
        .map(|entry| entry.expect("a readable entry").path().join("fail"))
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| files(&folder, "stderr"))
        .collect()
}

/// The files of a folder that have this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of cases");
    entries
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
