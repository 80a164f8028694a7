//! Separates kit's attributes of an item from others, and parses them.

use proc_macro2::Ident;
use syn::{Attribute, Expr, Meta};

use super::endpoint::Endpoint;
use super::own::{PARAMETER_ATTRIBUTES, arguments, own_name};
use super::policy::Policy;
use super::timeout::Timeout;
use super::transport::Transports;
use super::{middleware, unavailable};
use crate::diagnostic::Errors;

/// The item that has attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A trait.
    Trait,
    /// A method of a trait.
    Method,
    /// An impl.
    Impl,
    /// A method of an impl.
    ImplMethod,
}

/// The attributes of a trait, an impl or a method.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) transports: Option<Transports>,
    pub(crate) timeout: Option<Timeout>,
    /// The other policies, in source order.
    pub(crate) policies: Vec<Policy>,
    pub(crate) middleware: Vec<Expr>,
    /// Those that are not kit's, unchanged.
    pub(crate) others: Vec<Attribute>,
}

impl Attributes {
    /// Parses the attributes of an item.
    pub(crate) fn read(attributes: Vec<Attribute>, place: Place, errors: &mut Errors) -> Self {
        let mut read = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for attribute in attributes {
            let Some(name) = own_name(&attribute) else {
                if !refuse_inside_cfg_attr(&attribute, errors) {
                    read.others.push(attribute);
                }
                continue;
            };
            let text = name.to_string();
            if text != "middleware" && seen.contains(&text) {
                errors.on(
                    &name,
                    format_args!("`#[{text}]` is given twice"),
                    "keep one of them",
                );
                continue;
            }
            read.read_own(&name, &attribute, place, errors);
            seen.push(text);
        }
        read
    }

    fn read_own(&mut self, name: &Ident, attribute: &Attribute, place: Place, errors: &mut Errors) {
        let on_impl = matches!(place, Place::Impl | Place::ImplMethod);
        let text = name.to_string();
        match text.as_str() {
            "endpoint" | "transport" if on_impl => errors.on(
                name,
                format_args!("`#[{text}]` belongs on the trait: every server and client share it"),
                format_args!("move `#[{text}]` to the trait"),
            ),
            "endpoint" if place == Place::Trait => errors.on(
                name,
                "`#[endpoint]` describes one method",
                "move it to a method; to prefix all paths, write `#[transport(http(prefix = \"/v1\"))]`",
            ),
            "endpoint" => {
                let tokens = arguments(attribute, errors);
                self.endpoint = tokens.map(|tokens| Endpoint::read(name, tokens, errors));
            }
            "transport" => {
                let tokens = arguments(attribute, errors);
                self.transports = tokens.map(|tokens| Transports::read(name, tokens, errors));
            }
            "timeout" => {
                let tokens = arguments(attribute, errors);
                self.timeout = tokens.and_then(|tokens| Timeout::read(name, tokens, &["at"], errors));
            }
            "middleware" => {
                let tokens = arguments(attribute, errors);
                let read = tokens.map(|tokens| middleware::read(name, tokens, errors));
                self.middleware.extend(read.into_iter().flatten());
            }
            "service" => errors.on(
                name,
                "`#[kit::service]` is given twice",
                "keep one of them, with all keys in it",
            ),
            _ if PARAMETER_ATTRIBUTES.contains(&text.as_str()) => errors.on(
                name,
                format_args!("`#[{text}]` describes one parameter of a method"),
                "move it before the parameter in the trait",
            ),
            _ => match kit_grammar::Policy::named(&text) {
                Some(known) => {
                    let tokens = arguments(attribute, errors);
                    let read = tokens.map(|tokens| Policy::read(known, name, tokens, &["at"], errors));
                    self.policies.extend(read);
                }
                None => unavailable::refuse(name, errors),
            },
        }
    }
}

/// Reports attributes of kit inside `cfg_attr`, which is expanded too late for
/// `#[kit::service]` to read them. Returns whether there was one.
fn refuse_inside_cfg_attr(attribute: &Attribute, errors: &mut Errors) -> bool {
    let before = errors.len();
    if !attribute.path().is_ident("cfg_attr") {
        return false;
    }
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let parse = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
    let Ok(metas) = syn::parse::Parser::parse2(parse, list.tokens.clone()) else {
        return false;
    };
    for meta in metas.into_iter().skip(1) {
        let inner = Attribute {
            pound_token: attribute.pound_token,
            style: attribute.style,
            bracket_token: attribute.bracket_token,
            meta,
        };
        if let Some(name) = own_name(&inner) {
            errors.on(
                &name,
                format_args!(
                    "`#[{name}]` can't be inside `cfg_attr`: it is read before the condition is evaluated"
                ),
                "write the method twice, each with its own `#[cfg(..)]`",
            );
        }
    }
    errors.len() > before
}
