//! The value of a key: literals by the grammar, constants as they are.

use kit_grammar::{CountedBy, Key, Kind, Value};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::{Expr, ExprLit, Lit, UnOp};

use super::Said;
use crate::diagnostic::Errors;
use crate::features;
use crate::parse::entries::{self, Entry, list};

/// Reads a value, and says what of it messages are about.
pub(super) fn read(
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
        Kind::CountedBy | Kind::Word(_) | Kind::Name(_) if !is_literal => {
            let text = expr.to_token_stream().to_string().replace(' ', "");
            return grammar(key, &text, expr, example, errors).map(Said::Value);
        }
        Kind::Flag | Kind::Bool | Kind::Codes | Kind::CountedBy | Kind::Word(_) | Kind::Name(_) => {
        }
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
    let Said::Value(value) = said else {
        return Some(());
    };
    let Some((rule, help)) = unavailable(key, value) else {
        return Some(());
    };
    errors.on(expr, rule, help);
    None
}

/// Why this build can't serve a value of the grammar, and the way out.
pub(crate) fn unavailable(key: &Key, value: &Value) -> Option<(String, &'static str)> {
    match value {
        Value::CountedBy(CountedBy::Identity) => Some((
            "`key = identity` needs `#[auth]`, which is not available in this version".to_owned(),
            "write `key = peer`, or `key = header(\"x-tenant\")` with a header that tells callers apart",
        )),
        Value::Name(name) if name == "redis" && !features::REDIS => Some((
            format!(
                "`{} = \"redis\"` needs kit's cargo feature `redis`, which is off",
                key.name
            ),
            "write `features = [\"redis\"]` for kit in Cargo.toml, or leave the key out",
        )),
        _ => None,
    }
}

/// The one word that an expression is.
pub(super) fn word(expr: &Expr) -> Option<Ident> {
    match ungrouped(expr) {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => {
            path.path.get_ident().cloned()
        }
        _ => None,
    }
}

/// `name(..)`: the name, and what stands in the parentheses.
pub(super) fn list_of(expr: &Expr) -> Option<(Ident, TokenStream)> {
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
