//! `#[endpoint(post = "/sum", name = "Sum", status = 201, idempotent)]`

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt as _;
use syn::{LitInt, LitStr};

use super::entries::Grammar;
use crate::diagnostic::Errors;

/// The parsed `#[endpoint]` of a method.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) route: Option<EndpointRoute>,
    pub(crate) name: Option<LitStr>,
    pub(crate) status: Option<(Ident, LitInt)>,
    pub(crate) idempotent: bool,
}

/// A verb with its path.
#[derive(Clone, Debug)]
pub(crate) struct EndpointRoute {
    pub(crate) key: Ident,
    pub(crate) verb: Verb,
    pub(crate) path: LitStr,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

const GRAMMAR: Grammar = Grammar {
    attribute: "endpoint",
    keys: &[
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "name",
        "status",
        "idempotent",
    ],
};

impl Verb {
    fn read(key: &str) -> Option<Self> {
        Some(match key {
            "get" => Self::Get,
            "post" => Self::Post,
            "put" => Self::Put,
            "patch" => Self::Patch,
            "delete" => Self::Delete,
            _ => return None,
        })
    }

    /// The name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The variant of the runtime's `Verb`.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Get => "Get",
            Self::Post => "Post",
            Self::Put => "Put",
            Self::Patch => "Patch",
            Self::Delete => "Delete",
        }
    }

    /// Whether arguments are in the query by default.
    pub(crate) fn has_no_body(self) -> bool {
        matches!(self, Self::Get | Self::Delete)
    }

    /// Whether the verb is idempotent by definition.
    pub(crate) fn is_idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Put | Self::Delete)
    }
}

impl Endpoint {
    /// Parses the attribute's arguments.
    pub(crate) fn read(attribute: &Ident, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut endpoint = Self {
            route: None,
            name: None,
            status: None,
            idempotent: false,
        };
        if tokens.is_empty() {
            errors.on(
                attribute,
                "`#[endpoint]` is empty",
                "write a route, as in `#[endpoint(post = \"/sum\")]`, or remove it",
            );
        }
        for entry in GRAMMAR.read(tokens, errors) {
            let key = entry.key.unraw().to_string();
            match key.as_str() {
                "name" => endpoint.name = entry.string("name = \"Sum\"", errors),
                "status" => {
                    let status = entry.integer("status = 201", errors);
                    endpoint.status = status.map(|status| (entry.key, status));
                }
                "idempotent" => endpoint.idempotent = entry.flag(errors),
                _ => {
                    let example = format!("{key} = \"/path\"");
                    let Some(path) = entry.string(&example, errors) else {
                        continue;
                    };
                    endpoint.set_route(entry.key, path, errors);
                }
            }
        }
        endpoint
    }

    fn set_route(&mut self, key: Ident, path: LitStr, errors: &mut Errors) {
        let Some(verb) = Verb::read(&key.unraw().to_string()) else {
            return;
        };
        if let Some(first) = &self.route {
            errors.on(
                &key,
                format_args!("`{key}` is a second verb after `{}`", first.key),
                "a method has one route: keep one, and write a second method for the other",
            );
            return;
        }
        self.route = Some(EndpointRoute { key, verb, path });
    }
}
