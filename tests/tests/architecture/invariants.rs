//! Invariants of the code base, checked on its source text.
//!
//! A rule that is not checked erodes. Each test names one of the invariants of
//! `ARCHITECTURE.md` and fails with the lines that violate it.

use std::fs;
use std::path::Path;

use super::root;

/// Every Rust file at or below a path, with its text before the tests.
fn sources(path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(path), &mut found);
    assert!(!found.is_empty(), "no sources at `{path}`");
    found.sort();
    found
}

fn collect(path: &Path, found: &mut Vec<(String, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a readable folder") {
            collect(&entry.expect("a readable entry").path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        let text = fs::read_to_string(path).expect("a readable file");
        let code = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
        let name = path.strip_prefix(root()).unwrap_or(path);
        found.push((name.display().to_string(), code.to_owned()));
    }
}

/// Lines of code, without comments, that contain one of the words.
fn offenders(paths: &[&str], words: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, text) in paths.iter().flat_map(|path| sources(path)) {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                lines.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    lines
}

fn assert_none(rule: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{rule}:\n{}", offenders.join("\n"));
}

#[test]
fn the_core_does_no_io_and_names_no_transport() {
    let core = [
        "kit-core/src/model",
        "kit-core/src/policy",
        "kit-core/src/pipeline",
        "kit-core/src/codec",
        "kit-core/src/telemetry",
    ];
    let words = [
        "transport::",
        "hyper",
        "tokio::net",
        "tokio::io",
        "std::net::Tcp",
        "std::fs",
    ];
    assert_none(
        "the core names no transport and does no I/O",
        &offenders(&core, &words),
    );
}

#[test]
fn events_name_a_target_of_the_facade() {
    // Without one, the target is a module of an internal crate, and moves with
    // the code: a filter such as `kit=debug` would not match.
    let mut found = Vec::new();
    for (name, text) in ["kit-core/src", "adapters/redis/src"]
        .iter()
        .flat_map(|path| sources(path))
    {
        for event in text.split("tracing::").skip(1) {
            let Some((level, body)) = event.split_once("!(") else {
                continue;
            };
            let is_event = ["error", "warn", "info", "debug", "trace"].contains(&level);
            if is_event && !body.trim_start().starts_with("target: \"kit::") {
                found.push(format!(
                    "{name}: {level}!({}",
                    body.lines().next().unwrap_or_default()
                ));
            }
        }
    }
    assert_none("an event has a target that starts with `kit::`", &found);
}

#[test]
fn transports_do_not_import_each_other() {
    let http = offenders(
        &["kit-core/src/transport/http"],
        &["transport::grpc", "super::grpc"],
    );
    let grpc = offenders(
        &["kit-core/src/transport/grpc"],
        &["transport::http::", "super::http"],
    );
    assert_none("a transport depends only on the layers below it", &http);
    assert_none("a transport depends only on the layers below it", &grpc);
}

#[test]
fn expansion_cannot_fail() {
    let words = [
        "syn::Error",
        "Diagnostics",
        "compile_error",
        " panic!",
        "abort!",
    ];
    assert_none(
        "only `check` validates input",
        &offenders(&["kit-macros/src/expand"], &words),
    );
}

#[test]
fn the_library_crates_contain_no_unsafe_code() {
    let crates = [
        "kit/src",
        "kit-core/src",
        "kit-grammar/src",
        "kit-macros/src",
    ];
    let words = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"];
    assert_none("no unsafe code", &offenders(&crates, &words));
}

#[test]
fn kit_pins_its_macros_and_their_grammar_to_its_own_version() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let version = env!("CARGO_PKG_VERSION");
    for part in ["kit-grammar", "kit-macros"] {
        assert!(
            manifest.contains(&format!(
                "{part} = {{ path = \"{part}\", version = \"={version}\""
            )),
            "generated code, grammar and runtime change together: pin `{part}` to `={version}`"
        );
    }
}

#[test]
fn the_grammar_depends_only_on_an_optional_toml_parser() {
    let manifest = fs::read_to_string(root().join("kit-grammar/Cargo.toml")).expect("a manifest");
    let dependencies = manifest.split("dependencies]\n").skip(1);
    let dependencies: Vec<&str> = dependencies
        .flat_map(|section| section.lines().take_while(|line| !line.is_empty()))
        .collect();
    assert_eq!(
        dependencies,
        ["toml = { workspace = true, optional = true }"],
        "the grammar is compiled for the macros and for the runtime: it has no other dependency"
    );
    let words = [
        "kit::",
        "kit_macros",
        "syn::",
        "proc_macro",
        "std::fs",
        "std::net",
        "std::env",
    ];
    assert_none(
        "the grammar does no I/O and knows neither tokens nor policies",
        &offenders(&["kit-grammar/src"], &words),
    );
}

#[test]
fn every_file_opens_with_a_module_comment() {
    let silent: Vec<_> = [
        "kit/src",
        "kit-core/src",
        "kit-grammar/src",
        "kit-macros/src",
        "examples/src",
        "tests/tests",
    ]
    .iter()
    .flat_map(|path| sources(path))
    .filter(|(name, text)| !text.starts_with("//!") && !name.contains("/snapshots/"))
    .map(|(name, _)| name)
    .collect();
    assert_none("a file opens with a module comment", &silent);
}

#[test]
fn the_default_build_stays_under_a_hundred_crates() {
    // The lock file lists every crate of the workspace, tests and peers of
    // interop included; what users compile is what `kit` reaches.
    let output = std::process::Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "-p",
            "kit",
            "-e",
            "normal,build",
        ])
        .args(["--prefix", "none", "--no-dedupe"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let mut crates: Vec<_> = text.lines().map(|line| line.replace(" (*)", "")).collect();
    crates.sort();
    crates.dedup();
    assert!(
        crates.len() <= 100,
        "{} crates:\n{}",
        crates.len(),
        crates.join("\n")
    );
}
