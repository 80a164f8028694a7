//! Where rustc reports a type that a transport can't carry.
//!
//! Only the type checker knows. It reports on the call that asks for a codec,
//! so that call stands, for it, on the user's own types: those that are not
//! known to travel anyway.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Type;

use crate::types;

/// `__kit::codec()`, from the first suspect to the last.
pub(crate) fn call(types: &[&Type], codec: &str) -> TokenStream {
    let mut suspects = types.iter().filter(|ty| !types::is_scalar(ty));
    let first = suspects.next();
    let from = first.map_or_else(Span::call_site, |ty| ends(ty).0);
    let to = suspects.next_back().or(first);
    let to = to.map_or_else(Span::call_site, |ty| ends(ty).1);
    let (kit, codec) = (Ident::new("__kit", from), Ident::new(codec, to));
    let no_arguments = quote_spanned!(to=> ());
    quote!(#kit::#codec #no_arguments)
}

/// The first and the last token of a type; of a stream, of what it streams.
fn ends(ty: &Type) -> (Span, Span) {
    let item = types::streaming(ty).unwrap_or(ty);
    let mut spans = item.to_token_stream().into_iter().map(|tree| tree.span());
    let from = spans.next().unwrap_or_else(Span::call_site);
    (from, spans.last().unwrap_or(from))
}
