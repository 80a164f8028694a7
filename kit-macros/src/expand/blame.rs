//! Where rustc reports a type that a transport can't carry.
//!
//! Only the type checker knows. It reports on the call that asks for a codec,
//! so that call stands, for it, on the user's own types: those that are not
//! known to travel anyway.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use crate::types;

/// `__kit::codec()`, from the first suspect to the last.
pub(crate) fn call(types: &[&Type], codec: &str) -> TokenStream {
    let suspects: Vec<_> = types.iter().filter(|ty| !types::is_scalar(ty)).collect();
    let span_of = |ty: Option<&&&Type>| ty.map_or_else(Span::call_site, |ty| ty.span());
    let (from, to) = (span_of(suspects.first()), span_of(suspects.last()));
    let (kit, codec) = (Ident::new("__kit", from), Ident::new(codec, to));
    let no_arguments = quote_spanned!(to=> ());
    quote!(#kit::#codec #no_arguments)
}
