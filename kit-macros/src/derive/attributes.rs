//! Attributes that both derives parse.

use kit_grammar::did_you_mean;
use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Path};

use crate::diagnostic::Errors;

/// `#[kit(..)]` on the type.
pub(crate) struct Container {
    /// The path of the kit crate.
    pub(crate) krate: Path,
    /// The name in the schema.
    pub(crate) name: Option<LitStr>,
}

impl Container {
    /// Parses `#[kit(..)]`; `keys` are those of the derive.
    pub(crate) fn read(attributes: &[Attribute], keys: &[&str], errors: &mut Errors) -> Self {
        let mut container = Self {
            krate: syn::parse_quote!(::kit),
            name: None,
        };
        for attribute in named(attributes, "kit") {
            let result = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("crate") {
                    container.krate = meta.value()?.call(Path::parse_mod_style)?;
                } else if meta.path.is_ident("name") && keys.contains(&"name") {
                    container.name = Some(meta.value()?.parse()?);
                } else {
                    return Err(unknown_key(&meta, "kit", keys));
                }
                Ok(())
            });
            if let Err(error) = result {
                errors.syntax(error);
            }
        }
        container
    }

    /// The path of the items that generated code uses.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = &self.krate;
        quote!(#krate::__private)
    }
}

/// The attributes of one name.
pub(crate) fn named<'a>(
    attributes: &'a [Attribute],
    name: &'a str,
) -> impl Iterator<Item = &'a Attribute> {
    attributes
        .iter()
        .filter(move |attribute| attribute.path().is_ident(name))
}

/// The only attribute of a name; each further one is an error.
pub(crate) fn single<'a>(
    attributes: &'a [Attribute],
    name: &'a str,
    errors: &mut Errors,
) -> Option<&'a Attribute> {
    let mut found = named(attributes, name);
    let first = found.next();
    for again in found {
        errors.on(
            again,
            format!("`#[{name}]` is given twice"),
            "keep one of them",
        );
    }
    first
}

/// The error of a key that does not exist.
pub(crate) fn unknown_key(
    meta: &ParseNestedMeta<'_>,
    attribute: &str,
    keys: &[&str],
) -> syn::Error {
    let key = meta
        .path
        .get_ident()
        .map_or_else(String::new, ToString::to_string);
    meta.error(format!(
        "`#[{attribute}(..)]` has no key `{key}`\nhelp: {}",
        did_you_mean(&key, keys)
    ))
}

/// Whether the item is marked `#[deprecated]`.
pub(crate) fn is_deprecated(attributes: &[Attribute]) -> bool {
    named(attributes, "deprecated").next().is_some()
}

/// The doc comments as text.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = named(attributes, "doc").filter_map(doc_line).collect();
    lines.join("\n").trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = &meta.value
    else {
        return None;
    };
    let text = text.value();
    // A block comment is one attribute with several indented lines.
    let lines = text
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    Some(lines.collect::<Vec<_>>().join("\n"))
}
