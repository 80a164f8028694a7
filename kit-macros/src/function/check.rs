//! Rules about a plain function with policies.

use kit_grammar::{CountedBy, LOCAL_STORE, Value, duration};
use proc_macro2::Ident;
use syn::{FnArg, GenericParam, Pat, ReceiverKind, ReturnType, Type};

use super::guarded::Function;
use crate::check::written;
use crate::diagnostic::Errors;
use crate::parse::Policy;
use crate::syntax::types;

/// Checks a function and its policies; `name` is the first of them.
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

/// A function can't identify its callers.
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
            "a plain function can't identify its callers, so all share one limit",
            "remove `key`, or limit the method of a `#[kit::service]`",
        );
    }
}

/// A function has no configuration that connects it to a store.
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
            "a plain function can't use a shared store",
            "remove `store`, or run the call through `kit::policy::rate_limit::SharedRateLimiter`",
        );
    }
}

/// The cache key of a function consists of its arguments.
fn check_metadata(policy: &Policy, errors: &mut Errors) {
    if policy.known.name != "cache" {
        return;
    }
    if let Some(setting) = policy.setting("any_metadata") {
        errors.on(
            &setting.token,
            "a plain function has no metadata: its cache key is its arguments",
            "remove `any_metadata`, and take everything that the result depends on as an argument",
        );
    }
}

/// An attempt must be shorter than the call, so that there is time for another.
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
            "`#[{name}]` belongs on an `async fn`, but `{}` is not async",
            function.signature.ident
        ),
        "write `async fn`",
    );
}

/// Policies fail calls, so the function must return a `Result`.
fn check_result(known: &kit_grammar::Policy, function: &Function, errors: &mut Errors) {
    let (name, ident) = (known.name, &function.signature.ident);
    let rule = format!("`#[{name}]` can fail a call, but `{ident}` does not return a `Result`");
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

/// Whether one call may need the arguments more than once.
fn keeps(policy: &Policy) -> bool {
    policy.known.idempotent || policy.known.name == "fallback"
}

/// Arguments that are needed more than once are cloned, so they need names.
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
                        format_args!(
                            "`#[{name}]` may need `self` more than once, so it must be `&self`"
                        ),
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
                            "`#[{name}]` may need its arguments more than once, but a `&mut` can't be cloned"
                        ),
                        "take a value that can be cloned",
                    );
                } else if !matches!(&*typed.pat, Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none())
                {
                    errors.on(
                        &typed.pat,
                        format_args!(
                            "`#[{name}]` may need its arguments more than once, but this one has no name"
                        ),
                        "give it a name, and destructure it in the body",
                    );
                }
            }
        }
    }
    if policy.known.name == "cache" {
        check_key_of_cache(function, errors);
    }
}

/// Stored results outlive the call, and are shared by all calls.
fn check_key_of_cache(function: &Function, errors: &mut Errors) {
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => errors.on(
                receiver,
                "`#[cache]` would return the results of one `self` for another",
                "write a function without `self` that takes everything its result depends on as arguments",
            ),
            FnArg::Typed(typed) => {
                if matches!(types::ungroup(&typed.ty), Type::Reference(_)) {
                    errors.on(
                        &typed.ty,
                        "`#[cache]` stores the arguments, but this one is borrowed",
                        "take it by value, as in `String` for `&str`",
                    );
                } else if types::without_impl(&typed.ty).is_some() {
                    errors.on(
                        &typed.ty,
                        "`#[cache]` needs a function that is not generic, but `impl Trait` makes it generic",
                        "write a concrete type",
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
                    "`#[cache]` stores arguments and results, but `{}` borrows them",
                    lifetime.lifetime
                ),
                "take and return values, as in `String` for `&str`",
            ),
            GenericParam::Type(_) | GenericParam::Const(_) => errors.on(
                param,
                "`#[cache]` needs a function that is not generic",
                "call it from a function that is not generic, and cache that one",
            ),
        }
    }
}
