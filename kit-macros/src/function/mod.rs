//! A policy on a plain `async fn`: `#[kit::breaker(failures = 5)]`.
//!
//! The function keeps its signature, and its body runs through a
//! `kit::policy::plan::Function` that stands in a static inside it: one per
//! function, shared by all its calls. The first of several policies reads all
//! of them, as they are one chain. In which order is for the runtime to say,
//! which has one order for functions and methods.

mod check;
mod expand;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, Signature, Visibility, token};

use crate::diagnostic::Errors;
use crate::parse::{FUNCTION_KEYS, FunctionArguments, Policy, Timeout, arguments, own_name};

/// A function as it is written.
struct Function {
    attributes: Vec<Attribute>,
    vis: Visibility,
    signature: Signature,
    body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let function = Self {
            attributes: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            signature: input.parse()?,
            body: match input.peek(token::Brace) {
                true => input.parse::<proc_macro2::TokenTree>()?.into(),
                false => return Err(input.error("expected a body")),
            },
        };
        Ok(function)
    }
}

/// Its policies, and what they say of it.
#[derive(Default)]
struct Guard {
    policies: Vec<Policy>,
    said: FunctionArguments,
}

/// Expands a policy on a function, and those below it; `None` where it stands
/// on anything else.
pub(crate) fn function(
    known: &'static kit_grammar::Policy,
    arguments: TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    let mut function: Function = syn::parse2(item.clone()).ok()?;
    let mut errors = Errors::default();
    let name = Ident::new(known.name, Span::call_site());
    let mut guard = Guard::default();
    guard.read(known, &name, arguments, &mut errors);
    function.take_policies(&mut guard, &mut errors);
    check::check(known, &name, &guard.policies, &function, &mut errors);
    if !errors.is_empty() {
        let (errors, function) = (errors.into_tokens(), function.emit());
        return Some(quote!(#errors #function));
    }
    Some(expand::expanded(&guard, &function))
}

impl Guard {
    /// Reads what a policy is told; a timeout as where it stands in a service.
    fn read(
        &mut self,
        known: &'static kit_grammar::Policy,
        name: &Ident,
        tokens: TokenStream,
        errors: &mut Errors,
    ) {
        let tokens = self.said.read(tokens, errors);
        let policy = match known.name {
            "timeout" => Timeout::read(name, tokens, FUNCTION_KEYS, errors)
                .and_then(|timeout| timeout.policy(known, name)),
            _ => Some(Policy::read(known, name, tokens, FUNCTION_KEYS, errors)),
        };
        self.policies.extend(policy);
    }

    fn policy(&self, name: &str) -> Option<&Policy> {
        let mut policies = self.policies.iter();
        policies.find(|policy| policy.known.name == name)
    }

    /// Whether a call may be made more than once.
    fn repeats(&self) -> bool {
        self.policy("retry").is_some() || self.policy("hedge").is_some()
    }

    /// Whether a call's arguments are needed after its body has had them.
    fn keeps(&self) -> bool {
        self.repeats() || self.policy("fallback").is_some()
    }
}

impl Function {
    /// Takes the policies away that stand below the first.
    fn take_policies(&mut self, guard: &mut Guard, errors: &mut Errors) {
        let krate = guard.said.krate.clone();
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

    /// The function as it is written, without its policies.
    fn emit(&self) -> TokenStream {
        let (attributes, vis, signature, body) =
            (&self.attributes, &self.vis, &self.signature, &self.body);
        quote!(#(#attributes)* #vis #signature #body)
    }
}

/// The policy that an attribute is, by the name of kit where that is another.
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

/// Where kit is, by a policy below that says it of itself, as in
/// `#[renamed::retry(crate = renamed)]`.
fn names_its_crate(attribute: &Attribute) -> Option<Path> {
    let list = attribute.meta.require_list().ok()?;
    let krate = FunctionArguments::krate_in(list.tokens.clone())?;
    policy_of(attribute, Some(&krate)).map(|_| krate)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The suite of messages is built without the feature that allows a store.
    #[test]
    fn a_function_shares_no_limit() {
        let known = kit_grammar::Policy::named("rate_limit").expect("a policy");
        let item = quote!(
            async fn fetch() -> Result<(), kit::Status> {
                Ok(())
            }
        );
        let attribute = quote!("10/s", store = "redis");
        let output = function(known, attribute, &item).expect("an expansion");
        let output = output.to_string();
        let told = "a plain function has nobody to give it the store that it would share";
        assert!(output.contains(told), "{output}");
        let attribute = quote!("10/s", store = "local");
        let output = function(known, attribute, &item).expect("an expansion");
        assert!(!output.to_string().contains("compile_error"), "{output}");
    }
}
