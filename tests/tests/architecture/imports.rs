//! The import graph of a crate, read from its source.
//!
//! Every path in the code is resolved as the compiler does it: from `crate`,
//! `super`, `self` or an imported name, through re-exports, to the file that
//! defines the item. Words in comments and strings therefore never count, and a
//! re-export does not hide the file behind it. Code for tests is left out, as
//! tests may use anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::names::Names;

/// The path of a module from the root of its crate, without `crate`.
type ModulePath = Vec<String>;

/// Re-exports of re-exports beyond this many are taken for a cycle of them.
const DEPTH_MAX: usize = 16;

/// The modules of one crate.
pub(super) struct Crate {
    modules: BTreeMap<ModulePath, Module>,
}

/// The file of a module, and the names in it.
struct Module {
    file: String,
    names: Names,
}

/// One file's import of an item of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub(super) from: String,
    pub(super) line: usize,
    pub(super) to: String,
    /// The path as written, with `use` groups written out.
    pub(super) path: String,
    /// Whether it is a re-export, which names the item without using it.
    pub(super) is_reexport: bool,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from,
            line,
            to,
            path,
            ..
        } = self;
        write!(f, "{from}:{line} imports {to} as `{path}`")
    }
}

impl Crate {
    /// Reads the crate whose `lib.rs` is in `src`.
    pub(super) fn read(src: &Path) -> Self {
        let mut reader = Reader {
            src: src.to_owned(),
            modules: BTreeMap::new(),
        };
        reader.file(&src.join("lib.rs"), Vec::new(), src);
        Self {
            modules: reader.modules,
        }
    }

    /// Every import of an item of another file.
    pub(super) fn imports(&self) -> BTreeSet<Import> {
        let mut imports = BTreeSet::new();
        for (path, module) in &self.modules {
            for named in &module.names.paths {
                let Some(to) = self.resolve(path, &named.segments, 0) else {
                    continue;
                };
                if to != module.file {
                    imports.insert(Import {
                        from: module.file.clone(),
                        line: named.line,
                        to,
                        path: named.segments.join("::"),
                        is_reexport: named.is_reexport,
                    });
                }
            }
        }
        imports
    }

    /// The file that defines what `segments` names in the module `at`; `None`
    /// for a module as such and for items of other crates.
    fn resolve(&self, at: &ModulePath, segments: &[String], depth: usize) -> Option<String> {
        if depth > DEPTH_MAX {
            return None;
        }
        let (mut module, mut rest) = self.start(at, segments, depth)?;
        while let Some((first, after)) = rest.split_first() {
            let child = child(&module, first);
            if !self.modules.contains_key(&child) {
                return Some(self.item(&module, first, after, depth));
            }
            module = child;
            rest = after;
        }
        None
    }

    /// The module that a path starts from, and what follows it.
    fn start<'a>(
        &self,
        at: &ModulePath,
        segments: &'a [String],
        depth: usize,
    ) -> Option<(ModulePath, &'a [String])> {
        let (first, mut rest) = segments.split_first()?;
        let mut module = match first.as_str() {
            // Inside of kit-core, `kit` is the crate itself.
            "crate" | "kit" => Vec::new(),
            "self" => at.clone(),
            "super" => at[..at.len().checked_sub(1)?].to_vec(),
            name => {
                let named = child(at, name);
                if self.modules.contains_key(&named) {
                    return Some((named, rest));
                }
                let imported = self.modules[at].names.uses.get(name)?;
                return Some((self.module(at, imported, depth + 1)?, rest));
            }
        };
        while rest.first().is_some_and(|segment| segment == "super") {
            module.pop();
            rest = &rest[1..];
        }
        Some((module, rest))
    }

    /// The module that a path names, if it names one.
    fn module(&self, at: &ModulePath, segments: &[String], depth: usize) -> Option<ModulePath> {
        let is_another_crate =
            segments.len() == 1 && !matches!(segments[0].as_str(), "crate" | "self" | "super");
        if depth > DEPTH_MAX || is_another_crate {
            return None;
        }
        let (mut module, rest) = self.start(at, segments, depth)?;
        for segment in rest {
            let named = child(&module, segment);
            if self.modules.contains_key(&named) {
                module = named;
                continue;
            }
            let imported = self.modules[&module].names.uses.get(segment)?;
            module = self.module(&module, imported, depth + 1)?;
        }
        Some(module)
    }

    /// The file that defines the item `name` of `module`, behind re-exports.
    fn item(&self, module: &ModulePath, name: &str, after: &[String], depth: usize) -> String {
        let found = &self.modules[module];
        if found.names.items.contains(name) {
            return found.file.clone();
        }
        if let Some(path) = found.names.uses.get(name) {
            let whole = [&path[..], after].concat();
            if let Some(file) = self.resolve(module, &whole, depth + 1) {
                return file;
            }
        }
        for glob in &found.names.globs {
            let Some(target) = self.module(module, glob, depth + 1) else {
                continue;
            };
            if target != *module && self.has(&target, name, depth + 1) {
                return self.item(&target, name, after, depth + 1);
            }
        }
        found.file.clone()
    }

    fn has(&self, module: &ModulePath, name: &str, depth: usize) -> bool {
        let names = &self.modules[module].names;
        if names.items.contains(name) || names.uses.contains_key(name) {
            return true;
        }
        depth < DEPTH_MAX
            && names.globs.iter().any(|glob| {
                self.module(module, glob, depth + 1)
                    .is_some_and(|target| target != *module && self.has(&target, name, depth + 1))
            })
    }
}

fn child(module: &[String], name: &str) -> ModulePath {
    [module, &[name.to_owned()]].concat()
}

/// Reads the files of a crate, starting from its root.
struct Reader {
    src: PathBuf,
    modules: BTreeMap<ModulePath, Module>,
}

impl Reader {
    /// Reads a file, and the files of its modules, which are in `folder`.
    fn file(&mut self, path: &Path, module: ModulePath, folder: &Path) {
        let file = parse(path);
        let name = path.strip_prefix(&self.src).unwrap_or(path);
        self.module(&name.display().to_string(), &file.items, module, folder);
    }

    fn module(&mut self, file: &str, items: &[syn::Item], path: ModulePath, folder: &Path) {
        let module = Module {
            file: file.to_owned(),
            names: Names::of(items),
        };
        self.modules.insert(path.clone(), module);
        for item in items {
            let syn::Item::Mod(declared) = item else {
                continue;
            };
            if is_for_tests(&declared.attrs) {
                continue;
            }
            let name = declared.ident.to_string();
            let (child, below) = (child(&path, &name), folder.join(&name));
            let as_file = folder.join(format!("{name}.rs"));
            match &declared.content {
                Some((_, items)) => self.module(file, items, child, &below),
                None if as_file.exists() => self.file(&as_file, child, &below),
                None => self.file(&below.join("mod.rs"), child, &below),
            }
        }
    }
}

/// Parses a file of Rust.
pub(super) fn parse(path: &Path) -> syn::File {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether an item is compiled for tests alone.
pub(super) fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = match attribute.meta.require_list() {
            Ok(list) if attribute.path().is_ident("cfg") => list.tokens.to_string(),
            _ => return attribute.path().is_ident("test"),
        };
        let condition = condition.replace(' ', "");
        condition == "test" || condition.starts_with("all(test") || condition == "kit_loom"
    })
}
