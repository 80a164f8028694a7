//! Model → errors, all of them.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{GenericParam, Type};

use super::model::{Body, Entry, Enumeration, Field, Model};
use super::names;
use crate::diagnostic::Errors;

/// The largest field number: the rest of 32 bits says how the value is laid
/// out.
const TAG_MAX: u64 = (1 << 29) - 1;

/// Numbers that protobuf keeps for itself.
const RESERVED: std::ops::RangeInclusive<u64> = 19_000..=19_999;

/// Judges a type.
pub(super) fn check(model: &Model<'_>, errors: &mut Errors) {
    check_name(model, errors);
    check_lifetimes(model, errors);
    match &model.body {
        Body::Message(fields) => {
            check_entries(fields.iter().map(|field| &field.entry), "field", errors);
            for field in fields {
                check_type(field.ty, errors);
                check_encoding(field, errors);
            }
        }
        Body::OneOf(variants) => {
            check_entries(
                variants.iter().map(|variant| &variant.entry),
                "variant",
                errors,
            );
            let types = variants.iter().filter_map(|variant| variant.ty);
            types.for_each(|ty| check_type(ty, errors));
        }
        Body::Enumeration(enumeration) => check_enumeration(model, enumeration, errors),
        Body::Unsupported => {}
    }
}

fn check_name(model: &Model<'_>, errors: &mut Errors) {
    if let Some(name) = &model.container.name
        && !name.value().split('.').all(names::is_identifier)
    {
        errors.on(
            name,
            format!("`{}` is not a name in protobuf", name.value()),
            "letters, digits and underscores, with a package before it or not, as in `acme.v1.Item`",
        );
    }
}

/// A message outlives the bytes it was read from.
fn check_lifetimes(model: &Model<'_>, errors: &mut Errors) {
    for parameter in &model.generics.params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            errors.on(
                lifetime,
                format!(
                    "`{}` borrows for `{}`, but a message owns what it holds",
                    model.ident, lifetime.lifetime
                ),
                "remove the lifetime: hold `String` for `&str`, `Vec<u8>` or `bytes::Bytes` for `&[u8]`",
            );
        }
    }
}

fn check_entries<'a>(
    entries: impl Iterator<Item = &'a Entry<'a>>,
    kind: &str,
    errors: &mut Errors,
) {
    let mut tags: HashMap<u64, &str> = HashMap::new();
    let mut seen: HashMap<&str, ()> = HashMap::new();
    for entry in entries {
        check_tag(entry, errors);
        if !names::is_identifier(&entry.name) {
            errors.on(
                entry.place,
                format!("`{}` is not a name in protobuf", entry.name),
                "give it one: `#[proto(name = \"..\")]`, of letters, digits and underscores",
            );
        }
        if let Some(first) = tags.insert(entry.tag, &entry.name) {
            errors.on(
                entry.place,
                format!("number {} is taken by {kind} `{first}`", entry.tag),
                format!("give `{}` a number of its own: `#[tag(n)]`", entry.name),
            );
        }
        if seen.insert(&entry.name, ()).is_some() {
            errors.on(
                entry.place,
                format!("two {kind}s are named `{}` in protobuf", entry.name),
                "name one of them otherwise: `#[proto(name = \"..\")]`",
            );
        }
    }
}

fn check_tag(entry: &Entry<'_>, errors: &mut Errors) {
    let tag = entry.tag;
    if tag == 0 || tag > TAG_MAX {
        // A negative number is a large one here.
        errors.on(
            entry.place,
            "a field number must be from 1 to 536870911",
            "numbers below 16 take one byte on the wire, so give them to what is sent most",
        );
    } else if RESERVED.contains(&tag) {
        errors.on(
            entry.place,
            format!("field number {tag} is reserved: protobuf keeps 19000 to 19999 for itself"),
            "take one below or above",
        );
    }
}

