//! The arguments of an attribute: `key`, `key = value` and `key(..)`, separated by
//! commas.
//!
//! An entry with a syntax error is reported and skipped, so that the entries
//! after it are checked, too.

use kit_grammar::did_you_mean;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Expr, ExprLit, Lit, LitInt, LitStr, Token};

use crate::diagnostic::Errors;

/// One entry of an attribute.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// The value of a key.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing.
    Flag,
    /// `= expr`
    Expr(Box<Expr>),
    /// `(..)`
    List(TokenStream),
}

/// An attribute's name and its keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grammar {
    pub(crate) attribute: &'static str,
    pub(crate) keys: &'static [&'static str],
}

impl Grammar {
    /// Parses the entries; unknown and repeated keys are reported and left out.
    pub(crate) fn read(self, tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
        let mut known: Vec<Entry> = Vec::new();
        for entry in entries(tokens, errors) {
            let key = entry.key.unraw().to_string();
            if !self.keys.contains(&key.as_str()) {
                errors.on(
                    &entry.key,
                    format_args!("`#[{}]` has no key `{key}`", self.attribute),
                    did_you_mean(&key, self.keys),
                );
            } else if known.iter().any(|other| other.key == entry.key) {
                errors.on(
                    &entry.key,
                    format_args!("`{key}` is given twice"),
                    "keep one of them",
                );
            } else {
                known.push(entry);
            }
        }
        known
    }
}

impl Entry {
    /// The value as a string.
    pub(crate) fn string(&self, example: &str, errors: &mut Errors) -> Option<LitStr> {
        match self.literal() {
            Some(Lit::Str(string)) => return Some(string.clone()),
            _ => self.wrong_type("a string", example, errors),
        }
        None
    }

    /// The value as an integer.
    pub(crate) fn integer(&self, example: &str, errors: &mut Errors) -> Option<LitInt> {
        match self.literal() {
            Some(Lit::Int(integer)) => return Some(integer.clone()),
            _ => self.wrong_type("a number", example, errors),
        }
        None
    }

    /// Whether there is no value, as with a flag.
    pub(crate) fn flag(&self, errors: &mut Errors) -> bool {
        let is_flag = matches!(self.value, Value::Flag);
        if !is_flag {
            let key = self.key.unraw();
            errors.on(
                self.value_tokens(),
                format_args!("`{key}` takes no value"),
                format_args!("write only `{key}`, or remove it"),
            );
        }
        is_flag
    }

    /// Reports that the value is not of the type that the key takes.
    pub(crate) fn wrong_type(&self, expected: &str, example: &str, errors: &mut Errors) {
        errors.on(
            self.value_tokens(),
            format_args!("`{}` takes {expected}", self.key.unraw()),
            format_args!("write `{example}`"),
        );
    }

    fn literal(&self) -> Option<&Lit> {
        let Value::Expr(expr) = &self.value else {
            return None;
        };
        let mut expr = &**expr;
        // A literal from a `macro_rules!` fragment is in an invisible group.
        while let Expr::Group(group) = expr {
            expr = &group.expr;
        }
        match expr {
            Expr::Lit(ExprLit { lit, .. }) => Some(lit),
            _ => None,
        }
    }

    fn value_tokens(&self) -> TokenStream {
        match &self.value {
            Value::Flag => self.key.to_token_stream(),
            Value::Expr(expr) => expr.to_token_stream(),
            Value::List(list) if list.is_empty() => self.key.to_token_stream(),
            Value::List(list) => list.clone(),
        }
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(error.span(), "expected a key, as in `key = value`")
        })?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                let message = format!(
                    "`{0}` has no value after its `=`\nhelp: write the value, or only `{0}`",
                    key.unraw()
                );
                return Err(syn::Error::new(key.span(), message));
            }
            Value::Expr(input.parse()?)
        } else if input.peek(syn::token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            Value::List(content.parse()?)
        } else if input.is_empty() || input.peek(Token![,]) {
            Value::Flag
        } else {
            let message = format!(
                "expected `=` or a comma after `{0}`\nhelp: write `{0} = value`",
                key.unraw()
            );
            return Err(input.error(message));
        };
        Ok(Self { key, value })
    }
}

/// Parses entries; those with syntax errors are reported and left out.
pub(crate) fn entries(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    list(tokens, errors)
}

/// Parses a comma-separated list; parts with syntax errors are reported and left
/// out.
pub(crate) fn list<T: Parse>(tokens: TokenStream, errors: &mut Errors) -> Vec<T> {
    let parse = |input: ParseStream<'_>| {
        let mut items = Vec::new();
        while !input.is_empty() {
            match input.parse::<T>() {
                Ok(item) => items.push(item),
                Err(error) => {
                    errors.syntax(error);
                    skip_to_comma(input)?;
                }
            }
            if !input.is_empty() && !input.peek(Token![,]) {
                errors.syntax(input.error("expected a comma"));
                skip_to_comma(input)?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(items)
    };
    parse.parse2(tokens).unwrap_or_default()
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
