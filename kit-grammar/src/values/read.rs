//! Parsers of values whose messages name the key: numbers, flags, keywords,
//! codes and caller keys.

use super::bound::Bound;
use super::codes::CODES;
use super::problem::Problem;
use super::value::{CountedBy, Value};
use crate::names::{did_you_mean, nearest};

pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
}

pub(crate) fn integer(
    key: &str,
    text: &str,
    min: u32,
    max: u32,
    example: &str,
) -> Result<u32, Problem> {
    let help = || format!("write `{key} = {example}`");
    if !is_number(text) {
        return Err(Problem::new(
            format!("`{key}` takes a whole number, not `{text}`"),
            help(),
        ));
    }
    let below = || Problem::new(format!("`{key}` must be at least {min}"), help());
    if text.starts_with('-') {
        return Err(below());
    }
    let above = || Problem::new(format!("`{key}` must be at most {max}"), help());
    let number: u32 = text.replace('_', "").parse().map_err(|_| above())?;
    if number < min {
        Err(below())
    } else if number > max {
        Err(above())
    } else {
        Ok(number)
    }
}

pub(crate) fn float(
    key: &str,
    text: &str,
    min: Bound,
    max: Option<Bound>,
    example: &str,
) -> Result<f64, Problem> {
    let help = || format!("write `{key} = {example}`");
    let number: f64 = text
        .replace('_', "")
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| Problem::new(format!("`{key}` takes a number, not `{text}`"), help()))?;
    if !min.is_lower_bound_of(number) {
        let rule = match min {
            Bound::Including(bound) => format!("`{key}` must be at least {bound}"),
            Bound::Excluding(bound) => format!("`{key}` must be more than {bound}"),
        };
        return Err(Problem::new(rule, help()));
    }
    match max {
        Some(bound) if !bound.is_upper_bound_of(number) => {
            let rule = match bound {
                Bound::Including(bound) => format!("`{key}` must be at most {bound}"),
                Bound::Excluding(bound) => format!("`{key}` must be less than {bound}"),
            };
            Err(Problem::new(rule, help()))
        }
        _ => Ok(number),
    }
}

pub(crate) fn flag(key: &str, text: &str) -> Result<Value, Problem> {
    match text {
        "true" => Ok(Value::Flag(true)),
        "false" => Ok(Value::Flag(false)),
        _ => Err(Problem::new(
            format!("`{key}` takes `true` or `false`, not `{text}`"),
            format!("write `{key} = true` or `{key} = false`"),
        )),
    }
}

pub(crate) fn word(key: &str, text: &str, words: &[&'static str]) -> Result<&'static str, Problem> {
    words
        .iter()
        .find(|word| **word == text)
        .copied()
        .ok_or_else(|| {
            Problem::new(
                format!("`{text}` is not a valid value for `{key}`"),
                did_you_mean(text, words),
            )
        })
}

/// A name of lower-case words, each separated from the next by one underscore.
pub(crate) fn name(key: &str, text: &str, usual: &[&str]) -> Result<String, Problem> {
    if is_snake_case(text) {
        return Ok(text.to_owned());
    }
    Err(Problem::new(
        format!("`{text}` is not a name in snake_case"),
        format!(
            "for `{key}`, {}, or a name of your own",
            did_you_mean(text, usual)
        ),
    ))
}

fn is_snake_case(text: &str) -> bool {
    let is_word = |word: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !word.is_empty() && word.bytes().all(allowed)
    };
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.split('_').all(is_word)
}

pub(crate) fn codes(key: &str, text: &str) -> Result<Value, Problem> {
    let mut codes = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let known = CODES.iter().find(|code| **code == name);
        let Some(code) = known else {
            return Err(Problem::new(
                format!("`{name}` is not an error code"),
                did_you_mean(name, CODES),
            ));
        };
        if codes.contains(code) {
            return Err(Problem::new(
                format!("`{name}` is given twice"),
                "keep one of them",
            ));
        }
        codes.push(*code);
    }
    if codes.is_empty() {
        return Err(Problem::new(
            format!("`{key}` lists no codes"),
            format!("list the error codes, as in `{key}(unavailable)`"),
        ));
    }
    Ok(Value::Codes(codes))
}

pub(crate) fn counted_by(key: &str, text: &str) -> Result<CountedBy, Problem> {
    const FORMS: &str =
        "expected one of `everyone`, `peer`, `header(\"x-tenant\")`, `arg(name)`, `identity`";
    match text {
        "everyone" => return Ok(CountedBy::Everyone),
        "peer" => return Ok(CountedBy::Peer),
        "identity" => return Ok(CountedBy::Identity),
        _ => {}
    }
    let call = text.strip_suffix(')').and_then(|call| call.split_once('('));
    match call.map(|(function, inside)| (function.trim(), inside.trim())) {
        Some(("header", inside)) => header(key, inside),
        Some(("arg", inside)) if !inside.is_empty() && is_identifier(inside) => {
            Ok(CountedBy::Argument(inside.to_owned()))
        }
        Some(("arg", _)) => Err(Problem::new(
            "`arg` takes the name of an argument",
            format!("write `{key} = arg(tenant)`, with the name of an argument of the method"),
        )),
        _ => {
            let word = text.split('(').next().unwrap_or(text).trim();
            let known = ["everyone", "peer", "header", "arg", "identity"];
            let help = match nearest(word, &known) {
                Some(nearest) if nearest != word => format!("did you mean `{nearest}`? {FORMS}"),
                _ => FORMS.to_owned(),
            };
            Err(Problem::new(
                format!("`{text}` is not a valid value for `{key}`"),
                help,
            ))
        }
    }
}

fn header(key: &str, inside: &str) -> Result<CountedBy, Problem> {
    let name = inside
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
        .filter(|name| !name.is_empty());
    let Some(name) = name else {
        return Err(Problem::new(
            "`header` takes the name of a header as a string",
            format!("write `{key} = header(\"x-tenant\")`"),
        ));
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !name.bytes().all(allowed) {
        return Err(Problem::new(
            format!("`{name}` is not a valid header name"),
            "write letters, digits and `-`, as in \"x-tenant\"",
        ));
    }
    Ok(CountedBy::Header(name.to_ascii_lowercase()))
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}
