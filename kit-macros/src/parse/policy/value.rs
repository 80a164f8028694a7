//! Parses the value of a key: literals by the grammar, other expressions as
//! constants.

use kit_grammar::{CountedBy, Key, Kind, Value};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{Expr, ExprLit, Lit, UnOp};

use super::parsed_value::ParsedValue;
use crate::diagnostic::Errors;
use crate::features;
use crate::parse::entries::{self, Entry, list};

/// Parses a value, and returns it with the tokens to report problems at.
pub(super) fn read(
    key: &'static Key,
    entry: &Entry,
    example: &str,
    errors: &mut Errors,
) -> Option<(ParsedValue, TokenStream)> {
    let parsed = match &entry.value {
        entries::Value::Flag if key.kind == Kind::Flag => ParsedValue::Value(Value::Flag(true)),
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
            return Some((ParsedValue::Value(codes), inside.clone()));
        }
        entries::Value::List(_) => {
            entry.wrong_type(key.kind.expected(), example, errors);
            return None;
        }
        entries::Value::Expr(expr) => {
            let expr = ungrouped(expr);
            let parsed = expression(key, entry, expr, example, errors)?;
            refuse_unavailable(key, &parsed, expr, errors)?;
            let about = match list_of(expr) {
                Some((_, inside)) if matches!(parsed, ParsedValue::Value(_)) => inside,
                _ => expr.to_token_stream(),
            };
            return Some((parsed, about));
        }
    };
    Some((parsed, entry.key.to_token_stream()))
}

/// Parses the value after an `=`.
fn expression(
    key: &'static Key,
    entry: &Entry,
    expr: &Expr,
    example: &str,
    errors: &mut Errors,
) -> Option<ParsedValue> {
    if let Some(text) = literal(key.kind, expr) {
        return grammar(key, &text, expr, example, errors).map(ParsedValue::Value);
    }
    let is_literal = number(expr).is_some() || matches!(expr, Expr::Lit(_));
    match key.kind {
        Kind::Path => match expr {
            Expr::Path(path) if path.qself.is_none() => {
                return Some(ParsedValue::Path(path.path.clone()));
            }
            _ => {}
        },
        Kind::CountedBy | Kind::Word(_) | Kind::Name(_) if !is_literal => {
            let text = expr.to_token_stream().to_string().replace(' ', "");
            return grammar(key, &text, expr, example, errors).map(ParsedValue::Value);
        }
        Kind::Flag | Kind::Bool | Kind::Codes | Kind::CountedBy | Kind::Word(_) | Kind::Name(_) => {
        }
        Kind::DurationRange => match expr {
            Expr::Range(range) => {
                if let (Some(least), Some(most)) = (&range.start, &range.end)
                    && !matches!(**least, Expr::Lit(_))
                    && !matches!(**most, Expr::Lit(_))
                {
                    return Some(ParsedValue::Constants(least.clone(), most.clone()));
                }
            }
            _ if !is_literal => return Some(ParsedValue::Constant(Box::new(expr.clone()))),
            _ => {}
        },
        _ if !is_literal => return Some(ParsedValue::Constant(Box::new(expr.clone()))),
        _ => {}
    }
    entry.wrong_type(key.kind.expected(), example, errors);
    None
}

/// Parses a text by the grammar; its problem is reported at the value.
fn grammar(
    key: &'static Key,
    text: &str,
    expr: &Expr,
    example: &str,
    errors: &mut Errors,
) -> Option<Value> {
    match key.kind.read(key.name, text, key.example) {
        Ok(value) => Some(value),
        Err(problem) => {
            // An example for a value without a key has no key, either.
            let with_key = format!("write `{} = {}`", key.name, key.example);
            let help = if problem.help == with_key {
                format!("write `{example}`")
            } else {
                problem.help
            };
            errors.on(expr, problem.rule, help);
            None
        }
    }
}

/// The text of a literal, if it is one of the kind's literals.
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
        Lit::Str(text) if kind.is_string() || matches!(kind, Kind::Word(_) | Kind::Name(_)) => {
            Some(text.value())
        }
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

/// Parses the codes of a list; each problem is reported separately.
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
            errors.on(expr, "a code is a single word", help);
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
            Err(problem) => errors.on(&ident, problem.rule, problem.help),
        }
    }
    if errors.len() > before {
        return None;
    }
    match key.kind.read(key.name, &codes.join(","), key.example) {
        Ok(codes) => Some(codes),
        Err(problem) => {
            errors.on(token, problem.rule, problem.help);
            None
        }
    }
}

/// Reports a value that this build does not support.
fn refuse_unavailable(
    key: &'static Key,
    parsed: &ParsedValue,
    expr: &Expr,
    errors: &mut Errors,
) -> Option<()> {
    let ParsedValue::Value(value) = parsed else {
        return Some(());
    };
    let Some((rule, help)) = unavailable(key, value) else {
        return Some(());
    };
    errors.on(expr, rule, help);
    None
}

/// Why this build does not support a value, and the way out.
pub(crate) fn unavailable(key: &Key, value: &Value) -> Option<(String, &'static str)> {
    match value {
        Value::CountedBy(CountedBy::Identity) => Some((
            "`key = identity` needs `#[auth]`, which is not available in this version".to_owned(),
            "write `key = peer`, or `key = header(\"x-tenant\")` with a header that identifies callers",
        )),
        Value::Name(name) if name == "redis" && !features::REDIS => Some((
            format!(
                "`{} = \"redis\"` needs kit's cargo feature `redis`, which is off",
                key.name
            ),
            "write `features = [\"redis\"]` for kit in Cargo.toml, or remove the key",
        )),
        _ => None,
    }
}

/// The identifier that an expression consists of.
pub(super) fn word(expr: &Expr) -> Option<Ident> {
    match ungrouped(expr) {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => {
            path.path.get_ident().cloned()
        }
        _ => None,
    }
}

/// The name and the arguments of `name(..)`.
pub(super) fn list_of(expr: &Expr) -> Option<(Ident, TokenStream)> {
    match ungrouped(expr) {
        Expr::Call(call) => Some((word(&call.func)?, call.args.to_token_stream())),
        _ => None,
    }
}

/// Strips the invisible groups that `macro_rules!` adds.
fn ungrouped(mut expr: &Expr) -> &Expr {
    while let Expr::Group(group) = expr {
        expr = &group.expr;
    }
    expr
}
