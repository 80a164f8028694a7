//! Sets the spans of generated calls, so that rustc reports errors at the user's
//! types.
//!
//! Only the type checker knows whether a transport supports a type. It reports an
//! unsupported one at the generated call that requires a codec, so that call gets
//! the spans of the user's types, except for types that every transport supports.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Type;

use crate::syntax::types;

/// `__kit::codec()`, spanned from the first type that may be unsupported to the
/// last.
pub(crate) fn codec_call(types: &[&Type], codec: &str) -> TokenStream {
    let mut candidates = types.iter().filter(|ty| !types::is_scalar(ty));
    let first = candidates.next();
    let from = first.map_or_else(Span::call_site, |ty| ends(ty).0);
    let to = candidates.next_back().or(first);
    let to = to.map_or_else(Span::call_site, |ty| ends(ty).1);
    let (kit, codec) = (Ident::new("__kit", from), Ident::new(codec, to));
    let no_arguments = quote_spanned!(to=> ());
    quote!(#kit::#codec #no_arguments)
}

/// The spans of the first and the last token of a type; for a stream, of its item.
fn ends(ty: &Type) -> (Span, Span) {
    let item = types::streaming(ty).unwrap_or(ty);
    let mut spans = item.to_token_stream().into_iter().map(|tree| tree.span());
    let from = spans.next().unwrap_or_else(Span::call_site);
    (from, spans.last().unwrap_or(from))
}

/// Sets the span of all tokens.
pub(crate) fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut tree| {
        if let TokenTree::Group(group) = &mut tree {
            let inner = respanned(group.stream(), span);
            *group = Group::new(group.delimiter(), inner);
        }
        tree.set_span(span);
        tree
    });
    tokens.collect()
}

/// The span of a type of the user, with the hygiene of generated code.
pub(crate) fn span_of(ty: &Type) -> Span {
    let first = ty.to_token_stream().into_iter().next();
    first
        .map_or_else(Span::call_site, |tree| tree.span())
        .resolved_at(Span::call_site())
}
