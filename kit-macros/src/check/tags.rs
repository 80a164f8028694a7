//! Rules about field numbers in protobuf.

use std::collections::HashMap;

use crate::diagnostic::Errors;
use crate::model::Method;

/// The largest field number.
const TAG_MAX: u32 = 536_870_911;

/// Numbers that protobuf reserves.
const RESERVED: std::ops::RangeInclusive<u32> = 19_000..=19_999;

/// Each argument is a field of the request, with a unique number.
pub(crate) fn check_tags(method: &Method, errors: &mut Errors) {
    let mut seen: HashMap<u32, &str> = HashMap::new();
    for argument in &method.arguments {
        let written = argument.parameter.tag.as_ref();
        if let Some(tag) = written.filter(|_| !method.grpc) {
            errors.on(
                tag,
                format_args!(
                    "`#[tag]` numbers a field of a gRPC request, but method `{}` does not use gRPC",
                    method.name
                ),
                "remove it, or add `grpc` to `#[transport(..)]`",
            );
            continue;
        }
        if let Some(tag) = written {
            let parsed = tag.base10_parse::<u32>();
            let reason = match parsed {
                Ok(0) => "field numbers start at 1".to_owned(),
                Ok(number) if RESERVED.contains(&number) => {
                    "protobuf reserves 19000 to 19999".to_owned()
                }
                Ok(number) if number <= TAG_MAX => String::new(),
                Err(_) if tag.base10_digits().starts_with('-') => {
                    "field numbers start at 1".to_owned()
                }
                _ => format!("the largest field number is {TAG_MAX}"),
            };
            if !reason.is_empty() {
                errors.on(
                    tag,
                    format_args!("{tag} is not a valid field number: {reason}"),
                    "write a small number that no other argument has",
                );
                continue;
            }
        }
        let Some(first) = seen.insert(argument.tag, &argument.name) else {
            continue;
        };
        let rule = format!(
            "arguments `{first}` and `{}` both have the number {}",
            argument.name, argument.tag
        );
        let help = "an argument without `#[tag]` is numbered by its position: give one of them another number";
        match written {
            Some(tag) => errors.on(tag, rule, help),
            None => errors.on(&argument.typed.pat, rule, help),
        }
    }
}
