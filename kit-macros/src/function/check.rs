//! Rules of a function that a policy guards.

use kit_grammar::{CountedBy, LOCAL_STORE, Value, duration};
use proc_macro2::Ident;
use syn::{FnArg, GenericParam, Pat, ReceiverKind, ReturnType, Type};

use super::Function;
use crate::check::written;
use crate::diagnostic::Errors;
use crate::parse::Policy;
use crate::types;

/// Checks the policies of a function, of which `name` is the first, and the
/// function.
pub(super) fn check(
    known: &kit_grammar::Policy,
    name: &Ident,
    policies: &[Policy],
    function: &Function,
    errors: &mut Errors,
) {
    written(policies, errors);
    for policy in policies {
        check_sides(policy, errors);
        check_key(policy, errors);
        check_store(policy, errors);
        check_metadata(policy, errors);
        check_arguments(policy, function, errors);
    }
    check_attempts(policies, function, errors);
    check_async(name, function, errors);
    check_result(known, function, errors);
}

/// A function is neither a client nor a server.
fn check_sides(policy: &Policy, errors: &mut Errors) {
    if let Some(at) = &policy.at {
        errors.on(
            at,
            "a plain function has no sides",
            format_args!("remove `at = {at}`"),
        );
    }
}

/// A function has no caller that could be told from another.
fn check_key(policy: &Policy, errors: &mut Errors) {
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
fn check_store(policy: &Policy, errors: &mut Errors) {
    let Some(Value::Name(name)) = policy.value("store") else {
        return;
    };
    if name == LOCAL_STORE {
        return;
    }
    if let Some(setting) = policy.setting("store") {
        errors.on(
            &setting.token,
            "a plain function has nobody to give it the store that it would share",
            "remove `store`, or run the call by `kit::policy::rate_limit::SharedRateLimiter`",
        );
    }
}

/// The arguments of a function are all that its answers are kept by.
fn check_metadata(policy: &Policy, errors: &mut Errors) {
    if policy.known.name != "cache" {
        return;
    }
    if let Some(setting) = policy.setting("any_metadata") {
        errors.on(
            &setting.token,
            "a plain function has no metadata: its answers are kept by its arguments",
            "remove `any_metadata`, and take what an answer depends on as an argument",
        );
    }
}

/// An attempt that may take as long as the call leaves no time for another.
fn check_attempts(policies: &[Policy], function: &Function, errors: &mut Errors) {
    let find = |name, key| {
        let mut policies = policies.iter();
        let policy = policies.find(|policy| policy.known.name == name)?;
        match policy.value(key) {
            Some(Value::Duration(duration)) => Some((policy.setting(key)?, *duration)),
            _ => None,
        }
    };
    let (Some((setting, attempt)), Some((_, timeout))) =
        (find("retry", "attempt_timeout"), find("timeout", "limit"))
    else {
        return;
    };
    if attempt >= timeout {
        errors.on(
            &setting.value,
            format_args!(
                "an attempt of {} leaves no time for another: the timeout of `{}` is {}",
                duration::format(attempt),
                function.signature.ident,
                duration::format(timeout),
            ),
            "write a shorter `attempt_timeout`, or a longer `#[timeout]`",
        );
    }
}

fn check_async(name: &Ident, function: &Function, errors: &mut Errors) {
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
fn check_result(known: &kit_grammar::Policy, function: &Function, errors: &mut Errors) {
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

/// Whether the arguments are needed more than once for one call.
fn keeps(policy: &Policy) -> bool {
    policy.known.idempotent || policy.known.name == "fallback"
}

/// What is needed again is cloned, and for that needs a name.
fn check_arguments(policy: &Policy, function: &Function, errors: &mut Errors) {
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
                } else if types::without_impl(&typed.ty).is_some() {
                    errors.on(
                        &typed.ty,
                        "`#[cache]` keeps the answers of one function, and one that takes an `impl Trait` is many",
                        "take one type",
                    );
                }
            }
        }
    }
    for param in &function.signature.generics.params {
        match param {
            GenericParam::Lifetime(lifetime) => errors.on(
                lifetime,
                format_args!(
                    "`#[cache]` keeps what it is given, and what lives for `{}` is borrowed",
                    lifetime.lifetime
                ),
                "take and return values, as in `String` for `&str`",
            ),
            GenericParam::Type(_) | GenericParam::Const(_) => errors.on(
                param,
                "`#[cache]` keeps the answers of one function, and a generic one is many",
                "write a function without parameters around it",
            ),
        }
    }
}
