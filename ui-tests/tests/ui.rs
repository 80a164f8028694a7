//! Compiles every wrong case, and compares what a person would read.
//!
//! All are one project of trybuild, which compiles its dependencies once and
//! all cases in one go; a single case that should pass would make it build
//! them one by one, so those stand in `tests/pass.rs`. `TRYBUILD=overwrite`
//! records the messages anew; read each as the person who made the mistake.

use std::fs;
use std::path::Path;

#[test]
fn every_wrong_case_is_refused_with_its_message() {
    copy_configurations();
    trybuild::TestCases::new().compile_fail("*/fail/*.rs");
}

/// Trybuild compiles the cases in a package of its own, and the path of a
/// configuration starts where the Cargo.toml of the package stands.
fn copy_configurations() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/fail");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests");
    let there = target
        .join("trybuild")
        .join(env!("CARGO_PKG_NAME"))
        .join("config/fail");
    fs::create_dir_all(&there).expect("a folder for the configurations");
    for entry in fs::read_dir(here).expect("the cases of `config`") {
        let path = entry.expect("a readable entry").path();
        if let Some(name) = path.file_name()
            && path
                .extension()
                .is_some_and(|extension| extension == "toml")
        {
            fs::copy(&path, there.join(name)).expect("a copy of a configuration");
        }
    }
}
