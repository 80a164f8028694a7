//! What any policy of a plain function may say of the function itself:
//! `crate = path` and `name = ".."`.
//!
//! A method has a `#[kit::service]` above it that says such things; a function
//! has nothing but its policies. One of them saying it is enough.

use kit_grammar::{POLICIES, upper_snake};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{LitStr, Path};

use super::entries::Entry;
use super::service::krate;
use crate::diagnostic::Errors;

/// The keys, beside those of each policy.
pub(crate) const KEYS: &[&str] = &["crate", "name"];

/// What was said of a function.
#[derive(Clone, Debug, Default)]
pub(crate) struct FunctionArguments {
    /// Where kit is, if not at `::kit`.
    pub(crate) krate: Option<Path>,
    /// What the function is called in a configuration.
    pub(crate) name: Option<LitStr>,
}

impl FunctionArguments {
    /// Reads what a policy says of its function, which has been told this so
    /// far, and returns what it says of itself.
    pub(crate) fn read(&mut self, tokens: TokenStream, errors: &mut Errors) -> TokenStream {
        let mut rest = TokenStream::new();
        let mut said: Vec<Ident> = Vec::new();
        for argument in split(tokens) {
            let Some(entry) = entry(&argument) else {
                rest.extend(argument);
                continue;
            };
            if said.contains(&entry.key) {
                let rule = format_args!("`{}` is given twice", entry.key);
                errors.on(&entry.key, rule, "keep one of them");
                continue;
            }
            match entry.key == "crate" {
                true => self.krate(&entry, errors),
                false => self.name(&entry, errors),
            }
            said.push(entry.key);
        }
        rest
    }

    /// Where an attribute says that kit is, if it does and nothing is wrong.
    pub(crate) fn krate_in(tokens: TokenStream) -> Option<Path> {
        let mut arguments = Self::default();
        arguments.read(tokens, &mut Errors::default());
        arguments.krate
    }

    fn krate(&mut self, entry: &Entry, errors: &mut Errors) {
        let Some(path) = krate(entry, errors) else {
            return;
        };
        match &self.krate {
            Some(other) if text(other) != text(&path) => errors.on(
                &path,
                format_args!(
                    "another policy of the function says `crate = {}`",
                    text(other)
                ),
                "keep one of them: a function has one kit",
            ),
            _ => self.krate = Some(path),
        }
    }

    fn name(&mut self, entry: &Entry, errors: &mut Errors) {
        let Some(name) = entry.string("name = \"users::find\"", errors) else {
            return;
        };
        let value = name.value();
        if value.is_empty() || value.contains(|c: char| c == '.' || c.is_whitespace()) {
            errors.on(
                &name,
                "the name of a function is not empty, and has no dot or space: it is a part of keys",
                "write `name = \"users::find\"`",
            );
            return;
        }
        let spelled = upper_snake(&value);
        let mut policies = POLICIES.iter();
        if let Some(policy) = policies.find(|policy| upper_snake(policy.name) == spelled) {
            errors.on(
                &name,
                format_args!(
                    "`{value}` is what a configuration calls the `{}` of all functions",
                    policy.name
                ),
                format_args!("write another name, as in `name = \"users::{value}\"`"),
            );
            return;
        }
        match &self.name {
            Some(other) if other.value() != value => errors.on(
                &name,
                format_args!(
                    "another policy of the function says `name = \"{}\"`",
                    other.value()
                ),
                "keep one of them: a function has one name",
            ),
            _ => self.name = Some(name),
        }
    }
}

fn text(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

/// `crate = ..` or `name = ..`, and its comma.
fn entry(argument: &[TokenTree]) -> Option<Entry> {
    let argument = match argument {
        [argument @ .., last] if is(last, ',') => argument,
        argument => argument,
    };
    let is_told = match argument {
        // `name` alone may be the name of a fallback.
        [TokenTree::Ident(key)] => key == "crate",
        [TokenTree::Ident(key), equals, ..] => {
            is(equals, '=') && KEYS.iter().any(|known| key == known)
        }
        _ => false,
    };
    let tokens = argument.iter().cloned().collect();
    // What is no entry is reported with the rest of the policy.
    is_told.then(|| syn::parse2(tokens).ok()).flatten()
}

fn is(tree: &TokenTree, mark: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// What stands between commas, each with the comma after it.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut arguments = vec![Vec::new()];
    for tree in tokens {
        let is_comma = is(&tree, ',');
        if let Some(last) = arguments.last_mut() {
            last.push(tree);
        }
        if is_comma {
            arguments.push(Vec::new());
        }
    }
    arguments
}
