//! Removes the qualifier of a renamed kit: `#[renamed::endpoint(..)]`.
//!
//! Only `#[kit::endpoint]` is recognized by name. With `crate = path`, that
//! qualifier is removed before attributes are parsed.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::Path;
use syn::parse::{ParseStream, Parser as _};

/// The item with kit's attributes unqualified.
pub(crate) fn unqualified(item: TokenStream, krate: Option<&Path>) -> TokenStream {
    let last = krate.and_then(|path| path.segments.last());
    match last {
        Some(last) if last.ident != "kit" => strip(item, &last.ident),
        _ => item,
    }
}

fn strip(tokens: TokenStream, krate: &Ident) -> TokenStream {
    let mut after_pound = false;
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => {
                let is_attribute = after_pound && group.delimiter() == Delimiter::Bracket;
                after_pound = false;
                let stream = if is_attribute {
                    own(group.stream(), krate).unwrap_or_else(|| group.stream())
                } else {
                    strip(group.stream(), krate)
                };
                let mut stripped = Group::new(group.delimiter(), stream);
                stripped.set_span(group.span());
                TokenTree::Group(stripped)
            }
            other => {
                after_pound = matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '#');
                other
            }
        })
        .collect()
}

/// The tokens after `krate::`, if the attribute starts with it.
fn own(attribute: TokenStream, krate: &Ident) -> Option<TokenStream> {
    let parse = |input: ParseStream<'_>| {
        input.parse::<Option<syn::Token![::]>>()?;
        if input.parse::<Ident>()? != *krate {
            return Err(input.error("another crate"));
        }
        input.parse::<syn::Token![::]>()?;
        input.parse::<TokenStream>()
    };
    parse.parse2(attribute).ok()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn only_the_renamed_crate_is_removed() {
        let item = quote! {
            #[renamed::timeout("1s")]
            #[other::timeout]
            trait A { #[::renamed::endpoint(get = "/")] async fn a(&self, #[renamed::path] b: u8); }
        };
        let expected = quote! {
            #[timeout("1s")]
            #[other::timeout]
            trait A { #[endpoint(get = "/")] async fn a(&self, #[path] b: u8); }
        };
        let krate = syn::parse_quote!(crate::renamed);
        let stripped = unqualified(item, Some(&krate));
        assert_eq!(stripped.to_string(), expected.to_string());
    }
}
