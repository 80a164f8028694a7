//! Parses an impl with `#[kit::service]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Generics, Path, Signature, Token, Type, Visibility, braced, token};

use super::attributes::Place;
use super::traits::{one_tree, other_item};
use super::{Attributes, parameter};
use crate::diagnostic::Errors;

/// An impl as written.
#[derive(Clone, Debug)]
pub(crate) struct ImplSyntax {
    pub(crate) attributes: Attributes,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    /// The trait; `None` for an inherent impl.
    pub(crate) contract: Option<Path>,
    pub(crate) self_ty: Type,
    pub(crate) items: Vec<ImplItem>,
}

/// An item of an impl.
#[derive(Clone, Debug)]
pub(crate) enum ImplItem {
    Method {
        attributes: Box<Attributes>,
        vis: Visibility,
        signature: Box<Signature>,
        body: TokenStream,
    },
    /// Any other item, unchanged.
    Other(TokenStream),
}

impl ImplSyntax {
    /// Removes the policies before expansion, as rustc would report an invalid one
    /// again.
    pub(crate) fn remove_policies(&mut self) {
        self.attributes.policies.clear();
        for item in &mut self.items {
            if let ImplItem::Method { attributes, .. } = item {
                attributes.policies.clear();
            }
        }
    }
}

impl ImplItem {
    /// The item without kit's attributes.
    pub(crate) fn emit(&self) -> TokenStream {
        match self {
            Self::Other(tokens) => tokens.clone(),
            Self::Method {
                attributes,
                vis,
                signature,
                body,
            } => {
                let others = &attributes.others;
                quote! { #(#others)* #vis #signature #body }
            }
        }
    }
}

struct RawImpl {
    attributes: Vec<Attribute>,
    rest: ImplSyntax,
    items: Vec<RawItem>,
}

enum RawItem {
    Method(Vec<Attribute>, Visibility, Box<Signature>, TokenStream),
    Other(TokenStream),
}

impl ImplSyntax {
    /// Parses an impl.
    pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> syn::Result<Self> {
        let raw: RawImpl = syn::parse2(item)?;
        let mut syntax = raw.rest;
        syntax.attributes = Attributes::read(raw.attributes, Place::Impl, errors);
        syntax.items = raw
            .items
            .into_iter()
            .map(|item| match item {
                RawItem::Other(tokens) => ImplItem::Other(tokens),
                RawItem::Method(attributes, vis, mut signature, body) => {
                    for input in &mut signature.inputs {
                        if let FnArg::Typed(typed) = input {
                            parameter::refuse_on_impl(typed, errors);
                        }
                    }
                    let attributes = Attributes::read(attributes, Place::ImplMethod, errors);
                    ImplItem::Method {
                        attributes: Box::new(attributes),
                        vis,
                        signature,
                        body,
                    }
                }
            })
            .collect();
        Ok(syntax)
    }
}

impl Parse for RawImpl {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let unsafety = input.parse()?;
        let impl_token = input.parse()?;
        let has_generics = input.peek(Token![<]) && !input.peek2(Token![<]);
        let mut generics = if has_generics {
            input.parse()?
        } else {
            Generics::default()
        };
        let first: Type = input.parse()?;
        let (contract, self_ty) = if input.parse::<Option<Token![for]>>()?.is_some() {
            (Some(syn::parse2(first.to_token_stream())?), input.parse()?)
        } else {
            (None, first)
        };
        generics.where_clause = input.parse()?;
        let content;
        braced!(content in input);
        let mut items = Vec::new();
        while !content.is_empty() {
            items.push(content.call(raw_item)?);
        }
        let rest = ImplSyntax {
            attributes: Attributes::default(),
            unsafety,
            impl_token,
            generics,
            contract,
            self_ty,
            items: Vec::new(),
        };
        Ok(Self {
            attributes,
            rest,
            items,
        })
    }
}

fn raw_item(input: ParseStream<'_>) -> syn::Result<RawItem> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    if ahead.parse::<Signature>().is_err() || !ahead.peek(token::Brace) {
        return other_item(input).map(RawItem::Other);
    }
    let attributes = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let signature = input.parse()?;
    let body = one_tree(input)?;
    Ok(RawItem::Method(attributes, vis, signature, body))
}