/// Types of which it is known by their spelling that they have no form, where
/// the compiler could only say that some trait is missing.
fn check_type(ty: &Type, errors: &mut Errors) {
    let (what, instead) = match ty {
        Type::Reference(_) => (
            "is borrowed, but a message owns what it holds",
            "hold `String` for `&str`, `Vec<u8>` or `bytes::Bytes` for `&[u8]`",
        ),
        Type::Array(_) | Type::Slice(_) => (
            "has a length that protobuf can't say",
            "hold a `Vec`; for bytes, `Vec<u8>` or `bytes::Bytes`",
        ),
        Type::Tuple(tuple) if !tuple.elems.is_empty() => (
            "has no protobuf form: its parts have no names",
            "make it a struct that derives `kit::Message`",
        ),
        Type::Path(path) => match path.path.get_ident().map(ToString::to_string).as_deref() {
            Some("usize") => ("differs between machines", "write `u64`, or `u32`"),
            Some("isize") => ("differs between machines", "write `i64`, or `i32`"),
            Some("u128" | "i128") => (
                "has no protobuf form, whose integers end at 64 bits",
                "write `u64` or `i64`, or hold it as a `String`",
            ),
            Some("char") => ("has no protobuf form", "hold a `String`, or a `u32`"),
            _ => return,
        },
        _ => return,
    };
    let written = ty.to_token_stream().to_string().replace("& ", "&");
    errors.on(ty, format!("`{written}` {what}"), instead);
}

/// The encodings and the integers that have them.
const ENCODED: &[(&str, &str)] = &[
    ("Sint32", "i32"),
    ("Sint64", "i64"),
    ("Fixed32", "u32"),
    ("Fixed64", "u64"),
    ("Sfixed32", "i32"),
    ("Sfixed64", "i64"),
];

/// An encoding on a type that is spelled otherwise; an alias is left to the
/// compiler.
fn check_encoding(field: &Field<'_>, errors: &mut Errors) {
    let Some(encoding) = &field.encoding else {
        return;
    };
    let Some((name, integer)) = ENCODED.iter().find(|(name, _)| encoding == name) else {
        return;
    };
    let written = field.ty.to_token_stream().to_string().replace(' ', "");
    let inner = ["Option<", "Vec<"]
        .iter()
        .find_map(|outer| written.strip_prefix(outer)?.strip_suffix('>'))
        .unwrap_or(&written);
    let is_builtin = matches!(
        inner,
        "bool"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "f32"
            | "f64"
            | "String"
    );
    if is_builtin && inner != *integer {
        errors.on(
            encoding,
            format!(
                "`{}` is an encoding of `{integer}`, not of `{inner}`",
                name.to_lowercase()
            ),
            format!(
                "write `{integer}`, or `{integer}` in an `Option` or a `Vec`, or another encoding"
            ),
        );
    }
}

fn check_enumeration(model: &Model<'_>, enumeration: &Enumeration<'_>, errors: &mut Errors) {
    let mut numbers: HashMap<i64, String> = HashMap::new();
    for value in &enumeration.values {
        if i32::try_from(value.number).is_err() {
            errors.on(
                value.ident,
                format!(
                    "number {} of variant `{}` is out of range",
                    value.number, value.ident
                ),
                "the numbers of an enum are those of an `i32`",
            );
        }
        if let Some(first) = numbers.insert(value.number, value.ident.to_string()) {
            errors.on(
                value.ident,
                format!("number {} is taken by variant `{first}`", value.number),
                format!("give `{}` a number of its own", value.ident),
            );
        }
    }
    if !numbers.contains_key(&0) {
        errors.on(
            model.ident,
            format!(
                "enum `{}` has no variant numbered 0, which is what an absent field reads as",
                model.ident
            ),
            "add one, as in `Unspecified = 0`, or number the most harmless variant 0",
        );
    }
    if let Some(parameter) = model.generics.type_params().next() {
        errors.on(
            parameter,
            format!(
                "enum `{}` holds no data, so it can't be generic",
                model.ident
            ),
            "remove the parameter",
        );
    }
}
