//! Gathers everything that is wrong, so that people see it at once.
//!
//! A message states the rule on its first line and the way out after `help:`;
//! it stands on the narrowest token of the user's own that is at fault.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one expansion.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Adds an error on the user's own tokens.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, rule: impl Display, help: impl Display) {
        let message = format!("{rule}\nhelp: {help}");
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error at a place where there are no tokens to point at.
    pub(crate) fn at(&mut self, span: Span, rule: impl Display, help: impl Display) {
        self.0
            .push(syn::Error::new(span, format!("{rule}\nhelp: {help}")));
    }

    /// Adds an error of the parser.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many things are wrong.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// One `compile_error!` per error.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0
            .into_iter()
            .map(|error| error.into_compile_error())
            .collect()
    }
}

/// The help of an unknown word: the nearest that exists, and all of them.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> String {
    let all = known
        .iter()
        .map(|key| format!("`{key}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match nearest(word, known) {
        Some(nearest) => format!("did you mean `{nearest}`? there are {all}"),
        None => format!("there are {all}"),
    }
}

/// The known word that is at most a third of its length away.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|key| (distance(word, key), *key))
        .filter(|(distance, key)| *distance <= key.len().max(word.len()).div_ceil(3))
        .min()
        .map(|(_, key)| key)
}

/// Insertions, deletions and substitutions from one word to another.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, a) in from.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (left, b) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[left + 1];
            row[left + 1] = substituted.min(diagonal + 1).min(row[left] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_within_a_third_of_its_length() {
        let known = ["get", "post", "idempotent", "status"];
        assert_eq!(nearest("idempotant", &known), Some("idempotent"));
        assert_eq!(nearest("pots", &known), Some("post"));
        assert_eq!(nearest("stats", &known), Some("status"));
        assert_eq!(nearest("breakfast", &known), None);
    }
}
