//! Rules of an impl.

use kit_grammar::Side;
use syn::GenericParam;

use super::policies;

use crate::diagnostic::Errors;
use crate::parse::{ImplArguments, ImplItem, ImplSyntax, Timeout};

/// Checks an impl, and says whether there is anything to expand.
pub(crate) fn implementation(
    arguments: &ImplArguments,
    syntax: &ImplSyntax,
    errors: &mut Errors,
) -> bool {
    check_sides(syntax, errors);
    check_register(arguments, syntax, errors);
    check_contract(syntax, errors)
}

/// An impl of no trait is no server of anything.
fn check_contract(syntax: &ImplSyntax, errors: &mut Errors) -> bool {
    if syntax.contract.is_none() {
        errors.on(
            &syntax.self_ty,
            "`#[kit::service]` goes on a trait, or on an impl of one",
            "write `impl YourService for YourType { .. }`, or remove the attribute",
        );
    }
    syntax.contract.is_some()
}

/// An impl is a server, so its policies work there.
fn check_sides(syntax: &ImplSyntax, errors: &mut Errors) {
    let methods = syntax.items.iter().filter_map(|item| match item {
        ImplItem::Method { attributes, .. } => Some(&**attributes),
        ImplItem::Other(_) => None,
    });
    for attributes in std::iter::once(&syntax.attributes).chain(methods) {
        policies::check_implementation(attributes, errors);
        let Some(Timeout {
            sides,
            at: Some(at),
            ..
        }) = &attributes.timeout
        else {
            continue;
        };
        if *sides != Side::Server {
            errors.on(
                at,
                format_args!("an impl is a server, so `at = {at}` has no meaning here"),
                "remove it, or move the policy to the trait",
            );
        }
    }
}

/// A parameter without its bounds.
fn name(param: &GenericParam) -> String {
    match param {
        GenericParam::Lifetime(param) => param.lifetime.to_string(),
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
    }
}

/// What registers itself is one value of one type.
fn check_register(arguments: &ImplArguments, syntax: &ImplSyntax, errors: &mut Errors) {
    let Some(register) = &arguments.register else {
        return;
    };
    if let Some(param) = syntax.generics.params.first() {
        errors.on(
            &register.key,
            format_args!(
                "`register` needs one type, but the impl is generic over `{}`",
                name(param)
            ),
            "register an impl without parameters, or mount it by hand: `kit::Server::new().mount(..)`",
        );
    }
}
