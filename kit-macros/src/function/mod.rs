//! Policies of a plain `async fn`: `#[kit::breaker(failures = 5)]`.
//!
//! The function keeps its signature, and its body runs through a
//! `kit::policy::plan::Function` in a static inside it: one per function, shared
//! by all its calls. The attribute of the first policy expands all of them, as
//! they are one chain. The runtime defines the order of the chain, which is the
//! same for functions and methods.

mod check;
mod expand;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, Signature, Visibility, token};

use crate::diagnostic::Errors;
use crate::parse::{FUNCTION_KEYS, FunctionArguments, Policy, Timeout, arguments, own_name};

/// A function as written.
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

/// The policies of a function, and their keys about the function itself.
#[derive(Default)]
struct Guard {
    policies: Vec<Policy>,
    arguments: FunctionArguments,
}

/// Expands a policy on a function, and those below it; `None` for any other item.
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
    /// Parses a policy; a timeout has the same syntax as in a service.
    fn read(
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

    fn policy(&self, name: &str) -> Option<&Policy> {
        let mut policies = self.policies.iter();
        policies.find(|policy| policy.known.name == name)
    }

    /// Whether the body may run more than once per call.
    fn repeats(&self) -> bool {
        self.policy("retry").is_some() || self.policy("hedge").is_some()
    }

    /// Whether the arguments are needed after the body has consumed them.
    fn keeps(&self) -> bool {
        self.repeats() || self.policy("fallback").is_some()
    }
}

impl Function {
    /// Removes and parses the policies below the first.
    fn take_policies(&mut self, guard: &mut Guard, errors: &mut Errors) {
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
    fn emit(&self) -> TokenStream {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The UI tests are built without the feature that allows a store.
    #[test]
    fn a_function_with_a_shared_store_is_an_error() {
        let known = kit_grammar::Policy::named("rate_limit").expect("a policy");
        let item = quote!(
            async fn fetch() -> Result<(), kit::Status> {
                Ok(())
            }
        );
        let attribute = quote!("10/s", store = "redis");
        let output = function(known, attribute, &item).expect("an expansion");
        let output = output.to_string();
        let message = "a plain function can't use a shared store";
        assert!(output.contains(message), "{output}");
        let attribute = quote!("10/s", store = "local");
        let output = function(known, attribute, &item).expect("an expansion");
        assert!(!output.to_string().contains("compile_error"), "{output}");
    }
}
