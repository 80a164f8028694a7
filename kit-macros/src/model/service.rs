//! The model of a service.

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Generics, LitStr, Token, TypeParamBound, Visibility};

use super::attributes::{docs_text, krate};
use super::method::{Defaults, Method};
use super::names::{ServiceNames, WireName};
use super::timeouts::Timeouts;
use crate::parse::{Policy, TimeoutValue, TraitArguments, TraitItem, TraitSyntax, Transports};
use crate::syntax::names;

/// A service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// The path of the kit crate.
    pub(crate) krate: TokenStream,
    pub(crate) names: ServiceNames,
    pub(crate) vis: Visibility,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) auto: Option<Token![auto]>,
    pub(crate) trait_token: Token![trait],
    pub(crate) generics: Generics,
    pub(crate) supertraits: Punctuated<TypeParamBound, Token![+]>,
    /// The attributes that are not kit's.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) wire_name: WireName,
    pub(crate) version: Option<String>,
    pub(crate) transports: Transports,
    /// The policies of all its methods.
    pub(crate) policies: Vec<Policy>,
    /// The client's timeout of all its methods.
    pub(crate) client_timeout: Option<TimeoutValue>,
    pub(crate) middleware: Vec<Expr>,
    pub(crate) dynamic: bool,
    pub(crate) mock: bool,
    /// The file with values of policies.
    pub(crate) config: Option<LitStr>,
    pub(crate) methods: Vec<Method>,
    /// Items that are not endpoints, unchanged.
    pub(crate) others: Vec<TokenStream>,
}

impl Service {
    /// Builds the model of a trait.
    pub(crate) fn new(arguments: TraitArguments, syntax: TraitSyntax) -> Self {
        let names = ServiceNames::new(&syntax.ident);
        let name = names::wire(&syntax.ident);
        let transports = syntax
            .attributes
            .transports
            .clone()
            .unwrap_or_else(|| Transports {
                http: Some(crate::parse::Http::default()),
                grpc: None,
            });
        let defaults = Defaults {
            contract: &name,
            transports: &transports,
            timeout: syntax.attributes.timeout.as_ref(),
            policies: &syntax.attributes.policies,
        };
        let mut methods = Vec::new();
        let mut others = Vec::new();
        for item in syntax.items {
            match item {
                TraitItem::Other(tokens) => others.push(tokens),
                TraitItem::Method(method) => methods.extend(
                    method
                        .variants()
                        .into_iter()
                        .map(|variant| Method::new(variant, &defaults)),
                ),
            }
        }
        Self {
            krate: krate(arguments.krate.as_ref()),
            names,
            vis: syntax.vis,
            unsafety: syntax.unsafety,
            auto: syntax.auto,
            trait_token: syntax.trait_token,
            generics: syntax.generics,
            supertraits: syntax.supertraits,
            wire_name: WireName::new(arguments.name, name),
            version: arguments.version.map(|version| version.value()),
            attributes: syntax.attributes.others,
            transports,
            client_timeout: Timeouts::new(syntax.attributes.timeout.as_ref(), None).client,
            policies: syntax.attributes.policies,
            middleware: syntax.attributes.middleware,
            dynamic: arguments.dynamic,
            mock: arguments.mock,
            config: arguments.config,
            methods,
            others,
        }
    }

    /// The methods that can be expanded.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(|method| !method.broken)
    }

    /// Whether another method generates the types of a broken method.
    pub(crate) fn is_shadowed(&self, index: usize, method: &Method) -> bool {
        let names = [&method.marker, &method.request];
        method.broken
            && self.methods.iter().enumerate().any(|(other_index, other)| {
                let clash = names.contains(&&other.marker) || names.contains(&&other.request);
                clash && (other_index < index || (other_index > index && !other.broken))
            })
    }

    /// The trait's documentation as text.
    pub(crate) fn docs(&self) -> String {
        docs_text(&self.attributes)
    }
}

/// Whether every client implements a supertrait.
pub(crate) fn client_has(bound: &TypeParamBound) -> bool {
    match bound {
        TypeParamBound::Lifetime(_) => true,
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            let name = last
                .map(|segment| segment.ident.to_string())
                .unwrap_or_default();
            matches!(name.as_str(), "Send" | "Sync" | "Sized") && bound.lifetimes.is_none()
        }
        _ => false,
    }
}
