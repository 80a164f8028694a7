//! A policy on a plain `async fn`: `#[kit::breaker(failures = 5)]`.
//!
//! The function keeps its signature, and its body runs through a core that
//! stands in a static inside it: one per function, shared by all its calls.
//! The first of several policies reads all of them, as their order is fixed
//! here too, whatever the order of the text.

use kit_grammar::{CountedBy, Value};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Pat, ReceiverKind, ReturnType, Signature, Type, Visibility, token};

use crate::check;
use crate::diagnostic::Errors;
use crate::expand;
use crate::names;
use crate::parse::{Policy, Said, arguments, own_name};
use crate::types;

/// A function as it is written.
struct Function {
    attributes: Vec<Attribute>,
    vis: Visibility,
    signature: Signature,
    body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let function = Self {
            attributes: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            signature: input.parse()?,
            body: match input.peek(token::Brace) {
                true => input.parse::<proc_macro2::TokenTree>()?.into(),
                false => return Err(input.error("expected a body")),
            },
        };
        Ok(function)
    }
}

/// Expands a policy on a function, and those below it; `None` where it stands
/// on anything else.
pub(crate) fn function(
    known: &'static kit_grammar::Policy,
    arguments: TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    let mut function: Function = syn::parse2(item.clone()).ok()?;
    let mut errors = Errors::default();
    let name = Ident::new(known.name, Span::call_site());
    let mut policies = vec![Policy::read(known, &name, arguments, &mut errors)];
    function.take_policies(&mut policies, &mut errors);
    check::written(&policies, &mut errors);
    for policy in &policies {
        check_sides(policy, &mut errors);
        check_key(policy, &mut errors);
        check_arguments(policy, &function, &mut errors);
    }
    check_async(&policies[0], &function, &mut errors);
    check_result(&policies[0], &function, &mut errors);
    if !errors.is_empty() {
        let (errors, function) = (errors.into_tokens(), function.emit());
        return Some(quote!(#errors #function));
    }
    policies.sort_by_key(|policy| {
        let of = |known: &kit_grammar::Policy| known.name == policy.known.name;
        kit_grammar::POLICIES.iter().position(of)
    });
    Some(expanded(&policies, &function))
}

impl Function {
    /// Takes the policies away that stand below the first.
    fn take_policies(&mut self, policies: &mut Vec<Policy>, errors: &mut Errors) {
        for attribute in std::mem::take(&mut self.attributes) {
            let name = own_name(&attribute);
            let known = name.as_ref().and_then(|name| {
                let known = kit_grammar::Policy::named(&name.to_string());
                known.filter(|known| known.name != "timeout")
            });
            let (Some(name), Some(known)) = (name, known) else {
                self.attributes.push(attribute);
                continue;
            };
            if policies.iter().any(|other| other.known.name == known.name) {
                let rule = format_args!("`#[{name}]` is given twice");
                errors.on(&name, rule, "keep one of them");
            } else if let Some(tokens) = arguments(&attribute, errors) {
                policies.push(Policy::read(known, &name, tokens, errors));
            }
        }
    }

    /// The function as it is written, without its policies.
    fn emit(&self) -> TokenStream {
        let (attributes, vis, signature, body) =
            (&self.attributes, &self.vis, &self.signature, &self.body);
        quote!(#(#attributes)* #vis #signature #body)
    }
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

fn check_async(policy: &Policy, function: &Function, errors: &mut Errors) {
    if function.signature.asyncness.is_some() {
        return;
    }
    errors.on(
        function.signature.fn_token,
        format_args!(
            "`#[{}]` goes on an `async fn`, and `{}` is none",
            policy.name, function.signature.ident
        ),
        "write `async fn`",
    );
}

/// A refusal is a failure, so there has to be a way to fail.
fn check_result(policy: &Policy, function: &Function, errors: &mut Errors) {
    let rule = format!(
        "`{}` can't say that `#[{}]` refused it: it returns no `Result`",
        function.signature.ident, policy.name
    );
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

/// Whether the body runs with clones of the arguments.
fn clones_for_body(policy: &Policy) -> bool {
    keeps(policy) && policy.known.name != "cache"
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

fn expanded(policies: &[Policy], function: &Function) -> TokenStream {
    let (attributes, vis) = (&function.attributes, &function.vis);
    let kit = quote!(::kit::__private);
    let signature = signature(policies, function);
    let innermost = policies.iter().rposition(clones_for_body);
    let mut run = call(function, &kit);
    for (position, policy) in policies.iter().enumerate().rev() {
        let clones = clones(function, &kit, innermost == Some(position));
        let around = match policy.known.name {
            "fallback" => fallback(policy, function, &kit, &quote!(#clones #run)),
            "cache" => cache(policy, function, &kit, &run),
            "retry" | "hedge" => core(policy, function, &kit, &quote!(|| { #clones #run })),
            _ => core(policy, function, &kit, &run),
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
    let run = run_method(function);
    quote! {
        static __POLICY: #kit::LazyLock<#kit::#core> =
            #kit::LazyLock::new(|| #kit::#core::new(const { #config }).named(#name));
        __POLICY.#run(#call).await
    }
}

/// `run`, where the result stands: an error type that is no `ServiceError` is
/// reported there.
fn run_method(function: &Function) -> TokenStream {
    let ReturnType::Type(_, ty) = &function.signature.output else {
        return quote!(run);
    };
    let error = types::result(ty).map_or(&**ty, |(_, error)| error);
    Ident::new("run", expand::span_of(error)).into_token_stream()
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
