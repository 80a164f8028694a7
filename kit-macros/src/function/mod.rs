//! A policy on a plain `async fn`: `#[kit::breaker(failures = 5)]`.
//!
//! The function keeps its signature, and its body runs through a core that
//! stands in a static inside it: one per function, shared by all its calls.
//! The first of several policies reads all of them, as their order is fixed
//! here too, whatever the order of the text.

mod check;
mod expand;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Visibility, token};

use crate::diagnostic::Errors;
use crate::parse::{Policy, Timeout, arguments, own_name};

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
    let mut policies = Vec::from_iter(read(known, &name, arguments, &mut errors));
    function.take_policies(&mut policies, &mut errors);
    crate::check::written(&policies, &mut errors);
    for policy in &policies {
        check::check_sides(policy, &mut errors);
        check::check_key(policy, &mut errors);
        check::check_store(policy, &mut errors);
        check::check_arguments(policy, &function, &mut errors);
    }
    check::check_async(&name, &function, &mut errors);
    check::check_result(known, &function, &mut errors);
    if !errors.is_empty() {
        let (errors, function) = (errors.into_tokens(), function.emit());
        return Some(quote!(#errors #function));
    }
    policies.sort_by_key(|policy| {
        let name = policy.known.name;
        let place = kit_grammar::POLICIES
            .iter()
            .position(|known| known.name == name);
        // A fallback has the last word, also where the timeout ends the call.
        (name != "fallback", place)
    });
    Some(expand::expanded(&policies, &function))
}

/// Reads what a policy is told; a timeout as where it stands in a service.
fn read(
    known: &'static kit_grammar::Policy,
    name: &Ident,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Option<Policy> {
    match known.name {
        "timeout" => Timeout::read(name, tokens, errors)?.policy(known, name),
        _ => Some(Policy::read(known, name, tokens, errors)),
    }
}

impl Function {
    /// Takes the policies away that stand below the first.
    fn take_policies(&mut self, policies: &mut Vec<Policy>, errors: &mut Errors) {
        for attribute in std::mem::take(&mut self.attributes) {
            let name = own_name(&attribute);
            let known = name
                .as_ref()
                .and_then(|name| kit_grammar::Policy::named(&name.to_string()));
            let (Some(name), Some(known)) = (name, known) else {
                self.attributes.push(attribute);
                continue;
            };
            if policies.iter().any(|other| other.known.name == known.name) {
                let rule = format_args!("`#[{name}]` is given twice");
                errors.on(&name, rule, "keep one of them");
            } else if let Some(tokens) = arguments(&attribute, errors) {
                policies.extend(read(known, &name, tokens, errors));
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

/// Whether the arguments are needed more than once for one call.
fn keeps(policy: &Policy) -> bool {
    policy.known.idempotent || policy.known.name == "fallback"
}

/// Whether the body runs with clones of the arguments.
fn clones_for_body(policy: &Policy) -> bool {
    keeps(policy) && policy.known.name != "cache"
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
