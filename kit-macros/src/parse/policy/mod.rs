//! Parses the attribute of a policy, such as `#[breaker(failures = 5)]`.
//!
//! `kit_grammar` defines the keys and values, in one table for attributes and
//! configuration. Here tokens are converted to its text, and its messages are
//! reported at the tokens that they are about.

mod parsed_value;
mod value;

use kit_grammar::{CountedBy, Key, Side, Value, did_you_mean};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Token};

pub(crate) use self::parsed_value::ParsedValue;
#[cfg(any(test, feature = "config"))]
pub(crate) use self::value::unavailable as unavailable_value;
use self::value::{list_of, read, word};
use super::entries::{self, Entry, list};
use crate::diagnostic::Errors;

/// A parsed policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) known: &'static kit_grammar::Policy,
    /// The attribute's name.
    pub(crate) name: Ident,
    pub(crate) side: Side,
    /// The value of `at`, if it is set.
    pub(crate) at: Option<Ident>,
    pub(crate) settings: Vec<Setting>,
    /// Whether all settings could be parsed; if not, a missing key may be one
    /// that could not.
    pub(crate) complete: bool,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static Key,
    /// The key; the value if it is written without a key.
    pub(crate) token: TokenStream,
    /// The value, or the part of it to report problems at.
    pub(crate) value: TokenStream,
    pub(crate) parsed: ParsedValue,
}

/// One argument of a policy's attribute.
pub(crate) enum Argument {
    /// `key`, `key = value` or `key(..)`
    Keyed(Entry),
    /// A value without a key.
    Value(Box<Expr>),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let keyed =
            input.peek(syn::Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        if keyed {
            input.parse().map(Self::Keyed)
        } else {
            input.parse().map(|expr| Self::Value(Box::new(expr)))
        }
    }
}

/// Parses the value of `at`.
pub(crate) fn side(entry: &Entry, errors: &mut Errors) -> Option<(Side, Ident)> {
    const SIDES: [Side; 3] = [Side::Client, Side::Server, Side::Both];
    let ident = match &entry.value {
        entries::Value::Expr(expr) => word(expr),
        _ => None,
    };
    let Some(ident) = ident else {
        entry.wrong_type("a side", "at = client", errors);
        return None;
    };
    let text = ident.to_string();
    let Some(side) = SIDES.into_iter().find(|side| side.name() == text) else {
        let rule = format_args!("`{text}` is not a side of a call");
        errors.on(&ident, rule, did_you_mean(&text, &SIDES.map(Side::name)));
        return None;
    };
    Some((side, ident))
}

impl Policy {
    /// Parses the attribute's arguments; `others` are keys that it may have in
    /// addition to those of the policy, for messages.
    pub(crate) fn read(
        known: &'static kit_grammar::Policy,
        name: &Ident,
        tokens: TokenStream,
        others: &[&str],
        errors: &mut Errors,
    ) -> Self {
        let mut policy = Self {
            known,
            name: name.clone(),
            side: known.side,
            at: None,
            settings: Vec::new(),
            complete: true,
        };
        let before = errors.len();
        let mut seen: Vec<String> = Vec::new();
        for argument in list::<Argument>(tokens, errors) {
            match policy.entry(argument, errors) {
                Some(Ok(entry)) => {
                    let key = entry.key.unraw().to_string();
                    if seen.contains(&key) {
                        errors.on(
                            &entry.key,
                            format_args!("`{key}` is given twice"),
                            "keep one of them",
                        );
                        continue;
                    }
                    policy.keyed(&entry, &key, others, errors);
                    seen.push(key);
                }
                Some(Err(value)) => policy.positional(*value, errors),
                None => {}
            }
        }
        policy.complete = errors.len() == before;
        policy
    }

    /// The setting of a key, if it is set.
    pub(crate) fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key.name == key)
    }

    /// The value of a key, if it is set to a literal.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        match &self.setting(key)?.parsed {
            ParsedValue::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The argument that identifies callers.
    pub(crate) fn counted_argument(&self) -> Option<(&str, &TokenStream)> {
        let setting = self.setting("key")?;
        match &setting.parsed {
            ParsedValue::Value(Value::CountedBy(CountedBy::Argument(name))) => {
                Some((name, &setting.value))
            }
            _ => None,
        }
    }

    /// Converts an argument to an entry. Flags and lists have the syntax of
    /// expressions, so the keys of the policy decide.
    fn entry(&self, argument: Argument, errors: &mut Errors) -> Option<Result<Entry, Box<Expr>>> {
        let expr = match argument {
            Argument::Keyed(entry) => return Some(Ok(entry)),
            Argument::Value(expr) => expr,
        };
        let flag = word(&expr).map(|key| (key, entries::Value::Flag));
        let (key, value) = match (flag, list_of(&expr)) {
            (Some(flag), _) => flag,
            (None, Some((key, inside))) => (key, entries::Value::List(inside)),
            (None, None) => match self.known.positional {
                Some(_) => return Some(Err(expr)),
                None => {
                    errors.on(
                        expr,
                        format_args!("`#[{}]` takes keys with values", self.name),
                        format_args!("write `#[{}({})]`", self.name, self.known.example),
                    );
                    return None;
                }
            },
        };
        let text = key.unraw().to_string();
        let is_key = text == "at" || self.known.key(&text).is_some();
        if is_key || self.known.positional.is_none() {
            return Some(Ok(Entry { key, value }));
        }
        Some(Err(expr))
    }

    fn keyed(&mut self, entry: &Entry, text: &str, others: &[&str], errors: &mut Errors) {
        if text == "at" {
            if let Some((side, at)) = side(entry, errors) {
                self.side = side;
                self.at = Some(at);
            }
            return;
        }
        let Some(key) = self.known.key(text) else {
            let mut keys = self.known.key_names();
            keys.extend(others);
            errors.on(
                &entry.key,
                format_args!("`#[{}]` has no key `{text}`", self.name),
                did_you_mean(text, &keys),
            );
            return;
        };
        let token = entry.key.to_token_stream();
        if let Some((parsed, value)) = read(key, entry, &key.written(), errors) {
            self.settings.push(Setting {
                key,
                token,
                value,
                parsed,
            });
        }
    }

    /// A value without a key.
    fn positional(&mut self, value: Expr, errors: &mut Errors) {
        let Some(key) = self.known.positional.and_then(|name| self.known.key(name)) else {
            return;
        };
        if self.setting(key.name).is_some() {
            errors.on(
                value,
                format_args!("`{}` is given twice", key.name),
                "keep one of them",
            );
            return;
        }
        let token = value.to_token_stream();
        let entry = Entry {
            key: Ident::new(key.name, self.name.span()),
            value: entries::Value::Expr(Box::new(value)),
        };
        let example = format!("#[{}({})]", self.name, self.known.example);
        if let Some((parsed, value)) = read(key, &entry, &example, errors) {
            self.settings.push(Setting {
                key,
                token,
                value,
                parsed,
            });
        }
    }
}

impl Setting {
    /// The setting as the rules of the grammar take it.
    pub(crate) fn known(&self) -> kit_grammar::Setting {
        kit_grammar::Setting {
            key: self.key,
            value: match &self.parsed {
                ParsedValue::Value(value) => Some(value.clone()),
                _ => None,
            },
        }
    }
}
