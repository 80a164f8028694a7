//! Parts of a message's schema, and the spans of fields.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

use crate::derive::message::model::{Entry, Model};

/// A schema with the names of type arguments and the documentation.
pub(super) fn schema_start(model: &Model<'_>) -> TokenStream {
    let private = model.container.private();
    let parameters = model.generics.type_params().map(|parameter| {
        let ident = &parameter.ident;
        quote!(.parameter::<#ident>())
    });
    let docs = docs_call(&model.docs);
    quote!(#private::proto::MessageSchema::new::<Self>() #(#parameters)* #docs)
}

fn docs_call(docs: &str) -> Option<TokenStream> {
    (!docs.is_empty()).then(|| quote!(.docs(#docs)))
}

/// `.field(..)` of a schema; `ty` is the field's type as data.
pub(super) fn schema_field(
    private: &TokenStream,
    entry: &Entry<'_>,
    ty: &TokenStream,
) -> TokenStream {
    let name = &entry.name;
    let tag = number(entry);
    let docs = docs_call(&entry.docs);
    let deprecated = entry.deprecated.then(|| quote!(.deprecated()));
    quote!(.field(#private::proto::FieldSchema::new(#name, #tag, #ty) #docs #deprecated))
}

/// The field number as a literal.
pub(super) fn number(entry: &Entry<'_>) -> Literal {
    // `check` ensures that the number fits.
    Literal::u32_unsuffixed(u32::try_from(entry.tag).unwrap_or(u32::MAX))
}

/// The span of the user's tokens, with the hygiene of the expansion: a type from a
/// `macro_rules!` would not see the generated variables.
pub(super) fn at(tokens: &dyn ToTokens) -> Span {
    Span::call_site().located_at(tokens.to_token_stream().span())
}
