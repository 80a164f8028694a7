//! Rules of a function that a policy guards.

use kit_grammar::{CountedBy, Value};
use proc_macro2::Ident;
use syn::{FnArg, Pat, ReceiverKind, ReturnType, Type};

use super::{Function, keeps};
use crate::diagnostic::Errors;
use crate::parse::Policy;
use crate::types;

/// A function is neither a client nor a server.
pub(super) fn check_sides(policy: &Policy, errors: &mut Errors) {
    if let Some(at) = &policy.at {
        errors.on(
            at,
            "a plain function has no sides",
            format_args!("remove `at = {at}`"),
        );
    }
}

/// A function has no caller that could be told from another.
pub(super) fn check_key(policy: &Policy, errors: &mut Errors) {
    let Some(Value::CountedBy(by)) = policy.value("key") else {
        return;
    };
    if *by == CountedBy::Everyone {
        return;
    }
    if let Some(setting) = policy.setting("key") {
        errors.on(
            &setting.token,
            "a plain function does not know who calls it, so all callers share its limit",
            "remove `key`, or limit the method of a `#[kit::service]`",
        );
    }
}

/// Nobody could give a function the store.
pub(super) fn check_store(policy: &Policy, errors: &mut Errors) {
    let Some(Value::Word("redis")) = policy.value("store") else {
        return;
    };
    if let Some(setting) = policy.setting("store") {
        errors.on(
            &setting.token,
            "a plain function has nobody to give it the store that it would share",
            "remove `store`, or run the call by `kit::policy::rate_limit::SharedRateLimiter`",
        );
    }
}

pub(super) fn check_async(name: &Ident, function: &Function, errors: &mut Errors) {
    if function.signature.asyncness.is_some() {
        return;
    }
    errors.on(
        function.signature.fn_token,
        format_args!(
            "`#[{name}]` goes on an `async fn`, and `{}` is none",
            function.signature.ident
        ),
        "write `async fn`",
    );
}

/// A refusal is a failure, so there has to be a way to fail.
pub(super) fn check_result(known: &kit_grammar::Policy, function: &Function, errors: &mut Errors) {
    let (name, ident) = (known.name, &function.signature.ident);
    let did = match name {
        "timeout" => "ended",
        _ => "refused",
    };
    let rule = format!("`{ident}` can't say that `#[{name}]` {did} it: it returns no `Result`");
    let help = "return `Result<T, E>`, where `E` is `kit::Status` or derives `kit::ServiceError`";
    match &function.signature.output {
        ReturnType::Default => errors.on(&function.signature.ident, rule, help),
        ReturnType::Type(_, ty) => {
            if types::result(ty).is_none() && types::short_result(ty).is_none() {
                errors.on(ty, rule, help);
            }
        }
    }
}

/// What is needed again is cloned, and for that needs a name.
pub(super) fn check_arguments(policy: &Policy, function: &Function, errors: &mut Errors) {
    if !keeps(policy) {
        return;
    }
    let name = &policy.name;
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                if !matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) {
                    errors.on(
                        receiver,
                        format_args!("`#[{name}]` may need `self` again, which this takes away"),
                        "write `&self`",
                    );
                }
            }
            FnArg::Typed(typed) => {
                if let Type::Reference(reference) = types::ungroup(&typed.ty)
                    && reference.mutability.is_some()
                {
                    errors.on(
                        &typed.ty,
                        format_args!(
                            "`#[{name}]` may need its arguments again, and a `&mut` can't be cloned"
                        ),
                        "take a value that can be cloned",
                    );
                } else if !matches!(&*typed.pat, Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none())
                {
                    errors.on(
                        &typed.pat,
                        format_args!(
                            "`#[{name}]` may need its arguments again, and this one has no name"
                        ),
                        "give it a name, and take it apart in the body",
                    );
                }
            }
        }
    }
    if policy.known.name == "cache" {
        check_key_of_cache(function, errors);
    }
}

/// What is remembered outlives the call, and is the same for all.
fn check_key_of_cache(function: &Function, errors: &mut Errors) {
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => errors.on(
                receiver,
                "`#[cache]` would give the answers of one `self` to another",
                "write a function without `self`, whose arguments say all that an answer depends on",
            ),
            FnArg::Typed(typed) => {
                if matches!(types::ungroup(&typed.ty), Type::Reference(_)) {
                    errors.on(
                        &typed.ty,
                        "`#[cache]` keeps the arguments, and this one is borrowed",
                        "take it by value, as in `String` for `&str`",
                    );
                }
            }
        }
    }
    if let Some(param) = function.signature.generics.params.first() {
        errors.on(
            param,
            "`#[cache]` keeps the answers of one function, and a generic one is many",
            "write a function without parameters around it",
        );
    }
}
