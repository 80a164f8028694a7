//! Policies of a plain `async fn`: `#[kit::breaker(failures = 5)]`.
//!
//! The function keeps its signature, and its body runs through a
//! `kit::__private::Function` in a static inside it: one per function, shared
//! by all its calls. The attribute of the first policy expands all of them, as
//! they are one chain. The runtime defines the order of the chain, which is the
//! same for functions and methods.

mod check;
mod expand;
mod guarded;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use self::guarded::{Function, Guard};
use crate::diagnostic::Errors;

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
