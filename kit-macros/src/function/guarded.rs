//! A function and its policies, as parsed.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, Signature, Visibility, token};

use crate::diagnostic::Errors;
use crate::parse::{FUNCTION_KEYS, FunctionArguments, Policy, Timeout, arguments, own_name};

/// A function as written.
pub(super) struct Function {
    pub(super) attributes: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) signature: Signature,
    pub(super) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let function = Self {
            attributes: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            signature: input.parse()?,
            body: match input.peek(token::Brace) {
                true => input.parse::<TokenTree>()?.into(),
                false => return Err(input.error("expected a body")),
            },
        };
        Ok(function)
    }
}

/// The policies of a function, and their keys about the function itself.
#[derive(Default)]
pub(super) struct Guard {
    pub(super) policies: Vec<Policy>,
    pub(super) arguments: FunctionArguments,
}

impl Guard {
    /// Parses a policy; a timeout has the same syntax as in a service.
    pub(super) fn read(
        &mut self,
        known: &'static kit_grammar::Policy,
        name: &Ident,
        tokens: TokenStream,
        errors: &mut Errors,
    ) {
        let tokens = self.arguments.read(tokens, errors);
        let policy = match known.name {
            "timeout" => Timeout::read(name, tokens, FUNCTION_KEYS, errors)
                .and_then(|timeout| timeout.policy(known, name)),
            _ => Some(Policy::read(known, name, tokens, FUNCTION_KEYS, errors)),
        };
        self.policies.extend(policy);
    }

    pub(super) fn policy(&self, name: &str) -> Option<&Policy> {
        let mut policies = self.policies.iter();
        policies.find(|policy| policy.known.name == name)
    }

    /// Whether the body may run more than once per call.
    pub(super) fn repeats(&self) -> bool {
        self.policy("retry").is_some() || self.policy("hedge").is_some()
    }

    /// Whether the arguments are needed after the body has consumed them.
    pub(super) fn keeps(&self) -> bool {
        self.repeats() || self.policy("fallback").is_some()
    }
}

impl Function {
    /// Removes and parses the policies below the first.
    pub(super) fn take_policies(&mut self, guard: &mut Guard, errors: &mut Errors) {
        let krate = guard.arguments.krate.clone();
        let krate = krate.or_else(|| self.attributes.iter().find_map(names_its_crate));
        for attribute in std::mem::take(&mut self.attributes) {
            let Some((name, known)) = policy_of(&attribute, krate.as_ref()) else {
                self.attributes.push(attribute);
                continue;
            };
            let policies = &guard.policies;
            if policies.iter().any(|other| other.known.name == known.name) {
                let rule = format_args!("`#[{name}]` is given twice");
                errors.on(&name, rule, "keep one of them");
            } else if let Some(tokens) = arguments(&attribute, errors) {
                guard.read(known, &name, tokens, errors);
            }
        }
    }

    /// The function as written, without its policies.
    pub(super) fn emit(&self) -> TokenStream {
        let (attributes, vis, signature, body) =
            (&self.attributes, &self.vis, &self.signature, &self.body);
        quote!(#(#attributes)* #vis #signature #body)
    }
}

/// The policy of an attribute, also if it is qualified by a renamed kit.
fn policy_of(
    attribute: &Attribute,
    krate: Option<&Path>,
) -> Option<(Ident, &'static kit_grammar::Policy)> {
    let segments = &attribute.path().segments;
    let qualifier = segments.iter().rev().nth(1).map(|segment| &segment.ident);
    let kit = krate.and_then(|path| path.segments.last());
    let is_renamed = kit.is_some_and(|kit| qualifier == Some(&kit.ident));
    let name = match is_renamed {
        true => Some(segments.last()?.ident.unraw()),
        false => own_name(attribute),
    }?;
    let known = kit_grammar::Policy::named(&name.to_string())?;
    Some((name, known))
}

/// The path of kit, if an attribute of a policy below has it, as in
/// `#[renamed::retry(crate = renamed)]`.
fn names_its_crate(attribute: &Attribute) -> Option<Path> {
    let list = attribute.meta.require_list().ok()?;
    let krate = FunctionArguments::krate_in(list.tokens.clone())?;
    policy_of(attribute, Some(&krate)).map(|_| krate)
}
