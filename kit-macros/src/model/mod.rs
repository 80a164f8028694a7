//! The model of a service: its parsed tokens with all defaults applied.
//!
//! It can represent invalid services, which `check` reports; a model that reaches
//! `expand` has passed `check`.

mod argument;
mod compiled;
mod http;
mod policies;
mod timeouts;

pub(crate) use self::{
    argument::{Argument, Source},
    compiled::CompiledValue,
    http::Http,
    policies::Policies,
    timeouts::{Timeouts, duration_expression},
};

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, Generics, LitStr, Meta, Path, Receiver, Signature, Token, Type,
    TypeParamBound, Visibility,
};

use crate::features;
use crate::names;
use crate::parse::{
    Attributes, Endpoint, MethodSyntax, Parameter, Policy, Timeout, TimeoutValue, TraitArguments,
    TraitItem, TraitSyntax, Transports, Verb,
};
use crate::types;

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

/// The names that a service generates in its scope.
#[derive(Clone, Debug)]
pub(crate) struct ServiceNames {
    /// `Add`
    pub(crate) contract: Ident,
    /// `add`
    pub(crate) module: Ident,
    /// `AddServer`
    pub(crate) server: Ident,
    /// `AddClient`
    pub(crate) client: Ident,
    /// `DynAdd`
    pub(crate) dynamic: Ident,
    /// `MockAdd`
    pub(crate) mock: Ident,
}

/// A name on the wire, and its literal if it is explicit.
#[derive(Clone, Debug)]
pub(crate) struct WireName {
    pub(crate) text: String,
    pub(crate) literal: Option<LitStr>,
}

/// A method of a service.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) ident: Ident,
    /// The name in Rust, without `r#`.
    pub(crate) name: String,
    /// `Sum`
    pub(crate) marker: Ident,
    /// `SumRequest`
    pub(crate) request: Ident,
    pub(crate) wire_name: WireName,
    /// The attributes that are not kit's.
    pub(crate) attributes: Vec<Attribute>,
    /// The signature, without its inputs.
    pub(crate) signature: Signature,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) cx: Option<Parameter>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) returns: Returns,
    /// The route, if the method uses HTTP and kit's feature is on.
    pub(crate) http: Option<Http>,
    pub(crate) grpc: bool,
    /// Whether the method uses HTTP, whether or not kit's feature is on.
    pub(crate) declares_http: bool,
    /// Whether its signature can't be expanded: the trait declares it as written,
    /// and the other generated items leave it out.
    pub(crate) broken: bool,
    pub(crate) idempotent: bool,
    pub(crate) timeouts: Timeouts,
    /// Whether the method has a timeout of its own.
    pub(crate) own_timeout: bool,
    pub(crate) policies: Policies,
    /// The values of its policies that come from the service's file.
    pub(crate) compiled: Vec<CompiledValue>,
    pub(crate) middleware: Vec<Expr>,
    /// The parsed attribute, for `check`.
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) transports: Option<Transports>,
    pub(crate) body: Option<TokenStream>,
}

/// The result type.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one per method, and most are results"
)]
pub(crate) enum Returns {
    /// `Result<T, E>`
    Result { whole: Type, ok: Type, error: Type },
    /// Another type, or none.
    Other(Option<Type>),
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

impl ServiceNames {
    fn new(contract: &Ident) -> Self {
        let name = names::wire(contract);
        let span = contract.span();
        Self {
            contract: contract.clone(),
            module: names::module(contract),
            server: Ident::new(&format!("{name}Server"), span),
            client: Ident::new(&format!("{name}Client"), span),
            dynamic: Ident::new(&format!("Dyn{name}"), span),
            mock: Ident::new(&format!("Mock{name}"), span),
        }
    }
}

impl WireName {
    fn new(literal: Option<LitStr>, default: String) -> Self {
        Self {
            text: literal.as_ref().map_or(default, LitStr::value),
            literal,
        }
    }
}

/// The settings of a trait for all its methods.
struct Defaults<'a> {
    contract: &'a str,
    transports: &'a Transports,
    timeout: Option<&'a Timeout>,
    policies: &'a [Policy],
}

impl Method {
    fn new(syntax: MethodSyntax, defaults: &Defaults<'_>) -> Self {
        let MethodSyntax {
            attributes,
            signature,
            receiver,
            parameters,
            body,
        } = syntax;
        let Attributes {
            endpoint,
            transports,
            timeout,
            policies,
            middleware,
            others,
        } = attributes;
        let name = names::wire(&signature.ident);
        let camel = names::upper_camel(&name);
        let span = signature.ident.span();
        let returns = Returns::new(&signature);
        let literal = endpoint.as_ref().and_then(|endpoint| endpoint.name.clone());
        let selected = transports.as_ref().unwrap_or(defaults.transports);
        let http = defaults
            .transports
            .http
            .as_ref()
            .filter(|_| selected.http.is_some());
        let declares_http = http.is_some();
        let http = http.filter(|_| features::HTTP).map(|http| {
            let default_name = literal.as_ref().map_or(name.clone(), LitStr::value);
            Http::new(
                http,
                endpoint.as_ref(),
                defaults.contract,
                &default_name,
                &returns,
            )
        });
        let (cx, arguments) = split_context(parameters);
        let arguments = Argument::all(arguments, http.as_ref());
        let idempotent = endpoint.as_ref().is_some_and(|endpoint| {
            let verb = endpoint.route.as_ref().map(|route| route.verb);
            endpoint.idempotent || verb.is_some_and(Verb::is_idempotent)
        });
        let streams = types::streaming(&returns.ok()).is_some()
            || arguments
                .iter()
                .any(|argument| argument.source == Source::Stream);
        Self {
            marker: names::ident(&camel, span),
            request: Ident::new(&format!("{camel}Request"), span),
            wire_name: WireName::new(literal, camel),
            attributes: others,
            receiver,
            arguments,
            cx,
            grpc: features::GRPC && defaults.transports.grpc.is_some() && selected.grpc.is_some(),
            declares_http,
            broken: false,
            idempotent,
            http,
            timeouts: Timeouts::new(defaults.timeout, timeout.as_ref()),
            own_timeout: timeout.is_some(),
            policies: Policies::new(defaults.policies, policies, idempotent && !streams),
            compiled: Vec::new(),
            middleware,
            ident: signature.ident.clone(),
            name,
            signature,
            returns,
            endpoint,
            transports,
            body,
        }
    }

