//! The model of a method.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Expr, LitStr, Receiver, Signature};

use super::argument::{Argument, Source};
use super::attributes::{cfgs, docs_text};
use super::compiled::CompiledValue;
use super::http::Http;
use super::names::WireName;
use super::policies::Policies;
use super::returns::Returns;
use super::timeouts::Timeouts;
use crate::features;
use crate::parse::{
    Attributes, Endpoint, MethodSyntax, Parameter, Policy, Timeout, Transports, Verb,
};
use crate::syntax::{names, types};

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

/// The settings of a trait for all its methods.
pub(super) struct Defaults<'a> {
    pub(super) contract: &'a str,
    pub(super) transports: &'a Transports,
    pub(super) timeout: Option<&'a Timeout>,
    pub(super) policies: &'a [Policy],
}

impl Method {
    pub(super) fn new(syntax: MethodSyntax, defaults: &Defaults<'_>) -> Self {
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
        let idempotent = endpoint.as_ref().is_some_and(is_idempotent);
        let streams = types::streaming(&returns.ok()).is_some() || has_stream(&arguments);
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
        has_stream(&self.arguments)
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

/// Splits off a first parameter of type `&Context`.
fn split_context(mut parameters: Vec<Parameter>) -> (Option<Parameter>, Vec<Parameter>) {
    let first_is_context = parameters
        .first()
        .is_some_and(|first| types::is_context(&first.typed.ty));
    let cx = first_is_context.then(|| parameters.remove(0));
    (cx, parameters)
}

/// Whether a method is idempotent, by its verb or by the keyword.
fn is_idempotent(endpoint: &Endpoint) -> bool {
    let verb = endpoint.route.as_ref().map(|route| route.verb);
    endpoint.idempotent || verb.is_some_and(Verb::is_idempotent)
}

/// Whether an argument is a stream.
fn has_stream(arguments: &[Argument]) -> bool {
    let mut arguments = arguments.iter();
    arguments.any(|argument| argument.source == Source::Stream)
}
