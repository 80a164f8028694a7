//! `#[transport(http(prefix = "/v1"), grpc)]`

use proc_macro2::{Ident, TokenStream};
use syn::LitStr;
use syn::ext::IdentExt as _;

use super::entries::{Entry, Grammar, Value};
use crate::diagnostic::Errors;
use crate::features::{TRANSPORT_WORDS, Transport, implemented_transports};

/// The transports of a service or a method.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transports {
    pub(crate) http: Option<Http>,
    pub(crate) grpc: Option<Ident>,
}

/// `http(prefix = "/v1")`
#[derive(Clone, Debug, Default)]
pub(crate) struct Http {
    /// The word `http`; `None` if HTTP is the default.
    pub(crate) key: Option<Ident>,
    pub(crate) prefix: Option<LitStr>,
}

const GRAMMAR: Grammar = Grammar {
    attribute: "transport",
    keys: TRANSPORT_WORDS,
};

const HTTP: Grammar = Grammar {
    attribute: "transport(http(..))",
    keys: &["prefix"],
};

impl Transports {
    /// Parses the attribute's arguments.
    pub(crate) fn read(attribute: &Ident, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut transports = Self::default();
        if tokens.is_empty() {
            errors.on(
                attribute,
                "`#[transport]` names no transport",
                "write `#[transport(http)]`, `#[transport(grpc)]` or both",
            );
        }
        for entry in GRAMMAR.read(tokens, errors) {
            let key = entry.key.unraw().to_string();
            match key.as_str() {
                "http" => transports.http = Some(Http::read(entry, errors)),
                "grpc" => {
                    entry.flag(errors);
                    transports.grpc = Some(entry.key);
                }
                _ => errors.on(
                    &entry.key,
                    format_args!("transport `{key}` is not available in this version"),
                    format_args!("expected one of {}", available()),
                ),
            }
        }
        transports
    }

    /// The selected transports, each with its word in the attribute; HTTP as the
    /// default has none.
    pub(crate) fn selected(&self) -> impl Iterator<Item = (&'static Transport, Option<&Ident>)> {
        let http = self.http.as_ref().map(|http| ("http", http.key.as_ref()));
        let grpc = self.grpc.as_ref().map(|key| ("grpc", Some(key)));
        let words = http.into_iter().chain(grpc);
        words.filter_map(|(word, key)| Some((Transport::named(word)?, key)))
    }

    /// Whether a transport is selected.
    pub(crate) fn has(&self, transport: &Transport) -> bool {
        self.selected().any(|(selected, _)| selected == transport)
    }
}

/// The transports of this version, for messages.
fn available() -> String {
    let words: Vec<_> = implemented_transports()
        .map(|transport| format!("`{}`", transport.word))
        .collect();
    words.join(", ")
}

impl Http {
    fn read(entry: Entry, errors: &mut Errors) -> Self {
        let prefix = match &entry.value {
            Value::Flag => None,
            Value::Expr(_) => {
                entry.wrong_type("its keys in parentheses", "http(prefix = \"/v1\")", errors);
                None
            }
            Value::List(tokens) => HTTP
                .read(tokens.clone(), errors)
                .first()
                .and_then(|prefix| prefix.string("prefix = \"/v1\"", errors)),
        };
        Self {
            key: Some(entry.key),
            prefix,
        }
    }
}
