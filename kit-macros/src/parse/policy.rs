//! `#[breaker(failures = 5)]` and its siblings: what a policy is told.
//!
//! What may be said stands in `kit_grammar`, one table for attributes and
//! configuration; here tokens become its text, and its messages find the
//! token that they are about.

use kit_grammar::{CountedBy, Key, Kind, Side, Value, did_you_mean};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprLit, Lit, Path, Token, UnOp};

use super::entries::{self, Entry, list};
use crate::diagnostic::Errors;
use crate::features;

/// What a policy's attribute says.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) known: &'static kit_grammar::Policy,
    /// The attribute's name.
    pub(crate) name: Ident,
    pub(crate) side: Side,
    /// Where `at` stands, if it does.
    pub(crate) at: Option<Ident>,
    pub(crate) settings: Vec<Setting>,
    /// Whether all of it could be read: what is missing of the rest may be
    /// what could not.
    pub(crate) whole: bool,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static Key,
    /// The key; the value where it stands alone.
    pub(crate) token: TokenStream,
    /// The value, or what of it a message is about.
    pub(crate) value: TokenStream,
    pub(crate) said: Said,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// One that was read here.
    Value(Value),
    /// A constant expression.
    Constant(Box<Expr>),
    /// Two constant expressions: `MIN..MAX`.
    Constants(Box<Expr>, Box<Expr>),
    /// A function.
    Path(Path),
}

/// One argument of a policy's attribute.
pub(crate) enum Argument {
    /// `key`, `key = value` or `key(..)`
    Keyed(Entry),
    /// A value alone.
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

/// Reads the value of `at`.
pub(crate) fn side(entry: &Entry, errors: &mut Errors) -> Option<(Side, Ident)> {
    const SIDES: [Side; 3] = [Side::Client, Side::Server, Side::Both];
    let ident = match &entry.value {
        entries::Value::Expr(expr) => word(expr),
        _ => None,
    };
    let Some(ident) = ident else {
        entry.wrong("a side", "at = client", errors);
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
    /// Reads the attribute's arguments.
    pub(crate) fn read(
        known: &'static kit_grammar::Policy,
        name: &Ident,
        tokens: TokenStream,
        errors: &mut Errors,
    ) -> Self {
        let mut policy = Self {
            known,
            name: name.clone(),
            side: known.side,
            at: None,
            settings: Vec::new(),
            whole: true,
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
                    policy.keyed(&entry, &key, errors);
                    seen.push(key);
                }
                Some(Err(value)) => policy.positional(*value, errors),
                None => {}
            }
        }
        policy.whole = errors.len() == before;
        policy
    }

