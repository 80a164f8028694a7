//! Parses parameters and their attributes: `#[header("x-tenant")] tenant: String`.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::{Attribute, LitInt, LitStr, Meta, PatType};

use super::own::{PARAMETER_ATTRIBUTES, arguments, own_name};
use super::unavailable;
use crate::diagnostic::Errors;

/// A parameter with its parsed attributes.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// The parameter with only the attributes that are not kit's.
    pub(crate) typed: PatType,
    pub(crate) source: Option<SourceSyntax>,
    pub(crate) tag: Option<LitInt>,
    pub(crate) sensitive: bool,
    /// Whether an attribute is invalid, so that the source is unknown.
    pub(crate) misread: bool,
    /// Its first attribute, for errors of a parameter that is not an argument.
    pub(crate) first_own: Option<Ident>,
}

/// The part of an HTTP request that an attribute reads a parameter from.
#[derive(Clone, Debug)]
pub(crate) enum SourceSyntax {
    Path(Ident),
    Query(Ident),
    Header(Ident, LitStr),
    Body(Ident),
}

impl SourceSyntax {
    /// The attribute's name.
    pub(crate) fn ident(&self) -> &Ident {
        match self {
            Self::Path(ident) | Self::Query(ident) | Self::Header(ident, _) | Self::Body(ident) => {
                ident
            }
        }
    }
}

impl Parameter {
    /// Parses a parameter of a method of the trait.
    pub(crate) fn read(mut typed: PatType, errors: &mut Errors) -> Self {
        let attributes = std::mem::take(&mut typed.attrs);
        let mut parameter = Self {
            typed,
            source: None,
            tag: None,
            sensitive: false,
            misread: false,
            first_own: None,
        };
        for attribute in attributes {
            match own_name(&attribute) {
                Some(name) => parameter.read_own(&name, &attribute, errors),
                None => parameter.typed.attrs.push(attribute),
            }
        }
        parameter
    }

    fn read_own(&mut self, name: &Ident, attribute: &Attribute, errors: &mut Errors) {
        self.first_own.get_or_insert_with(|| name.clone());
        match name.to_string().as_str() {
            "path" => self.set_source(SourceSyntax::Path(name.clone()), attribute, errors),
            "query" => self.set_source(SourceSyntax::Query(name.clone()), attribute, errors),
            "body" => self.set_source(SourceSyntax::Body(name.clone()), attribute, errors),
            "header" => self.set_header(name, attribute, errors),
            "tag" if self.tag.is_some() => {
                errors.on(name, "`#[tag]` is given twice", "keep one of them");
            }
            "tag" => {
                self.tag = one_literal(name, attribute, "a number", "#[tag(3)]", errors);
            }
            "sensitive" => {
                no_arguments(name, attribute, errors);
                self.sensitive = true;
            }
            text if unavailable::UNAVAILABLE.contains(&text) => unavailable::refuse(name, errors),
            text => errors.on(
                name,
                format_args!("`#[{text}]` does not describe a parameter"),
                format_args!(
                    "move it to the method; a parameter takes `#[{}]`",
                    PARAMETER_ATTRIBUTES.join("]`, `#[")
                ),
            ),
        }
    }

    fn set_header(&mut self, name: &Ident, attribute: &Attribute, errors: &mut Errors) {
        let header: Option<LitStr> = one_literal(
            name,
            attribute,
            "a header's name",
            "#[header(\"x-tenant\")]",
            errors,
        );
        match header {
            Some(header) => self.claim(SourceSyntax::Header(name.clone(), header), errors),
            None => self.misread = true,
        }
    }

    fn set_source(&mut self, source: SourceSyntax, attribute: &Attribute, errors: &mut Errors) {
        no_arguments(source.ident(), attribute, errors);
        self.claim(source, errors);
    }

    fn claim(&mut self, source: SourceSyntax, errors: &mut Errors) {
        let Some(first) = &self.source else {
            self.source = Some(source);
            return;
        };
        let (first, second) = (first.ident(), source.ident());
        if first == second {
            let rule = format_args!("`#[{second}]` is given twice");
            errors.on(second, rule, "keep one of them");
        } else {
            errors.on(
                second,
                format_args!("a parameter has one source, and `#[{first}]` already sets it"),
                format_args!("keep `#[{first}]` or `#[{second}]`"),
            );
        }
    }
}

/// Reports kit's attributes on a parameter of an impl, and removes them.
pub(crate) fn refuse_on_impl(typed: &mut PatType, errors: &mut Errors) {
    typed.attrs.retain(|attribute| {
        let Some(name) = own_name(attribute) else {
            return true;
        };
        errors.on(
            &name,
            format_args!("`#[{name}]` belongs on the trait: every server and client share it"),
            "move it to the same parameter of the trait's method",
        );
        false
    });
}

fn no_arguments(name: &Ident, attribute: &Attribute, errors: &mut Errors) {
    let tokens = match &attribute.meta {
        Meta::Path(_) => return,
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => pair.value.to_token_stream(),
    };
    if !tokens.is_empty() {
        errors.on(
            tokens,
            format_args!("`#[{name}]` takes no arguments"),
            match name == "path" || name == "query" {
                true => format!("write `#[{name}]`; the parameter's own name is used"),
                false => format!("write `#[{name}]`"),
            },
        );
    }
}

fn one_literal<T: syn::parse::Parse>(
    name: &Ident,
    attribute: &Attribute,
    expected: &str,
    example: &str,
    errors: &mut Errors,
) -> Option<T> {
    let tokens = arguments(attribute, errors)?;
    let literal = syn::parse2(tokens.clone()).ok();
    if literal.is_none() {
        let rule = format!("`#[{name}]` takes {expected}");
        let help = format!("write `{example}`");
        match tokens.is_empty() {
            true => errors.on(name, rule, help),
            false => errors.on(tokens, rule, help),
        }
    }
    literal
}

/// Reports kit's attributes on the receiver or on `cx`, and removes them.
pub(crate) fn refuse_on_receiver(
    attributes: Vec<Attribute>,
    errors: &mut Errors,
) -> Vec<Attribute> {
    let (ours, others): (Vec<_>, Vec<_>) = attributes
        .into_iter()
        .partition(|attribute| own_name(attribute).is_some());
    for name in ours.iter().filter_map(own_name) {
        errors.on(
            &name,
            format_args!("`#[{name}]` describes an argument, which `self` is not"),
            "move it to an argument",
        );
    }
    others
}
