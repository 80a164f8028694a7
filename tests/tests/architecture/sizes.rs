//! Sizes: a file is one idea of at most 400 lines, and a function fits a screen.

use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::imports::{is_for_tests, parse};
use super::root;

/// The most lines of a file, its tests included.
const FILE_MAX: usize = 400;

/// The most lines of a function, from its signature to its last brace.
const FUNCTION_MAX: usize = 70;

/// The crates that are held to both.
const SOURCES: &[&str] = &[
    "kit/src",
    "kit-core/src",
    "kit-macros/src",
    "kit-grammar/src",
    "adapters",
    "examples/src",
];

#[test]
fn a_file_has_at_most_400_lines() {
    let mut long = Vec::new();
    for (name, path) in SOURCES
        .iter()
        .chain(&["tests/tests"])
        .flat_map(|path| files(path))
    {
        let text = fs::read_to_string(path).expect("a readable file");
        let lines = text.lines().count();
        if lines > FILE_MAX {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    assert!(long.is_empty(), "split these by idea:\n{}", long.join("\n"));
}

#[test]
fn a_function_has_at_most_70_lines() {
    let mut long = Vec::new();
    for (name, path) in SOURCES.iter().flat_map(|path| files(path)) {
        if is_test_file(&path) {
            continue;
        }
        let mut functions = Functions::default();
        functions.visit_file(&parse(&path));
        let too_long = functions
            .0
            .into_iter()
            .filter(|function| function.2 > FUNCTION_MAX);
        long.extend(too_long.map(|(function, line, lines)| {
            format!("{name}:{line}: `{function}` has {lines} lines")
        }));
    }
    assert!(
        long.is_empty(),
        "split these functions:\n{}",
        long.join("\n")
    );
}

#[test]
fn only_the_root_and_the_prelude_are_at_the_root_of_a_crate() {
    for package in ["kit", "kit-core", "kit-macros", "kit-grammar"] {
        let src = root().join(package).join("src");
        for entry in fs::read_dir(&src).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().and_then(|name| name.to_str());
            assert!(
                path.is_dir() || matches!(name, Some("lib.rs" | "prelude.rs")),
                "{} belongs in a folder",
                path.display()
            );
        }
    }
}

/// Every Rust file below a folder, with its name.
fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let shown = path.strip_prefix(root()).unwrap_or(&path);
        let name = shown.display().to_string();
        if path.is_dir() {
            // What is compiled, and expansions with what they are made of.
            if !path.ends_with("target") && !path.ends_with("snapshots") {
                collect(&path, found);
            }
        } else if name.ends_with(".rs") {
            found.push((name, path));
        }
    }
}

/// Whether a file holds tests alone.
fn is_test_file(path: &Path) -> bool {
    let is_tests = |name: &str| name == "tests" || name.ends_with("_tests");
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.is_some_and(is_tests)
        || path
            .strip_prefix(root())
            .unwrap_or(path)
            .components()
            .any(|part| part.as_os_str() == "tests")
}

/// The functions of a file outside of tests: name, first line, lines.
#[derive(Default)]
struct Functions(Vec<(String, usize, usize)>);

impl Functions {
    fn add(&mut self, name: &syn::Ident, block: &syn::Block) {
        let first = name.span().start().line;
        let last = block.span().end().line;
        self.0.push((name.to_string(), first, last - first + 1));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig.ident, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig.ident, &item.block);
        visit::visit_impl_item_fn(self, item);
    }
}
