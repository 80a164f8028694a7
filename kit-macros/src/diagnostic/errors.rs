//! Collects the errors of an expansion, so that users see all of them at once.
//!
//! A message states the rule on its first line and the way out after `help:`. It
//! is reported at the smallest of the user's tokens that breaks the rule.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one expansion.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Adds an error at the user's tokens.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, rule: impl Display, help: impl Display) {
        let message = format!("{rule}\nhelp: {help}");
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error whose help may be empty.
    #[cfg(any(test, feature = "config"))]
    pub(crate) fn on_with(&mut self, tokens: impl ToTokens, rule: impl Display, help: &str) {
        match help {
            "" => self.0.push(syn::Error::new_spanned(tokens, rule)),
            help => self.on(tokens, rule, help),
        }
    }

    /// Adds an error at a span, where there are no tokens to report it at.
    pub(crate) fn at(&mut self, span: Span, rule: impl Display, help: impl Display) {
        self.0
            .push(syn::Error::new(span, format!("{rule}\nhelp: {help}")));
    }

    /// Adds an error of the parser.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Whether there are no errors.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of errors.
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