    /// The setting of a key, if it is given.
    pub(crate) fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key.name == key)
    }

    /// The value of a key, if it is given and was read here.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        match &self.setting(key)?.said {
            Said::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The argument that callers are told apart by.
    pub(crate) fn counted_argument(&self) -> Option<(&str, &TokenStream)> {
        let setting = self.setting("key")?;
        match &setting.said {
            Said::Value(Value::CountedBy(CountedBy::Argument(name))) => {
                Some((name, &setting.value))
            }
            _ => None,
        }
    }

    /// A flag and a list look like expressions; which they are, the keys know.
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

    fn keyed(&mut self, entry: &Entry, text: &str, errors: &mut Errors) {
        if text == "at" {
            if let Some((side, at)) = side(entry, errors) {
                self.side = side;
                self.at = Some(at);
            }
            return;
        }
        let Some(key) = self.known.key(text) else {
            let mut keys = self.known.key_names();
            keys.push("at");
            errors.on(
                &entry.key,
                format_args!("`#[{}]` has no key `{text}`", self.name),
                did_you_mean(text, &keys),
            );
            return;
        };
        let token = entry.key.to_token_stream();
        if let Some((said, value)) = read(key, entry, &key.written(), errors) {
            self.settings.push(Setting {
                key,
                token,
                value,
                said,
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
        if let Some((said, value)) = read(key, &entry, &example, errors) {
            self.settings.push(Setting {
                key,
                token,
                value,
                said,
            });
        }
    }
}

impl Setting {
    /// The setting as the rules of the grammar see it.
    pub(crate) fn known(&self) -> kit_grammar::Setting {
        kit_grammar::Setting {
            key: self.key,
            value: match &self.said {
                Said::Value(value) => Some(value.clone()),
                _ => None,
            },
        }
    }
}

/// Reads a value, and says what of it messages are about.
fn read(
    key: &'static Key,
    entry: &Entry,
    example: &str,
    errors: &mut Errors,
) -> Option<(Said, TokenStream)> {
    let said = match &entry.value {
        entries::Value::Flag if key.kind == Kind::Flag => Said::Value(Value::Flag(true)),
        entries::Value::Flag => {
            errors.on(
                &entry.key,
                format_args!("`{}` has no value", key.name),
                format_args!("write `{example}`"),
            );
            return None;
        }
        entries::Value::List(inside) if key.kind == Kind::Codes => {
            let codes = codes(key, &entry.key, inside.clone(), errors)?;
            return Some((Said::Value(codes), inside.clone()));
        }
        entries::Value::List(_) => {
            entry.wrong(key.kind.expected(), example, errors);
            return None;
        }
        entries::Value::Expr(expr) => {
            let expr = ungrouped(expr);
            let said = expression(key, entry, expr, example, errors)?;
            refuse_unavailable(key, &said, expr, errors)?;
            let about = match list_of(expr) {
                Some((_, inside)) if matches!(said, Said::Value(_)) => inside,
                _ => expr.to_token_stream(),
            };
            return Some((said, about));
        }
    };
    Some((said, entry.key.to_token_stream()))
}

/// Reads the value after an `=`.
fn expression(
    key: &'static Key,
    entry: &Entry,
    expr: &Expr,
    example: &str,
    errors: &mut Errors,
) -> Option<Said> {
    if let Some(text) = literal(key.kind, expr) {
        return grammar(key, &text, expr, example, errors).map(Said::Value);
    }
    let is_literal = number(expr).is_some() || matches!(expr, Expr::Lit(_));
    match key.kind {
        Kind::Path => match expr {
            Expr::Path(path) if path.qself.is_none() => return Some(Said::Path(path.path.clone())),
            _ => {}
        },
        Kind::CountedBy | Kind::Word(_) if !is_literal => {
            let text = expr.to_token_stream().to_string().replace(' ', "");
            return grammar(key, &text, expr, example, errors).map(Said::Value);
        }
        Kind::Flag | Kind::Bool | Kind::Codes | Kind::CountedBy | Kind::Word(_) => {}
        Kind::DurationRange => match expr {
            Expr::Range(range) => {
                if let (Some(least), Some(most)) = (&range.start, &range.end)
                    && !matches!(**least, Expr::Lit(_))
                    && !matches!(**most, Expr::Lit(_))
                {
                    return Some(Said::Constants(least.clone(), most.clone()));
                }
            }
            _ if !is_literal => return Some(Said::Constant(Box::new(expr.clone()))),
            _ => {}
        },
        _ if !is_literal => return Some(Said::Constant(Box::new(expr.clone()))),
        _ => {}
    }
    entry.wrong(key.kind.expected(), example, errors);
    None
}

/// Reads a text by the grammar; its message stands on the value.
fn grammar(
    key: &'static Key,
    text: &str,
    expr: &Expr,
    example: &str,
    errors: &mut Errors,
) -> Option<Value> {
    match key.kind.read(key.name, text, key.example) {
        Ok(value) => Some(value),
        Err(wrong) => {
            // Where the value stands alone, so does the example.
            let alone = format!("write `{} = {}`", key.name, key.example);
            let help = if wrong.help == alone {
                format!("write `{example}`")
            } else {
                wrong.help
            };
            errors.on(expr, wrong.rule, help);
            None
        }
    }
}

/// The text of a literal, where its kind is written that way.
fn literal(kind: Kind, expr: &Expr) -> Option<String> {
    let takes_number = matches!(
        kind,
        Kind::Integer { .. } | Kind::Float { .. } | Kind::Window
    );
    if let Some(number) = number(expr) {
        let whole = !matches!(kind, Kind::Window) || !number.contains('.');
        return (takes_number && whole).then_some(number);
    }
    let Expr::Lit(ExprLit { lit, .. }) = expr else {
        return None;
    };
    match lit {
        Lit::Str(text) if kind.is_string() || matches!(kind, Kind::Word(_)) => Some(text.value()),
        Lit::Bool(value) if matches!(kind, Kind::Flag | Kind::Bool) => {
            Some(value.value.to_string())
        }
        _ => None,
    }
}

/// The digits of a number, with its sign.
fn number(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => Some(number.base10_digits().to_owned()),
        Expr::Lit(ExprLit {
            lit: Lit::Float(number),
            ..
        }) => Some(number.base10_digits().to_owned()),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            number(&unary.expr).map(|number| format!("-{number}"))
        }
        _ => None,
    }
}

