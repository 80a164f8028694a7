//! Rules about an impl.

use kit_grammar::Side;
use syn::GenericParam;

use super::policies;

use crate::diagnostic::Errors;
use crate::parse::{ImplArguments, ImplItem, ImplSyntax, Timeout};

/// Checks an impl, and returns whether it can be expanded.
pub(crate) fn implementation(
    arguments: &ImplArguments,
    syntax: &ImplSyntax,
    errors: &mut Errors,
) -> bool {
    check_sides(syntax, errors);
    check_register(arguments, syntax, errors);
    check_contract(syntax, errors)
}

/// Only an impl of a trait is a server.
fn check_contract(syntax: &ImplSyntax, errors: &mut Errors) -> bool {
    if syntax.contract.is_none() {
        errors.on(
            &syntax.self_ty,
            "`#[kit::service]` belongs on a trait or on an impl of one",
            "write `impl YourService for YourType { .. }`, or remove the attribute",
        );
    }
    syntax.contract.is_some()
}

/// An impl is a server, so its policies apply to the server.
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
                format_args!("an impl is a server, so `at = {at}` does not apply to it"),
                "remove it, or move the policy to the trait",
            );
        }
    }
}

/// The name of a generic parameter.
fn name(param: &GenericParam) -> String {
    match param {
        GenericParam::Lifetime(param) => param.lifetime.to_string(),
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
    }
}

/// A registration creates one value of one type.
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
            "register an impl without parameters, or mount it in code: `kit::Server::new().mount(..)`",
        );
    }
}
