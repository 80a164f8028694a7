//! Layers: a module imports its own layer and those below it, and no files
//! import each other in a cycle.
//!
//! Each layer is a folder of kit-core; the table in its `lib.rs` is the order,
//! from top to bottom. What joins all layers (the crate's root, the prelude,
//! the entry for generated code) may import every one. A re-export upward
//! counts, as it makes the lower layer depend on the higher; for cycles it does
//! not, as a folder's `mod.rs` names the items of its files without using them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::imports::{Crate, Import};
use super::root;

/// Files that import each other and stay so, with the reason.
const KNOWN_CYCLES: &[&[&str]] = &[
    // Messages hold fields, which hold values, which may be messages; the
    // cursor that reads them limits how deep they nest.
    &[
        "codec/proto/field.rs",
        "codec/proto/reader.rs",
        "codec/proto/value.rs",
    ],
];

#[test]
fn layers_of_the_runtime_import_downward() {
    let src = root().join("kit-core/src");
    let layers = Layers::of(&src.join("lib.rs"));
    let found = layers.upward(&Crate::read(&src).imports());
    assert!(found.is_empty(), "upward imports:\n{}", found.join("\n"));
}

#[test]
fn every_folder_of_the_runtime_is_a_layer() {
    let src = root().join("kit-core/src");
    let layers = Layers::of(&src.join("lib.rs"));
    for entry in fs::read_dir(&src).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let name = entry.file_name().into_string().expect("a plain name");
        if entry.path().is_dir() && name != "__private" {
            assert!(
                layers.0.contains_key(&name),
                "`{name}` is not in the table of layers in kit-core/src/lib.rs"
            );
        }
    }
}

#[test]
fn files_do_not_import_each_other_in_a_cycle() {
    for package in ["kit-core", "kit-macros", "kit-grammar"] {
        let imports = Crate::read(&root().join(package).join("src")).imports();
        let mut found = cycles(&imports);
        if package == "kit-core" {
            found.retain(|files| !KNOWN_CYCLES.contains(&&*strs(files)));
        }
        assert!(
            found.is_empty(),
            "{package}: {}",
            described(&found, &imports)
        );
    }
}

#[test]
fn an_upward_import_is_named() {
    let planted = Planted::new(&[
        (
            "lib.rs",
            "//! | layer | contents |\n//! |---|---|\n//! | `server` | |\n//! | `model` | |\n\
             mod model; mod server;",
        ),
        ("model/mod.rs", "mod code;"),
        ("model/code.rs", "fn f() {\n    crate::server::start();\n}"),
        ("server/mod.rs", "mod run; pub use run::start;"),
        ("server/run.rs", "use crate::model; pub fn start() {}"),
    ]);
    let layers = Layers::of(&planted.src().join("lib.rs"));
    let found = layers.upward(&Crate::read(planted.src()).imports());
    assert_eq!(
        found,
        ["model/code.rs:2 imports server/run.rs as `crate::server::start`"]
    );
}

#[test]
fn a_cycle_between_files_is_named() {
    let planted = Planted::new(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "pub struct A(crate::b::B);"),
        ("b.rs", "use crate::c::C; pub struct B(Vec<C>);"),
        ("c.rs", "pub struct C; fn f(_: &super::a::A) {}"),
    ]);
    let imports = Crate::read(planted.src()).imports();
    let found = cycles(&imports);
    assert_eq!(found, [["a.rs", "b.rs", "c.rs"]]);
    assert_eq!(
        described(&found, &imports),
        "3 files import each other, such as:\n  \
         a.rs:1 imports b.rs as `crate::b::B`\n  \
         b.rs:1 imports c.rs as `crate::c::C`\n  \
         c.rs:1 imports a.rs as `super::a::A`\n"
    );
}

#[test]
fn neither_comments_nor_tests_nor_other_crates_are_imports() {
    let planted = Planted::new(&[
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "//! See crate::b::B.\nuse std::fmt; pub const A: &str = \"crate::b::B\";\n\
             #[cfg(test)] mod tests { use crate::b::B; }",
        ),
        ("b.rs", "pub struct B; fn f() { crate::a::A.len(); }"),
    ]);
    let imports = Crate::read(planted.src()).imports();
    let shown: Vec<String> = imports.iter().map(Import::to_string).collect();
    assert_eq!(shown, ["b.rs:1 imports a.rs as `crate::a::A`"]);
}

/// The layers by name, the highest first.
struct Layers(BTreeMap<String, usize>);