/// Reads the codes in a list, each reported on its own.
fn codes(
    key: &'static Key,
    token: &Ident,
    inside: TokenStream,
    errors: &mut Errors,
) -> Option<Value> {
    let before = errors.len();
    let exprs: Vec<Expr> = list(inside, errors);
    let mut codes: Vec<&'static str> = Vec::new();
    for expr in &exprs {
        let Some(ident) = word(expr) else {
            let help = format_args!("write `{}`", key.written());
            errors.on(expr, "a code is one word", help);
            continue;
        };
        match key.kind.read(key.name, &ident.to_string(), key.example) {
            Ok(Value::Codes(read)) if read.iter().all(|code| !codes.contains(code)) => {
                codes.extend(read);
            }
            Ok(_) => errors.on(
                &ident,
                format_args!("`{ident}` is given twice"),
                "keep one of them",
            ),
            Err(wrong) => errors.on(&ident, wrong.rule, wrong.help),
        }
    }
    if errors.len() > before {
        return None;
    }
    match key.kind.read(key.name, &codes.join(","), key.example) {
        Ok(codes) => Some(codes),
        Err(wrong) => {
            errors.on(token, wrong.rule, wrong.help);
            None
        }
    }
}

/// Values of the grammar that this build can't serve.
fn refuse_unavailable(
    key: &'static Key,
    said: &Said,
    expr: &Expr,
    errors: &mut Errors,
) -> Option<()> {
    match said {
        Said::Value(Value::CountedBy(CountedBy::Identity)) => errors.on(
            expr,
            "`key = identity` needs `#[auth]`, which is not available in this version",
            "write `key = peer`, or `key = header(\"x-tenant\")` with a header that tells callers apart",
        ),
        Said::Value(Value::Word("redis")) if !features::REDIS => errors.on(
            expr,
            format_args!("`{} = \"redis\"` needs kit's cargo feature `redis`, which is off", key.name),
            "write `features = [\"redis\"]` for kit in Cargo.toml, or leave the key out",
        ),
        _ => return Some(()),
    }
    None
}

/// The one word that an expression is.
fn word(expr: &Expr) -> Option<Ident> {
    match ungrouped(expr) {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => {
            path.path.get_ident().cloned()
        }
        _ => None,
    }
}

/// `name(..)`: the name, and what stands in the parentheses.
fn list_of(expr: &Expr) -> Option<(Ident, TokenStream)> {
    match ungrouped(expr) {
        Expr::Call(call) => Some((word(&call.func)?, call.args.to_token_stream())),
        _ => None,
    }
}

/// The expression inside the invisible groups that `macro_rules!` leaves.
fn ungrouped(mut expr: &Expr) -> &Expr {
    while let Expr::Group(group) = expr {
        expr = &group.expr;
    }
    expr
}
