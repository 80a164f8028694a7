//! The parser: tokens → model and all errors.

use kit_grammar::did_you_mean;
use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Ident, LitInt, Member, Meta, Type, Variant};

use super::model::{Carrier, Case, Field, Model};
use crate::derive::attributes::{Container, docs, named, single};
use crate::diagnostic::Errors;

/// The error codes, in the spelling of attributes and of Rust.
const CODES: &[(&str, &str)] = &[
    ("cancelled", "Cancelled"),
    ("unknown", "Unknown"),
    ("invalid_argument", "InvalidArgument"),
    ("deadline_exceeded", "DeadlineExceeded"),
    ("not_found", "NotFound"),
    ("already_exists", "AlreadyExists"),
    ("permission_denied", "PermissionDenied"),
    ("resource_exhausted", "ResourceExhausted"),
    ("failed_precondition", "FailedPrecondition"),
    ("aborted", "Aborted"),
    ("out_of_range", "OutOfRange"),
    ("unimplemented", "Unimplemented"),
    ("internal", "Internal"),
    ("unavailable", "Unavailable"),
    ("data_loss", "DataLoss"),
    ("unauthenticated", "Unauthenticated"),
];

/// Parses an item, as far as it is valid.
pub(super) fn read<'a>(item: &'a DeriveInput, errors: &mut Errors) -> Model<'a> {
    let container = Container::read(&item.attrs, &["crate"], errors);
    for attribute in named(&item.attrs, "status") {
        errors.on(
            attribute,
            "`#[status]` has no meaning on the type",
            "it belongs on each variant",
        );
    }
    let mut model = Model {
        ident: &item.ident,
        generics: &item.generics,
        container,
        cases: Vec::new(),
        carrier: None,
    };
    refuse_lifetimes(item, errors);
    match &item.data {
        Data::Enum(data) => read_variants(&mut model, data.variants.iter(), errors),
        Data::Struct(data) => refuse_kind(data.struct_token.span, item, "struct", errors),
        Data::Union(data) => refuse_kind(data.union_token.span, item, "union", errors),
    }
    model
}

fn refuse_kind(place: Span, item: &DeriveInput, kind: &str, errors: &mut Errors) {
    errors.at(
        place,
        format!(
            "`{}` is a {kind}, but a service error is an enum: a variant per failure",
            item.ident
        ),
        "make it an enum whose variants have `#[status(..)]`, one of them `Status(#[from] kit::Status)`",
    );
}

fn refuse_lifetimes(item: &DeriveInput, errors: &mut Errors) {
    for lifetime in item.generics.lifetimes() {
        errors.on(
            lifetime,
            format!(
                "`{}` borrows for `{}`, but a service error owns its fields",
                item.ident, lifetime.lifetime
            ),
            "remove the lifetime: use `String` for `&str`",
        );
    }
}

fn read_variants<'a>(
    model: &mut Model<'a>,
    variants: impl Iterator<Item = &'a Variant>,
    errors: &mut Errors,
) {
    let mut has_invalid_carrier = false;
    for variant in variants {
        for field in &variant.fields {
            refuse_on_field(field, errors);
        }
        let status = single(&variant.attrs, "status", errors);
        match (carrier(variant), status) {
            (Some(found), None) => add_carrier(model, variant, found, errors),
            (Some(found), Some(status)) if matches!(status.meta, Meta::Path(_)) => {
                add_carrier(model, variant, found, errors);
            }
            (_, Some(status)) if matches!(status.meta, Meta::Path(_)) => {
                has_invalid_carrier = true;
                errors.on(
                    status,
                    format!(
                        "`#[status]` without a code marks the variant of all other failures, but `{}` does not hold exactly one value",
                        variant.ident
                    ),
                    format!("write `{}(#[from] kit::Status)`, or give a code", variant.ident),
                );
            }
            (_, status) => model.cases.push(case(variant, status, errors)),
        }
    }
    if model.carrier.is_none() && !has_invalid_carrier {
        errors.on(
            model.ident,
            format!(
                "enum `{}` has no variant for other failures, such as an exceeded deadline or a lost connection",
                model.ident
            ),
            "add one: `#[error(transparent)] Status(#[from] kit::Status)`",
        );
    }
}

fn refuse_on_field(field: &syn::Field, errors: &mut Errors) {
    for name in ["status", "kit"] {
        for attribute in named(&field.attrs, name) {
            errors.on(
                attribute,
                format!("`#[{name}]` has no meaning on a field"),
                if name == "status" {
                    "it belongs on the variant"
                } else {
                    "it belongs on the type"
                },
            );
        }
    }
}

fn add_carrier<'a>(
    model: &mut Model<'a>,
    variant: &'a Variant,
    carrier: Carrier<'a>,
    errors: &mut Errors,
) {
    if let Some(first) = &model.carrier {
        errors.on(
            &variant.ident,
            format!(
                "two variants hold a `Status`: `{}` and `{}`",
                first.ident, variant.ident
            ),
            "keep one, or give this one a code: `#[status(internal)]`",
        );
        return;
    }
    model.carrier = Some(carrier);
}