    /// The documentation as text.
    pub(crate) fn docs(&self) -> String {
        docs_text(&self.attributes)
    }

    /// The conditions under which the method exists.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        cfgs(&self.attributes)
    }

    /// Whether the one argument is a stream.
    pub(crate) fn streams_in(&self) -> bool {
        self.arguments
            .iter()
            .any(|argument| argument.source == Source::Stream)
    }

    /// Whether the result is a stream.
    pub(crate) fn streams_out(&self) -> bool {
        types::streaming(&self.returns.ok()).is_some()
    }

    /// Whether the one argument is the whole request.
    pub(crate) fn body_is_request(&self) -> bool {
        matches!(&self.arguments[..], [only] if only.source == Source::Body)
    }
}

impl MethodSyntax {
    /// The variants of the method, one per combination of its parameters' `#[cfg]`s.
    ///
    /// A parameter's `#[cfg]` changes the shape of the method, and so of
    /// everything generated for it.
    fn variants(mut self) -> Vec<Self> {
        let position = self
            .parameters
            .iter()
            .position(|parameter| cfgs(&parameter.typed.attrs).next().is_some());
        let Some(position) = position else {
            return vec![self];
        };
        let attributes = std::mem::take(&mut self.parameters[position].typed.attrs);
        let (conditions, others): (Vec<_>, Vec<_>) = attributes
            .into_iter()
            .partition(|attribute| attribute.path().is_ident("cfg"));
        let conditions = conditions.iter().filter_map(condition);
        let condition = quote!(all(#(#conditions),*));
        self.parameters[position].typed.attrs = others;
        let mut without = self.clone();
        without.parameters.remove(position);
        let mut with = self;
        with.attributes
            .others
            .push(syn::parse_quote!(#[cfg(#condition)]));
        without
            .attributes
            .others
            .push(syn::parse_quote!(#[cfg(not(#condition))]));
        [with.variants(), without.variants()].concat()
    }
}

/// Splits off a first parameter of type `&Context`.
fn split_context(mut parameters: Vec<Parameter>) -> (Option<Parameter>, Vec<Parameter>) {
    let first_is_context = parameters
        .first()
        .is_some_and(|first| types::is_context(&first.typed.ty));
    let cx = first_is_context.then(|| parameters.remove(0));
    (cx, parameters)
}

impl Returns {
    fn new(signature: &Signature) -> Self {
        match &signature.output {
            syn::ReturnType::Default => Self::Other(None),
            syn::ReturnType::Type(_, ty) => match types::result(ty) {
                Some((ok, error)) => Self::Result {
                    whole: (**ty).clone(),
                    ok: ok.clone(),
                    error: error.clone(),
                },
                None => Self::Other(Some((**ty).clone())),
            },
        }
    }

    /// The type of the future's output.
    pub(crate) fn whole(&self) -> Type {
        match self {
            Self::Result { whole, .. } | Self::Other(Some(whole)) => whole.clone(),
            Self::Other(None) => types::unit(),
        }
    }

    /// The type of a success.
    pub(crate) fn ok(&self) -> Type {
        match self {
            Self::Result { ok, .. } | Self::Other(Some(ok)) => ok.clone(),
            Self::Other(None) => types::unit(),
        }
    }

    /// The type of a failure.
    pub(crate) fn error(&self) -> Type {
        match self {
            Self::Result { error, .. } => error.clone(),
            Self::Other(_) => types::unit(),
        }
    }
}

/// The path of the kit crate, by default `::kit`.
pub(crate) fn krate(path: Option<&Path>) -> TokenStream {
    path.map_or_else(|| quote!(::kit), ToTokens::to_token_stream)
}

/// The `#[cfg]`s among attributes.
pub(crate) fn cfgs(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
}

/// The predicate of a `#[cfg(..)]`.
pub(crate) fn condition(attribute: &Attribute) -> Option<TokenStream> {
    match &attribute.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        _ => None,
    }
}

/// The text of doc comments, without the space after `///`.
fn docs_text(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(line),
                ..
            }) = &pair.value
        {
            let line = line.value();
            lines.push(
                line.strip_prefix(' ')
                    .unwrap_or(&line)
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    lines.join("\n").trim().to_owned()
}
