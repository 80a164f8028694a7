//! The arguments of a method: names, field numbers and sources.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Pat, PatType, Type};

use super::http::Http;
use crate::parse::{Parameter, SourceSyntax};
use crate::syntax::names;
use crate::syntax::types;

/// An argument of a method.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// The parameter as written, without kit's attributes.
    pub(crate) typed: PatType,
    pub(crate) ident: Ident,
    /// The key in JSON, the field in protobuf.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) source: Source,
    pub(crate) tag: u32,
    pub(crate) sensitive: bool,
    /// Whether the pattern is a name, which `check` requires.
    pub(crate) is_named: bool,
    /// The parsed parameter, for `check`.
    pub(crate) parameter: Parameter,
}

/// The part of an HTTP request that an argument is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Path,
    Query,
    Header(String),
    Member,
    Body,
    Stream,
}

impl Argument {
    pub(super) fn all(parameters: Vec<Parameter>, http: Option<&Http>) -> Vec<Self> {
        parameters
            .into_iter()
            .enumerate()
            .map(|(index, parameter)| Self::new(parameter, index, http))
            .collect()
    }

    fn new(parameter: Parameter, index: usize, http: Option<&Http>) -> Self {
        let typed = parameter.typed.clone();
        let (ident, is_named) = match &*typed.pat {
            Pat::Ident(pat) if is_plain(pat) => (pat.ident.clone(), true),
            _ => (
                Ident::new(&format!("argument_{index}"), Span::call_site()),
                false,
            ),
        };
        let name = names::wire(&ident);
        let position = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let tag = parameter
            .tag
            .as_ref()
            .map_or(position, |tag| tag.base10_parse().unwrap_or(position));
        Self {
            source: Source::new(&parameter, &name, http),
            ty: (*typed.ty).clone(),
            sensitive: parameter.sensitive,
            typed,
            ident,
            name,
            tag,
            is_named,
            parameter,
        }
    }

    /// The doc comments of the parameter.
    pub(crate) fn docs(&self) -> impl Iterator<Item = &Attribute> {
        self.typed
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("doc"))
    }
}

fn is_plain(pat: &syn::PatIdent) -> bool {
    pat.by_ref.is_none() && pat.mutability.is_none() && pat.subpat.is_none()
}

impl Source {
    fn new(parameter: &Parameter, name: &str, http: Option<&Http>) -> Self {
        if types::streaming(&parameter.typed.ty).is_some() {
            return Self::Stream;
        }
        match &parameter.source {
            Some(SourceSyntax::Path(_)) => return Self::Path,
            Some(SourceSyntax::Query(_)) => return Self::Query,
            Some(SourceSyntax::Header(_, header)) => {
                return Self::Header(header.value().to_ascii_lowercase());
            }
            Some(SourceSyntax::Body(_)) => return Self::Body,
            None => {}
        }
        let Some(http) = http else {
            return Self::Member;
        };
        let in_path = http
            .route
            .as_ref()
            .is_ok_and(|route| route.arguments().any(|argument| argument == name));
        if in_path {
            Self::Path
        } else if http.verb.has_no_body() {
            Self::Query
        } else {
            Self::Member
        }
    }
}