/// The variant as the one for all other failures, if it is: it holds only a
/// `Status`, or has a `#[status]` without a code.
fn carrier(variant: &Variant) -> Option<Carrier<'_>> {
    let mut fields = variant.fields.members().zip(&variant.fields);
    let (Some((member, field)), None) = (fields.next(), fields.next()) else {
        return None;
    };
    let marked = named(&variant.attrs, "status").any(|status| matches!(status.meta, Meta::Path(_)));
    (marked || is_status(&field.ty)).then_some(Carrier {
        ident: &variant.ident,
        member,
    })
}

fn is_status(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Status" && last.arguments.is_none()),
        Type::Group(group) => is_status(&group.elem),
        _ => false,
    }
}

fn case<'a>(variant: &'a Variant, status: Option<&Attribute>, errors: &mut Errors) -> Case<'a> {
    let read = match status {
        Some(status) => StatusAttribute::read(variant, status, errors),
        None => {
            errors.on(
                &variant.ident,
                format!("variant `{}` has no code", variant.ident),
                "write the code that callers get, as in `#[status(invalid_argument)]` or `#[status(not_found)]`",
            );
            StatusAttribute::default()
        }
    };
    let members = variant.fields.members().zip(&variant.fields);
    Case {
        ident: &variant.ident,
        fields: members
            .map(|(member, field)| case_field(member, &field.ty))
            .collect(),
        code: read
            .code
            .unwrap_or_else(|| Ident::new("Unknown", Span::call_site())),
        http: read.http,
        docs: docs(&variant.attrs),
    }
}

fn case_field(member: Member, ty: &Type) -> Field<'_> {
    let key = match &member {
        Member::Named(ident) => {
            let name = ident.to_string();
            name.strip_prefix("r#").unwrap_or(&name).to_owned()
        }
        Member::Unnamed(index) => index.index.to_string(),
    };
    Field { member, key, ty }
}

/// `#[status(not_found, http = 410)]`.
#[derive(Default)]
struct StatusAttribute {
    code: Option<Ident>,
    http: Option<u16>,
}

impl StatusAttribute {
    fn read(variant: &Variant, attribute: &Attribute, errors: &mut Errors) -> Self {
        let mut read = Self::default();
        // An invalid code is reported as such, not as a missing one.
        let mut has_code = false;
        let result = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("http") {
                return read.http(&meta);
            }
            has_code = true;
            match read.code(&meta) {
                Err(error) if !meta.input.peek(syn::Token![=]) => {
                    errors.syntax(error);
                    Ok(())
                }
                result => result,
            }
        });
        match result {
            Err(error) => errors.syntax(error),
            Ok(()) if !has_code => errors.on(
                attribute,
                format!("variant `{}` has no code", variant.ident),
                "write it first, as in `#[status(invalid_argument, http = 422)]`",
            ),
            Ok(()) => {}
        }
        read
    }

    fn code(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let name = meta
            .path
            .get_ident()
            .map_or_else(String::new, ToString::to_string);
        if meta.input.peek(syn::Token![=]) {
            return Err(meta.error(format!(
                "`#[status(..)]` has no key `{name}`\nhelp: {}",
                did_you_mean(&name, &["http"])
            )));
        }
        if name == "ok" {
            return Err(meta.error(
                "`ok` is not a failure\nhelp: write the code of a failure, as in `internal`",
            ));
        }
        // `NotFound` is a misspelling of `not_found`, not an unknown code.
        let found = CODES
            .iter()
            .find(|(snake, camel)| *snake == name || *camel == name);
        let Some((snake, camel)) = found else {
            let known: Vec<&str> = CODES.iter().map(|(snake, _)| *snake).collect();
            return Err(meta.error(format!(
                "there is no status code `{name}`\nhelp: {}",
                did_you_mean(&name, &known)
            )));
        };
        if *camel == name {
            return Err(meta.error(format!(
                "codes are written in snake case\nhelp: write `{snake}`"
            )));
        }
        if self.code.is_some() {
            return Err(meta.error(
                "a failure has one code, but this is a second one\nhelp: keep one of them",
            ));
        }
        self.code = Some(Ident::new(camel, meta.path.span()));
        Ok(())
    }

    fn http(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let number: LitInt = meta.value()?.parse()?;
        if self.http.is_some() {
            return Err(meta.error("`http` is given twice\nhelp: keep one of them"));
        }
        match number.base10_parse::<u16>() {
            Ok(status @ 400..=599) => {
                self.http = Some(status);
                Ok(())
            }
            _ => Err(syn::Error::new(
                number.span(),
                format!(
                    "{number} is not the HTTP status of a failure\nhelp: write a status from 400 to 599"
                ),
            )),
        }
    }
}
