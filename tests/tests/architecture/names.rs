//! What one module defines, imports and names, from its syntax tree.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::imports::is_for_tests;

/// The names of one module.
#[derive(Default)]
pub(super) struct Names {
    /// The items that are defined here.
    pub(super) items: BTreeSet<String>,
    /// The names that `use` brings in, with the paths behind them.
    pub(super) uses: BTreeMap<String, Vec<String>>,
    /// The modules all of whose names are brought in.
    pub(super) globs: Vec<Vec<String>>,
    /// Every path that the code names.
    pub(super) paths: Vec<NamedPath>,
}

/// A path in the code.
pub(super) struct NamedPath {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
    pub(super) is_reexport: bool,
}

impl Names {
    /// The names of a module with these items, without those of its modules.
    pub(super) fn of(items: &[syn::Item]) -> Self {
        let mut names = Self::default();
        for item in items {
            names.visit_item(item);
        }
        names
    }

    fn path(&mut self, segments: Vec<String>, line: usize, is_reexport: bool) {
        self.paths.push(NamedPath {
            segments,
            line,
            is_reexport,
        });
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String], is_reexport: bool) {
        match tree {
            syn::UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                self.use_tree(&path.tree, &before, is_reexport);
            }
            syn::UseTree::Name(name) => self.bind(&name.ident, &name.ident, before, is_reexport),
            syn::UseTree::Rename(rename) => {
                self.bind(&rename.rename, &rename.ident, before, is_reexport);
            }
            syn::UseTree::Glob(_) => self.globs.push(before.to_vec()),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, before, is_reexport);
                }
            }
        }
    }

    fn bind(
        &mut self,
        name: &syn::Ident,
        ident: &syn::Ident,
        before: &[String],
        is_reexport: bool,
    ) {
        let mut segments = before.to_vec();
        if ident != "self" {
            segments.push(ident.to_string());
        }
        let bound = match (name == "self", before.last()) {
            (true, Some(module)) => module.clone(),
            _ => name.to_string(),
        };
        let line = ident.span().start().line;
        self.path(segments.clone(), line, is_reexport);
        self.uses.insert(bound, segments);
    }

    /// Adds the paths in the tokens of a macro, which are not parsed further.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if let TokenTree::Group(group) = token {
                self.tokens(group.stream());
            }
            let (segments, length) = path_at(&tokens[at..]);
            if segments.len() > 1 {
                self.path(segments, token.span().start().line, false);
            }
            at += length.max(1);
        }
    }
}

/// The path that the tokens start with, and how many of them it takes.
fn path_at(tokens: &[TokenTree]) -> (Vec<String>, usize) {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let mut segments = Vec::new();
    let mut at = 0;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        segments.push(ident.to_string());
        at += 1;
        if !is_colon(tokens.get(at)) || !is_colon(tokens.get(at + 1)) {
            break;
        }
        at += 2;
    }
    (segments, at)
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let (name, attributes) = match item {
            syn::Item::Use(item) => {
                if !is_for_tests(&item.attrs) {
                    let is_reexport = !matches!(item.vis, syn::Visibility::Inherited);
                    self.use_tree(&item.tree, &[], is_reexport);
                }
                return;
            }
            // A module has names of its own.
            syn::Item::Mod(_) => return,
            syn::Item::Const(item) => (Some(&item.ident), &item.attrs),
            syn::Item::Enum(item) => (Some(&item.ident), &item.attrs),
            syn::Item::Fn(item) => (Some(&item.sig.ident), &item.attrs),
            syn::Item::Impl(item) => (None, &item.attrs),
            syn::Item::Macro(item) => (item.ident.as_ref(), &item.attrs),
            syn::Item::Static(item) => (Some(&item.ident), &item.attrs),
            syn::Item::Struct(item) => (Some(&item.ident), &item.attrs),
            syn::Item::Trait(item) => (Some(&item.ident), &item.attrs),
            syn::Item::Type(item) => (Some(&item.ident), &item.attrs),
            _ => return,
        };
        if is_for_tests(attributes) {
            return;
        }
        if let Some(name) = name {
            self.items.insert(name.to_string());
        }
        visit::visit_item(self, item);
    }

    /// A `use` within a function.
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[], false);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        let segments: Vec<String> = segments.map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 && path.leading_colon.is_none() {
            self.path(segments, path.span().start().line, false);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }

    // Neither uses an item.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}
