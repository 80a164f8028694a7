//! The checks: model → all errors.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{GenericParam, Type};

use super::model::{Body, Entry, Enumeration, Field, Model};
use super::names;
use crate::diagnostic::Errors;

/// The largest field number; the other 3 of 32 bits are the wire type.
const TAG_MAX: u64 = (1 << 29) - 1;

/// Numbers that protobuf reserves.
const RESERVED: std::ops::RangeInclusive<u64> = 19_000..=19_999;

/// Checks a type.
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
            format!("`{}` is not a valid protobuf name", name.value()),
            "write letters, digits and underscores, optionally after a package, as in `acme.v1.Item`",
        );
    }
}

/// A message outlives the bytes that it was decoded from.
fn check_lifetimes(model: &Model<'_>, errors: &mut Errors) {
    for parameter in &model.generics.params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            errors.on(
                lifetime,
                format!(
                    "`{}` borrows for `{}`, but a message owns its fields",
                    model.ident, lifetime.lifetime
                ),
                "remove the lifetime: use `String` for `&str`, `Vec<u8>` or `bytes::Bytes` for `&[u8]`",
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
                format!("`{}` is not a valid protobuf name", entry.name),
                "give it another name of letters, digits and underscores: `#[proto(name = \"..\")]`",
            );
        }
        if let Some(first) = tags.insert(entry.tag, &entry.name) {
            errors.on(
                entry.place,
                format!("number {} is taken by {kind} `{first}`", entry.tag),
                format!("give `{}` another number: `#[tag(n)]`", entry.name),
            );
        }
        if seen.insert(&entry.name, ()).is_some() {
            errors.on(
                entry.place,
                format!("two {kind}s are named `{}` in protobuf", entry.name),
                "rename one of them: `#[proto(name = \"..\")]`",
            );
        }
    }
}

fn check_tag(entry: &Entry<'_>, errors: &mut Errors) {
    let tag = entry.tag;
    if tag == 0 || tag > TAG_MAX {
        // A negative number was converted to a large one.
        errors.on(
            entry.place,
            "a field number must be from 1 to 536870911",
            "write one of them; numbers below 16 take one byte on the wire",
        );
    } else if RESERVED.contains(&tag) {
        errors.on(
            entry.place,
            format!("field number {tag} is reserved by protobuf, as are all from 19000 to 19999"),
            "write a number below or above",
        );
    }
}

/// Reports types that have no protobuf form and are recognized by their syntax. For
/// them, the compiler would report only a missing trait.
fn check_type(ty: &Type, errors: &mut Errors) {
    let (rule, help) = match ty {
        Type::Reference(_) => (
            "is borrowed, but a message owns its fields",
            "use `String` for `&str`, `Vec<u8>` or `bytes::Bytes` for `&[u8]`",
        ),
        Type::Array(_) | Type::Slice(_) => (
            "has no protobuf form",
            "use a `Vec`; for bytes, `Vec<u8>` or `bytes::Bytes`",
        ),
        Type::Tuple(tuple) if !tuple.elems.is_empty() => (
            "has no protobuf form: its members have no names",
            "make it a struct that derives `kit::Message`",
        ),
        Type::Path(path) => match path.path.get_ident().map(ToString::to_string).as_deref() {
            Some("usize") => (
                "has a size that differs between machines",
                "write `u64`, or `u32`",
            ),
            Some("isize") => (
                "has a size that differs between machines",
                "write `i64`, or `i32`",
            ),
            Some("u128" | "i128") => (
                "has no protobuf form: integers have at most 64 bits",
                "write `u64`, `i64` or `String`",
            ),
            Some("char") => ("has no protobuf form", "write `String` or `u32`"),
            _ => return,
        },
        _ => return,
    };
    let written = ty.to_token_stream().to_string().replace("& ", "&");
    errors.on(ty, format!("`{written}` {rule}"), help);
}

/// The encodings and their integer types.
const ENCODED: &[(&str, &str)] = &[
    ("Sint32", "i32"),
    ("Sint64", "i64"),
    ("Fixed32", "u32"),
    ("Fixed64", "u64"),
    ("Sfixed32", "i32"),
    ("Sfixed64", "i64"),
];

/// Reports an encoding of another built-in type; the compiler checks aliases.
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
                "the number of a variant is an `i32`",
            );
        }
        if let Some(first) = numbers.insert(value.number, value.ident.to_string()) {
            errors.on(
                value.ident,
                format!("number {} is taken by variant `{first}`", value.number),
                format!("give `{}` another number", value.ident),
            );
        }
    }
    if !numbers.contains_key(&0) {
        errors.on(
            model.ident,
            format!(
                "enum `{}` has no variant numbered 0, which is the value of an absent field",
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
