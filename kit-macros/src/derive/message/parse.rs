//! The parser: tokens → model.

use quote::ToTokens;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, ExprUnary, Fields, Ident, Lit, LitInt, LitStr,
    Member, UnOp,
};

use super::model::{Body, Entry, Enumeration, Field, Model, Value, Variant};
use super::names;
use crate::derive::attributes::{Container, docs, is_deprecated, named, single, unknown_key};
use crate::diagnostic::Errors;

/// The encodings that `#[proto(..)]` names, and their types.
const ENCODINGS: &[(&str, &str)] = &[
    ("sint32", "Sint32"),
    ("sint64", "Sint64"),
    ("fixed32", "Fixed32"),
    ("fixed64", "Fixed64"),
    ("sfixed32", "Sfixed32"),
    ("sfixed64", "Sfixed64"),
];

/// Parses an item, as far as it is valid.
pub(super) fn read<'a>(item: &'a DeriveInput, errors: &mut Errors) -> Model<'a> {
    let container = Container::read(&item.attrs, &["crate", "name"], errors);
    refuse_misplaced(&item.attrs, &["tag", "proto", "other"], "a type", errors);
    let body = match &item.data {
        Data::Struct(data) => Body::Message(fields(&data.fields, errors)),
        Data::Enum(data) => variants(item, data.variants.iter().collect(), errors),
        Data::Union(data) => {
            errors.on(
                data.union_token,
                format!("`{}` is a union, which has no protobuf form", item.ident),
                "make it an enum",
            );
            Body::Unsupported
        }
    };
    Model {
        ident: &item.ident,
        generics: &item.generics,
        container,
        docs: docs(&item.attrs),
        body,
    }
}

fn fields<'a>(fields: &'a Fields, errors: &mut Errors) -> Vec<Field<'a>> {
    let is_single = fields.len() == 1;
    fields
        .iter()
        .enumerate()
        .map(|(index, field)| {
            refuse_misplaced(&field.attrs, &["kit", "other"], "a field", errors);
            let proto = Proto::read(&field.attrs, true, errors);
            let name = match &field.ident {
                Some(ident) => names::unraw(ident),
                None if is_single => "value".to_owned(),
                None => format!("field_{}", index + 1),
            };
            let member = match &field.ident {
                Some(ident) => Member::Named(ident.clone()),
                None => Member::from(index),
            };
            Field {
                member,
                ty: &field.ty,
                entry: entry(&field.attrs, proto.name, name, index, field, errors),
                encoding: proto.encoding,
            }
        })
        .collect()
}

fn entry<'a>(
    attributes: &'a [Attribute],
    explicit: Option<String>,
    name: String,
    index: usize,
    item: &'a dyn ToTokens,
    errors: &mut Errors,
) -> Entry<'a> {
    let tag = single(attributes, "tag", errors);
    let number = tag
        .and_then(|tag| number(tag, errors))
        .map(|number| number as u64);
    Entry {
        name: explicit.unwrap_or(name),
        tag: number.unwrap_or(index as u64 + 1),
        place: match tag {
            Some(tag) => tag,
            None => item,
        },
        docs: docs(attributes),
        deprecated: is_deprecated(attributes),
    }
}

/// The number in `#[tag(n)]`.
fn number(tag: &Attribute, errors: &mut Errors) -> Option<i64> {
    let parsed = tag.parse_args_with(|input: syn::parse::ParseStream<'_>| {
        let negative = input.parse::<Option<syn::Token![-]>>()?.is_some();
        let number: i64 = input.parse::<LitInt>()?.base10_parse()?;
        Ok(if negative { -number } else { number })
    });
    match parsed {
        Ok(number) => Some(number),
        Err(_) => {
            errors.on(
                tag,
                "`#[tag]` takes one whole number",
                "write a number, as in `#[tag(3)]`",
            );
            None
        }
    }
}

fn variants<'a>(
    item: &'a DeriveInput,
    variants: Vec<&'a syn::Variant>,
    errors: &mut Errors,
) -> Body<'a> {
    if variants.is_empty() {
        errors.on(
            &item.ident,
            format!(
                "enum `{}` has no variants, so it has no values to send",
                item.ident
            ),
            "add a variant",
        );
        return Body::Unsupported;
    }
    let has_data = variants.iter().any(|variant| {
        !matches!(variant.fields, Fields::Unit) && named(&variant.attrs, "other").next().is_none()
    });
    if has_data {
        Body::OneOf(members(variants, errors))
    } else {
        Body::Enumeration(enumeration(variants, errors))
    }
}

fn members<'a>(variants: Vec<&'a syn::Variant>, errors: &mut Errors) -> Vec<Variant<'a>> {
    variants
        .into_iter()
        .enumerate()
        .map(|(index, variant)| {
            if let Some(other) = named(&variant.attrs, "other").next() {
                errors.on(
                    other,
                    "`#[other]` keeps unknown numbers of an enum without data, but this enum has data",
                    "remove it: the data of an unknown variant can't be kept",
                );
            }
            refuse_misplaced(&variant.attrs, &["kit"], "a variant", errors);
            let proto = Proto::read(&variant.attrs, false, errors);
            let name = names::snake(&names::unraw(&variant.ident));
            Variant {
                ident: &variant.ident,
                ty: member_type(variant, errors),
                entry: entry(&variant.attrs, proto.name, name, index, variant, errors),
            }
        })
        .collect()
}