impl Layers {
    /// Reads the table of layers in the docs of a crate's root.
    fn of(lib: &Path) -> Self {
        let text = fs::read_to_string(lib).expect("a readable file");
        let rows = text.lines().filter_map(|line| line.strip_prefix("//! | "));
        // The heading has no code in it.
        let rows = rows.filter(|row| row.trim_start_matches('[').starts_with('`'));
        let mut layers = BTreeMap::new();
        for (depth, row) in rows.enumerate() {
            let cell = row.split('|').next().unwrap_or_default();
            let names = cell.split('`').skip(1).step_by(2);
            let names = names.map(|name| name.trim_start_matches("mod@").to_owned());
            layers.extend(names.map(|name| (name, depth)));
        }
        assert!(layers.len() > 1, "no table of layers in {}", lib.display());
        Self(layers)
    }

    /// Every import of a higher layer.
    fn upward(&self, imports: &BTreeSet<Import>) -> Vec<String> {
        let layer = |file: &str| self.0.get(file.split('/').next()?);
        let is_upward = |import: &&Import| {
            let layers = layer(&import.from).zip(layer(&import.to));
            layers.is_some_and(|(from, to)| to < from)
        };
        let upward = imports.iter().filter(is_upward);
        upward.map(Import::to_string).collect()
    }
}

/// Groups of files that import each other, directly or not.
fn cycles(imports: &BTreeSet<Import>) -> Vec<Vec<String>> {
    let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for import in imports {
        let ends = [&*import.from, &*import.to];
        if !import.is_reexport && !ends.into_iter().any(joins_all) {
            graph.entry(ends[0]).or_default().insert(ends[1]);
        }
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = graph
        .keys()
        .map(|file| (*file, reachable(&graph, file)))
        .collect();
    let mut groups = BTreeSet::new();
    for (file, far) in &reached {
        if far.contains(file) {
            let group = far.iter().filter(|other| {
                let back = reached.get(*other);
                back.is_some_and(|back| back.contains(file))
            });
            groups.insert(group.map(|file| (*file).to_owned()).collect::<Vec<_>>());
        }
    }
    groups.into_iter().collect()
}

/// Whether a file joins all layers rather than being in one.
fn joins_all(file: &str) -> bool {
    matches!(file, "lib.rs" | "prelude.rs") || file.starts_with("__private")
}

/// The files that a file imports, directly or not.
fn reachable<'a>(graph: &BTreeMap<&str, BTreeSet<&'a str>>, file: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = graph[file].iter().copied().collect();
    while let Some(file) = next.pop() {
        if seen.insert(file) {
            next.extend(graph.get(file).into_iter().flatten().copied());
        }
    }
    seen
}

fn strs(files: &[String]) -> Vec<&str> {
    files.iter().map(String::as_str).collect()
}

/// The shortest cycle of each group, with an import for each of its steps.
fn described(cycles: &[Vec<String>], imports: &BTreeSet<Import>) -> String {
    let mut text = String::new();
    for files in cycles {
        text.push_str(&format!(
            "{} files import each other, such as:\n",
            files.len()
        ));
        for step in shortest(files, imports) {
            text.push_str(&format!("  {step}\n"));
        }
    }
    text
}

/// The imports of the shortest cycle among these files.
fn shortest<'a>(files: &[String], imports: &'a BTreeSet<Import>) -> Vec<&'a Import> {
    let steps_from = |file: &String| -> Vec<&'a Import> {
        let steps = imports.iter().filter(|import| {
            import.from == *file && !import.is_reexport && files.contains(&import.to)
        });
        steps.collect()
    };
    let cycle_of = |start: &String| {
        let first = steps_from(start).into_iter();
        let mut paths: Vec<Vec<&Import>> = first.map(|step| vec![step]).collect();
        let mut seen = BTreeSet::new();
        while !paths.is_empty() {
            let mut longer = Vec::new();
            for path in paths {
                let end = &path[path.len() - 1].to;
                if end == start {
                    return path;
                }
                if seen.insert(end) {
                    let steps = steps_from(end).into_iter();
                    longer.extend(steps.map(|step| [&path[..], &[step]].concat()));
                }
            }
            paths = longer;
        }
        Vec::new()
    };
    let all = files.iter().map(cycle_of).filter(|path| !path.is_empty());
    all.min_by_key(Vec::len).unwrap_or_default()
}

/// A crate in a temporary folder.
struct Planted(tempfile::TempDir);

impl Planted {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
            fs::write(path, text).expect("a written file");
        }
        Self(folder)
    }

    fn src(&self) -> &Path {
        self.0.path()
    }
}
