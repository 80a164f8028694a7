//! `#[timeout("2s", at = client)]`

use std::time::Duration;

use kit_grammar::{Side, Value, did_you_mean, duration};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{Expr, ExprLit, Lit};

use super::entries::list;
use super::policy::{Argument, ParsedValue, Policy, Setting, side};
use crate::diagnostic::Errors;

/// A parsed `#[timeout]`.
#[derive(Clone, Debug)]
pub(crate) struct Timeout {
    pub(crate) value: TimeoutValue,
    pub(crate) sides: Side,
    /// The value of `at`, if it is set.
    pub(crate) at: Option<Ident>,
}

/// The duration of a timeout.
#[derive(Clone, Debug)]
pub(crate) enum TimeoutValue {
    /// A literal.
    Literal(Duration),
    /// A constant expression of type `Duration`.
    Constant(Box<Expr>),
}

impl Timeout {
    /// Parses the attribute's arguments; `others` are the keys that it may have,
    /// for messages.
    pub(crate) fn read(
        attribute: &Ident,
        tokens: TokenStream,
        others: &[&str],
        errors: &mut Errors,
    ) -> Option<Self> {
        let mut value = None;
        let mut sides = None;
        let before = errors.len();
        for argument in list::<Argument>(tokens, errors) {
            match argument {
                Argument::Value(expr) if value.is_some() => errors.on(
                    expr,
                    "`#[timeout]` takes one duration",
                    "keep one of them; for one side, add `at = client` or `at = server`",
                ),
                Argument::Value(expr) => value = Some(TimeoutValue::read(*expr, errors)),
                Argument::Keyed(entry) if entry.key != "at" => {
                    let key = entry.key.to_string();
                    errors.on(
                        &entry.key,
                        format_args!("`#[timeout]` has no key `{key}`"),
                        did_you_mean(&key, others),
                    );
                }
                Argument::Keyed(entry) if sides.is_some() => {
                    errors.on(&entry.key, "`at` is given twice", "keep one of them");
                }
                Argument::Keyed(entry) => sides = Some(side(&entry, errors)),
            }
        }
        if value.is_none() && errors.len() == before {
            errors.on(
                attribute,
                "`#[timeout]` has no duration",
                "write a duration, as in `#[timeout(\"2s\")]`",
            );
        }
        let (sides, at) = sides
            .flatten()
            .map_or((Side::Both, None), |(sides, at)| (sides, Some(at)));
        Some(Self {
            value: value.flatten()?,
            sides,
            at,
        })
    }
}

impl Timeout {
    /// Converts it to a policy, as on a plain function it is one among others.
    pub(crate) fn policy(
        self,
        known: &'static kit_grammar::Policy,
        name: &Ident,
    ) -> Option<Policy> {
        let parsed = match self.value {
            TimeoutValue::Literal(limit) => ParsedValue::Value(Value::Duration(limit)),
            TimeoutValue::Constant(limit) => ParsedValue::Constant(limit),
        };
        let limit = Setting {
            key: known.key("limit")?,
            token: name.to_token_stream(),
            value: name.to_token_stream(),
            parsed,
        };
        Some(Policy {
            known,
            name: name.clone(),
            side: self.sides,
            at: self.at,
            settings: vec![limit],
            complete: true,
        })
    }
}

impl TimeoutValue {
    fn read(expr: Expr, errors: &mut Errors) -> Option<Self> {
        let mut literal = &expr;
        while let Expr::Group(group) = literal {
            literal = &group.expr;
        }
        let example = "write a duration like \"250ms\", \"2s\" or \"1m30s\"";
        match literal {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => match duration::parse(&text.value()) {
                Ok(duration) => Some(Self::Literal(duration)),
                Err(rule) => {
                    let help = format_args!("{example}; the units are {}", duration::UNIT_NAMES);
                    errors.on(text, rule, help);
                    None
                }
            },
            Expr::Lit(other) => {
                errors.on(other, "a duration is a string with a unit", example);
                None
            }
            _ => Some(Self::Constant(Box::new(expr))),
        }
    }
}
