//! A function whose body runs through the cores of its policies.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{FnArg, Pat, ReturnType, Signature, Type};

use super::{Function, clones_for_body};
use crate::expand;
use crate::names;
use crate::parse::{Policy, Said};
use crate::types;

/// The function with its policies around its body.
pub(super) fn expanded(policies: &[Policy], function: &Function) -> TokenStream {
    let (attributes, vis) = (&function.attributes, &function.vis);
    let kit = quote!(::kit::__private);
    let signature = signature(policies, function);
    let innermost = policies.iter().rposition(clones_for_body);
    let timed = policies.iter().any(|policy| policy.known.name == "timeout");
    let mut run = call(function, &kit);
    for (position, policy) in policies.iter().enumerate().rev() {
        let clones = clones(function, &kit, innermost == Some(position));
        let around = match policy.known.name {
            "fallback" => fallback(policy, function, &kit, &quote!(#clones #run)),
            "cache" => cache(policy, function, &kit, &run),
            "timeout" => timeout(policy, function, &kit, &run),
            "retry" | "hedge" => core(policy, function, &kit, &quote!(|| { #clones #run }), timed),
            _ => core(policy, function, &kit, &run, timed),
        };
        run = quote!(async move { #around });
    }
    quote! {
        #(#attributes)*
        #vis #signature {
            #run.await
        }
    }
}

/// The signature; an argument is `mut` where its last clone is.
fn signature(policies: &[Policy], function: &Function) -> Signature {
    let mut signature = function.signature.clone();
    if policies.iter().any(clones_for_body) {
        for input in &mut signature.inputs {
            if let FnArg::Typed(typed) = input
                && let Pat::Ident(pat) = &mut *typed.pat
            {
                pat.mutability = None;
            }
        }
    }
    signature
}

/// The body as a future of the function's own result: without the branch that
/// never runs, a `?` in it would not know the type of the error.
fn call(function: &Function, kit: &TokenStream) -> TokenStream {
    let body = &function.body;
    let ReturnType::Type(_, ty) = &function.signature.output else {
        return quote!(async move #body);
    };
    quote! {
        async move {
            if false {
                return #kit::never::<#ty>();
            }
            #body
        }
    }
}

/// Clones of the arguments in their places.
fn clones(function: &Function, kit: &TokenStream, last: bool) -> TokenStream {
    let inputs = function.signature.inputs.iter();
    let clones = inputs.filter_map(|input| match input {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(pat) => Some((pat, &typed.ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let clones = clones.map(|(pat, ty)| {
        let (mutability, ident) = (pat.mutability.filter(|_| last), &pat.ident);
        let clone = clone(ident, ty, kit);
        quote!(let #mutability #ident = #clone;)
    });
    quote!(#(#clones)*)
}

/// A type that has no clone is reported where the user wrote it.
fn clone(ident: &Ident, ty: &Type, kit: &TokenStream) -> TokenStream {
    let span = expand::span_of(ty);
    let (clone, and) = (
        expand::respanned(quote!(#kit::Clone::clone), span),
        quote_spanned!(span=> &),
    );
    quote!(#clone(#and #ident))
}

/// The static with the core, and the call through it.
fn core(
    policy: &Policy,
    function: &Function,
    kit: &TokenStream,
    call: &TokenStream,
    timed: bool,
) -> TokenStream {
    let core = match policy.known.name {
        "rate_limit" => "RateLimiter".to_owned(),
        "concurrency" => "ConcurrencyLimiter".to_owned(),
        "shed" => "Shedder".to_owned(),
        name => names::upper_camel(name),
    };
    let core = format_ident!("{core}");
    let config = expand::config(policy, kit);
    let name = function.signature.ident.to_string();
    let run = match policy.known.name {
        // A call that the timeout around it cuts has failed: a peer that hangs
        // is seen by what watches how calls end.
        "breaker" | "throttle" if timed => {
            let run = where_the_error_stands("run_until", function);
            quote!(#run(#kit::Context::current().deadline(), #call))
        }
        _ => {
            let run = run_method(function);
            quote!(#run(#call))
        }
    };
    quote! {
        static __POLICY: #kit::LazyLock<#kit::#core> =
            #kit::LazyLock::new(|| #kit::#core::new(const { #config }).named(#name));
        __POLICY.#run.await
    }
}

/// The longest that the call may take, with all that is tried in it.
fn timeout(
    policy: &Policy,
    function: &Function,
    kit: &TokenStream,
    call: &TokenStream,
) -> TokenStream {
    let limit = policy
        .setting("limit")
        .map(|limit| expand::value(limit, kit));
    let name = function.signature.ident.to_string();
    let run = run_method(function);
    quote!(const { #kit::Timeout::new(#name, #limit) }.#run(#call).await)
}

/// `run`, where the result stands: an error type that is no `ServiceError` is
/// reported there.
fn run_method(function: &Function) -> Ident {
    where_the_error_stands("run", function)
}

fn where_the_error_stands(name: &str, function: &Function) -> Ident {
    let span = match &function.signature.output {
        ReturnType::Default => Span::call_site(),
        ReturnType::Type(_, ty) => {
            expand::span_of(types::result(ty).map_or(&**ty, |(_, error)| error))
        }
    };
    Ident::new(name, span)
}

/// The core of a cache is generic over what it keeps.
fn cache(
    policy: &Policy,
    function: &Function,
    kit: &TokenStream,
    inner: &TokenStream,
) -> TokenStream {
    let arguments = named_arguments(function);
    let types = arguments.iter().map(|(_, ty)| ty);
    let key = arguments.iter().map(|(ident, ty)| clone(ident, ty, kit));
    let ok = match &function.signature.output {
        ReturnType::Type(_, ty) => types::result(ty)
            .map(|(ok, _)| ok)
            .or_else(|| types::short_result(ty)),
        ReturnType::Default => None,
    };
    let config = expand::config(policy, kit);
    let run = run_method(function);
    quote! {
        static __POLICY: #kit::LazyLock<#kit::Cache<(#(#types,)*), #ok>> =
            #kit::LazyLock::new(|| #kit::Cache::new(const { #config }));
        let __key = (#(#key,)*);
        __POLICY.#run(__key, || #inner).await
    }
}

/// The other function is given the arguments and the error.
fn fallback(
    policy: &Policy,
    function: &Function,
    kit: &TokenStream,
    inner: &TokenStream,
) -> TokenStream {
    let Some(Said::Path(path)) = policy.setting("path").map(|setting| &setting.said) else {
        return quote!(#inner.await);
    };
    let codes = expand::fallback_codes(policy, kit);
    let arguments = named_arguments(function).into_iter();
    let arguments = arguments.map(|(ident, ty)| clone(ident, ty, kit));
    let run = run_method(function);
    quote! {
        let __call = { #inner };
        #kit::fallback(|__error| #path(#(#arguments,)* __error)).on(#codes).#run(__call).await
    }
}

/// The arguments by name, without the receiver.
fn named_arguments(function: &Function) -> Vec<(&Ident, &Type)> {
    function
        .signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pat) => Some((&pat.ident, &*typed.ty)),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
        .collect()
}
