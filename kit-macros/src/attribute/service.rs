//! The driver of `#[kit::service]`: parse, check, configure, expand.
//!
//! After an error it still emits the items that the rest of the crate uses, so
//! that rustc reports only the error itself.

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
                "`#[kit::service]` belongs on a trait or on an impl of one",
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
    let mut invalid = check::method_names(&service, errors).into_iter();
    service.methods.retain(|_| !invalid.next().unwrap_or(false));
    let broken = check::service(&service, errors);
    configure(&mut service, errors);
    for (method, broken) in service.methods.iter_mut().zip(broken) {
        method.broken = broken;
        // rustc would report an invalid policy again.
        if !errors.is_empty() {
            method.policies = Policies::default();
        }
    }
    Ok(expand::service(&service))
}

/// Overrides values of the attributes with those of the service's file.
#[cfg(any(test, feature = "config"))]
fn configure(service: &mut Service, errors: &mut Errors) {
    crate::config::configure(service, errors);
}

/// Without the feature there is no parser of files, so that only crates that
/// use one compile it.
#[cfg(not(any(test, feature = "config")))]
fn configure(service: &mut Service, errors: &mut Errors) {
    if let Some(config) = service.config.take() {
        errors.on(
            config,
            "`config` needs kit's cargo feature `config`, which is off",
            "write `features = [\"config\"]` for kit in Cargo.toml, or remove `config` and set the \
             values in attributes",
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
        syntax.remove_policies();
    }
    Ok(match expands {
        true => expand::implementation(&arguments, &syntax),
        false => expand::plain_implementation(&syntax),
    })
}

/// The kind of an item.
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

/// The first two tokens of an item, to point at.
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