fn member_type<'a>(variant: &'a syn::Variant, errors: &mut Errors) -> Option<&'a syn::Type> {
    let ident = &variant.ident;
    match &variant.fields {
        Fields::Unit => None,
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let field = &fields.unnamed[0];
            refuse_misplaced(
                &field.attrs,
                &["kit", "other", "tag", "proto"],
                "the value of a variant",
                errors,
            );
            Some(&field.ty)
        }
        fields => {
            errors.on(
                fields,
                format!("variant `{ident}` must hold one value, as it is a member of a oneof"),
                format!(
                    "give it a struct that derives `kit::Message` with these fields: `{ident}({ident})`"
                ),
            );
            None
        }
    }
}

fn enumeration<'a>(variants: Vec<&'a syn::Variant>, errors: &mut Errors) -> Enumeration<'a> {
    let mut enumeration = Enumeration {
        values: Vec::new(),
        other: None,
    };
    let mut next = 0;
    for variant in variants {
        refuse_misplaced(
            &variant.attrs,
            &["kit", "proto"],
            "a variant without data",
            errors,
        );
        if let Some(other) = single(&variant.attrs, "other", errors) {
            read_other(variant, other, &mut enumeration, errors);
            continue;
        }
        let tag = single(&variant.attrs, "tag", errors).and_then(|tag| number(tag, errors));
        let number = tag
            .or_else(|| discriminant(variant, errors))
            .unwrap_or(next);
        next = number + 1;
        enumeration.values.push(Value {
            ident: &variant.ident,
            number,
            docs: docs(&variant.attrs),
        });
    }
    enumeration
}

fn read_other<'a>(
    variant: &'a syn::Variant,
    other: &Attribute,
    enumeration: &mut Enumeration<'a>,
    errors: &mut Errors,
) {
    let holds_i32 = match &variant.fields {
        Fields::Unnamed(fields) => {
            fields.unnamed.len() == 1 && fields.unnamed[0].ty.to_token_stream().to_string() == "i32"
        }
        _ => false,
    };
    if !holds_i32 {
        errors.on(
            variant,
            format!("variant `{}` must hold the unknown number", variant.ident),
            format!("write `{}(i32)`", variant.ident),
        );
    }
    if let Some(tag) = named(&variant.attrs, "tag").next() {
        errors.on(
            tag,
            "the `#[other]` variant has no fixed number",
            "remove the tag",
        );
    }
    if enumeration.other.replace(&variant.ident).is_some() {
        errors.on(other, "two variants are `#[other]`", "keep one of them");
    }
}

/// The number after `=`.
fn discriminant(variant: &syn::Variant, errors: &mut Errors) -> Option<i64> {
    let (_, expr) = variant.discriminant.as_ref()?;
    let value = literal(expr);
    if value.is_none() {
        errors.on(
            expr,
            format!(
                "the number of variant `{}` must be a literal",
                variant.ident
            ),
            "write the number, or set it with `#[tag(n)]`",
        );
    }
    value
}

fn literal(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => literal(expr).map(|number| -number),
        _ => None,
    }
}

/// `#[proto(..)]` of one field or variant.
#[derive(Default)]
struct Proto {
    name: Option<String>,
    encoding: Option<Ident>,
}

impl Proto {
    fn read(attributes: &[Attribute], encodes: bool, errors: &mut Errors) -> Self {
        let mut proto = Self::default();
        let mut keys = vec!["name"];
        if encodes {
            keys.extend(ENCODINGS.iter().map(|(key, _)| key));
        }
        for attribute in named(attributes, "proto") {
            let mut is_second = false;
            let result = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    let name: LitStr = meta.value()?.parse()?;
                    if !names::is_identifier(&name.value()) {
                        return Err(syn::Error::new(name.span(), format!(
                            "`{}` is not a valid protobuf name\nhelp: write letters, digits and underscores, starting with no digit",
                            name.value()
                        )));
                    }
                    proto.name = Some(name.value());
                    return Ok(());
                }
                let Some((_, ty)) = ENCODINGS
                    .iter()
                    .find(|(key, _)| encodes && meta.path.is_ident(key))
                else {
                    return Err(unknown_key(&meta, "proto", &keys));
                };
                is_second |= proto.encoding.is_some();
                let span = meta.path.get_ident().map(Ident::span);
                proto.encoding = span.map(|span| Ident::new(ty, span));
                Ok(())
            });
            if let Err(error) = result {
                errors.syntax(error);
            }
            if is_second {
                errors.on(
                    attribute,
                    "a field has one encoding, but this attribute names two",
                    "keep one of them",
                );
            }
        }
        proto
    }
}

/// Reports attributes that have no meaning on an item.
fn refuse_misplaced(attributes: &[Attribute], names: &[&str], on: &str, errors: &mut Errors) {
    for name in names {
        for attribute in named(attributes, name) {
            let place = match *name {
                "kit" => "the type itself",
                "other" => "a variant `Other(i32)` of an enum without data",
                "tag" => "a field of a struct or a variant of an enum",
                _ => "a field of a struct or a variant with data",
            };
            errors.on(
                attribute,
                format!("`#[{name}]` has no meaning on {on}"),
                format!("it belongs on {place}"),
            );
        }
    }
}
