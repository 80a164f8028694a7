//! Parses a trait with `#[kit::service]`.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, FnArg, Generics, Ident, Receiver, Signature, Token, TypeParamBound, Visibility,
    braced, token,
};

use super::attributes::Place;
use super::{Attributes, Parameter, parameter};
use crate::diagnostic::Errors;

/// A trait as written.
#[derive(Clone, Debug)]
pub(crate) struct TraitSyntax {
    pub(crate) attributes: Attributes,
    pub(crate) vis: Visibility,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) auto: Option<Token![auto]>,
    pub(crate) trait_token: Token![trait],
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) supertraits: Punctuated<TypeParamBound, Token![+]>,
    pub(crate) items: Vec<TraitItem>,
}

/// An item of a trait.
#[derive(Clone, Debug)]
pub(crate) enum TraitItem {
    Method(Box<MethodSyntax>),
    /// Any other item, unchanged.
    Other(TokenStream),
}

/// A method as written.
#[derive(Clone, Debug)]
pub(crate) struct MethodSyntax {
    pub(crate) attributes: Attributes,
    /// The signature, with its inputs moved out.
    pub(crate) signature: Signature,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) parameters: Vec<Parameter>,
    /// The default body.
    pub(crate) body: Option<TokenStream>,
}

/// A trait before its attributes are parsed.
struct RawTrait {
    attributes: Vec<Attribute>,
    rest: TraitSyntax,
    items: Vec<RawItem>,
}

enum RawItem {
    Method(Vec<Attribute>, Box<Signature>, Option<TokenStream>),
    Other(TokenStream),
}

impl TraitSyntax {
    /// Parses a trait.
    pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> syn::Result<Self> {
        let raw: RawTrait = syn::parse2(item)?;
        let mut syntax = raw.rest;
        syntax.attributes = Attributes::read(raw.attributes, Place::Trait, errors);
        syntax.items = raw
            .items
            .into_iter()
            .map(|item| match item {
                RawItem::Other(tokens) => TraitItem::Other(tokens),
                RawItem::Method(attributes, signature, body) => {
                    let method = MethodSyntax::read(attributes, *signature, body, errors);
                    TraitItem::Method(Box::new(method))
                }
            })
            .collect();
        Ok(syntax)
    }
}

impl MethodSyntax {
    fn read(
        attributes: Vec<Attribute>,
        mut signature: Signature,
        body: Option<TokenStream>,
        errors: &mut Errors,
    ) -> Self {
        let attributes = Attributes::read(attributes, Place::Method, errors);
        let mut receiver = None;
        let mut parameters = Vec::new();
        for input in std::mem::take(&mut signature.inputs) {
            match input {
                FnArg::Receiver(mut own) => {
                    own.attrs = parameter::refuse_on_receiver(own.attrs, errors);
                    receiver = Some(own);
                }
                FnArg::Typed(typed) => parameters.push(Parameter::read(typed, errors)),
            }
        }
        Self {
            attributes,
            signature,
            receiver,
            parameters,
            body,
        }
    }
}

impl Parse for RawTrait {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let unsafety = input.parse()?;
        let auto = input.parse()?;
        let trait_token = input.parse()?;
        let ident = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let mut supertraits = Punctuated::new();
        if input.parse::<Option<Token![:]>>()?.is_some() {
            while !input.peek(Token![where]) && !input.peek(token::Brace) {
                supertraits.push_value(input.parse()?);
                if !input.peek(Token![+]) {
                    break;
                }
                supertraits.push_punct(input.parse()?);
            }
        }
        generics.where_clause = input.parse()?;
        let content;
        braced!(content in input);
        let mut items = Vec::new();
        while !content.is_empty() {
            items.push(content.call(raw_item)?);
        }
        let rest = TraitSyntax {
            attributes: Attributes::default(),
            vis,
            unsafety,
            auto,
            trait_token,
            ident,
            generics,
            supertraits,
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
    if ahead.parse::<Signature>().is_err() {
        return other_item(input).map(RawItem::Other);
    }
    let attributes = input.call(Attribute::parse_outer)?;
    let signature = input.parse()?;
    let body = if input.peek(token::Brace) {
        Some(one_tree(input)?)
    } else {
        input.parse::<Token![;]>()?;
        None
    };
    Ok(RawItem::Method(attributes, Box::new(signature), body))
}

/// Takes the tokens of an item that is not a function.
pub(crate) fn other_item(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() {
        let ends = input.peek(Token![;]) || input.peek(token::Brace);
        tokens.extend(one_tree(input)?);
        if ends {
            // A braced value, as in `const A: B = B {};`.
            if input.peek(Token![;]) {
                tokens.extend(one_tree(input)?);
            }
            break;
        }
    }
    Ok(tokens)
}

/// Takes one token or group.
pub(crate) fn one_tree(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    input
        .parse::<proc_macro2::TokenTree>()
        .map(TokenStream::from)
}
