//! Keys of a plain function that each of its policies takes: `crate = path` and
//! `name = ".."`.
//!
//! For a method, `#[kit::service]` has these keys; a function has only its
//! policies. It is enough to write them in one of them.

use kit_grammar::{POLICIES, upper_snake};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{LitStr, Path};

use super::entries::Entry;
use super::service::krate;
use crate::diagnostic::Errors;

/// The keys, in addition to those of each policy.
pub(crate) const KEYS: &[&str] = &["crate", "name"];

/// The settings of a function.
#[derive(Clone, Debug, Default)]
pub(crate) struct FunctionArguments {
    /// The path of the kit crate, if it is not `::kit`.
    pub(crate) krate: Option<Path>,
    /// The name of the function in a configuration.
    pub(crate) name: Option<LitStr>,
}

impl FunctionArguments {
    /// Parses the keys of the function in the arguments of a policy, in addition
    /// to those of earlier policies, and returns the other arguments.
    pub(crate) fn read(&mut self, tokens: TokenStream, errors: &mut Errors) -> TokenStream {
        let mut rest = TokenStream::new();
        let mut seen: Vec<Ident> = Vec::new();
        for argument in split(tokens) {
            let Some(entry) = entry(&argument) else {
                rest.extend(argument);
                continue;
            };
            if seen.contains(&entry.key) {
                let rule = format_args!("`{}` is given twice", entry.key);
                errors.on(&entry.key, rule, "keep one of them");
                continue;
            }
            match entry.key == "crate" {
                true => self.krate(&entry, errors),
                false => self.name(&entry, errors),
            }
            seen.push(entry.key);
        }
        rest
    }

    /// The path of `crate = path` in an attribute, if it has a valid one.
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
                    "another policy of the function has `crate = {}`",
                    text(other)
                ),
                "keep one of them: a function uses one kit crate",
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
                "the name of a function is part of configuration keys, so it can't be empty or contain dots or spaces",
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
                    "`{value}` is reserved: in a configuration it is the `{}` of all functions",
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
                    "another policy of the function has `name = \"{}\"`",
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

/// Parses `crate = ..` or `name = ..`, with or without its comma.
fn entry(argument: &[TokenTree]) -> Option<Entry> {
    let argument = match argument {
        [argument @ .., last] if is(last, ',') => argument,
        argument => argument,
    };
    let is_ours = match argument {
        // `name` without a value may be the path of a fallback.
        [TokenTree::Ident(key)] => key == "crate",
        [TokenTree::Ident(key), equals, ..] => {
            is(equals, '=') && KEYS.iter().any(|known| key == known)
        }
        _ => false,
    };
    let tokens = argument.iter().cloned().collect();
    // Syntax errors are reported with the other arguments of the policy.
    is_ours.then(|| syn::parse2(tokens).ok()).flatten()
}

fn is(tree: &TokenTree, mark: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Splits tokens after commas.
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
