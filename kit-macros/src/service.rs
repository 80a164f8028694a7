//! `#[kit::service]`: reads, checks, expands; after an error, still emits what
//! the rest of the crate needs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Token, Visibility};

use crate::diagnostic::Errors;
use crate::model::{Policies, Service};
use crate::parse::{ImplArguments, ImplSyntax, TraitArguments, TraitSyntax, unqualified};
use crate::{check, expand};

/// Expands the attribute.
pub(crate) fn service(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let output = match Kind::of(&item) {
        Kind::Trait => contract(arguments, item.clone(), &mut errors),
        Kind::Impl => implementation(arguments, item.clone(), &mut errors),
        Kind::Other => {
            errors.on(
                first_tokens(&item),
                "`#[kit::service]` goes on a trait or on an impl of one",
                "write it before `trait Name { .. }` or `impl Name for Type { .. }`",
            );
            Ok(item.clone())
        }
    };
    let output = output.unwrap_or_else(|error| {
        errors.syntax(error);
        item
    });
    let errors = errors.into_tokens();
    quote!(#errors #output)
}

fn contract(
    arguments: TokenStream,
    item: TokenStream,
    errors: &mut Errors,
) -> syn::Result<TokenStream> {
    let arguments = TraitArguments::read(arguments, errors);
    let item = unqualified(item, arguments.krate.as_ref());
    let syntax = TraitSyntax::read(item, errors)?;
    let mut service = Service::new(arguments, syntax);
    let mut refused = check::method_names(&service, errors).into_iter();
    service.methods.retain(|_| !refused.next().unwrap_or(false));
    let broken = check::service(&service, errors);
    configure(&mut service, errors);
    for (method, broken) in service.methods.iter_mut().zip(broken) {
        method.broken = broken;
        // A policy that is wrong would only be reported once more, by rustc.
        if !errors.is_empty() {
            method.policies = Policies::default();
        }
    }
    Ok(expand::service(&service))
}

/// Puts what the service's file says over what its attributes say.
#[cfg(any(test, feature = "config"))]
fn configure(service: &mut Service, errors: &mut Errors) {
    crate::config::configure(service, errors);
}

/// Without the feature there is no reader of files, which would be compiled
/// into the macros of everybody.
#[cfg(not(any(test, feature = "config")))]
fn configure(service: &mut Service, errors: &mut Errors) {
    if let Some(config) = service.config.take() {
        errors.on(
            config,
            "`config` needs kit's cargo feature `config`, which is off",
            "write `features = [\"config\"]` for kit in Cargo.toml, or remove it; values stand in \
             the attributes then",
        );
    }
}

fn implementation(
    arguments: TokenStream,
    item: TokenStream,
    errors: &mut Errors,
) -> syn::Result<TokenStream> {
    let arguments = ImplArguments::read(arguments, errors);
    let item = unqualified(item, arguments.krate.as_ref());
    let mut syntax = ImplSyntax::read(item, errors)?;
    let expands = check::implementation(&arguments, &syntax, errors);
    if !errors.is_empty() {
        syntax.forget_policies();
    }
    Ok(match expands {
        true => expand::implementation(&arguments, &syntax),
        false => expand::plain_implementation(&syntax),
    })
}

/// What an item is.
enum Kind {
    Trait,
    Impl,
    Other,
}

impl Kind {
    fn of(item: &TokenStream) -> Self {
        let parse = |input: ParseStream<'_>| {
            input.call(Attribute::parse_outer)?;
            input.parse::<Visibility>()?;
            input.parse::<Option<Token![unsafe]>>()?;
            input.parse::<Option<Token![auto]>>()?;
            let kind = if input.peek(Token![trait]) {
                Self::Trait
            } else if input.peek(Token![impl]) {
                Self::Impl
            } else {
                Self::Other
            };
            input.parse::<TokenStream>()?;
            Ok(kind)
        };
        parse.parse2(item.clone()).unwrap_or(Self::Other)
    }
}

/// The first line of an item, roughly: what stands before its body.
fn first_tokens(item: &TokenStream) -> TokenStream {
    item.clone()
        .into_iter()
        .filter(|tree| match tree {
            proc_macro2::TokenTree::Group(_) => false,
            proc_macro2::TokenTree::Punct(punct) => punct.as_char() != '#',
            _ => true,
        })
        .take(2)
        .collect()
}
