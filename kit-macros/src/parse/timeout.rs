//! `#[timeout("2s", at = client)]`

use std::time::Duration;

use kit_grammar::{did_you_mean, duration};
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprLit, Lit, Token};

use super::entries::{Entry, Value, list};
use crate::diagnostic::Errors;

/// What `#[timeout]` says.
#[derive(Clone, Debug)]
pub(crate) struct Timeout {
    pub(crate) value: TimeoutValue,
    pub(crate) sides: Sides,
    /// Where `at` stands, if it does.
    pub(crate) at: Option<Ident>,
}

/// How long.
#[derive(Clone, Debug)]
pub(crate) enum TimeoutValue {
    /// A duration that was read here.
    Literal(Duration),
    /// A constant expression of type `Duration`.
    Constant(Box<Expr>),
}

/// The sides that a policy works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sides {
    Client,
    Server,
    Both,
}

impl Sides {
    pub(crate) fn client(self) -> bool {
        self != Self::Server
    }

    pub(crate) fn server(self) -> bool {
        self != Self::Client
    }

    /// Reads the value of `at`.
    fn read(entry: &Entry, errors: &mut Errors) -> Option<(Self, Ident)> {
        const SIDES: [&str; 3] = ["client", "server", "both"];
        let ident = match &entry.value {
            Value::Expr(expr) => match &**expr {
                Expr::Path(path) => path.path.get_ident(),
                _ => None,
            },
            _ => None,
        };
        let Some(ident) = ident else {
            entry.wrong("a side", "at = client", errors);
            return None;
        };
        let sides = match ident.to_string().as_str() {
            "client" => Self::Client,
            "server" => Self::Server,
            "both" => Self::Both,
            other => {
                let rule = format_args!("`{other}` is not a side of a call");
                errors.on(ident, rule, did_you_mean(other, &SIDES));
                return None;
            }
        };
        Some((sides, ident.clone()))
    }
}

/// One argument of the attribute.
enum Argument {
    Keyed(Entry),
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

impl Timeout {
    /// Reads the attribute's arguments.
    pub(crate) fn read(
        attribute: &Ident,
        tokens: TokenStream,
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
                    "keep one of them; sides differ by `at = client` or `at = server`",
                ),
                Argument::Value(expr) => value = Some(TimeoutValue::read(*expr, errors)),
                Argument::Keyed(entry) if entry.key != "at" => {
                    let key = entry.key.to_string();
                    errors.on(
                        &entry.key,
                        format_args!("`#[timeout]` has no key `{key}`"),
                        did_you_mean(&key, &["at"]),
                    );
                }
                Argument::Keyed(entry) if sides.is_some() => {
                    errors.on(&entry.key, "`at` is given twice", "keep one of them");
                }
                Argument::Keyed(entry) => sides = Some(Sides::read(&entry, errors)),
            }
        }
        if value.is_none() && errors.len() == before {
            errors.on(
                attribute,
                "`#[timeout]` has no duration",
                "write how long, as in `#[timeout(\"2s\")]`",
            );
        }
        let (sides, at) = sides
            .flatten()
            .map_or((Sides::Both, None), |(sides, at)| (sides, Some(at)));
        Some(Self {
            value: value.flatten()?,
            sides,
            at,
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
                Err(wrong) => {
                    let help = format_args!("{example}; the units are {}", duration::UNIT_NAMES);
                    errors.on(text, wrong, help);
                    None
                }
            },
            Expr::Lit(other) => {
                errors.on(other, "a duration is a string with its unit", example);
                None
            }
            _ => Some(Self::Constant(Box::new(expr))),
        }
    }
}
