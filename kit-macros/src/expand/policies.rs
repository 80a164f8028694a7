//! The expansion of policies: constants, and the impls that they need.
//!
//! A policy is one expression that builds its configuration. It ends in
//! `checked()`, spanned at the attribute's name, so that the compiler reports
//! invalid constants there.

use kit_grammar::{CountedBy, LOCAL_STORE, Value};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::scope::Scope;
use crate::diagnostic::{respanned, span_of};
use crate::model::{Method, duration_expression};
use crate::parse::{Attributes, ParsedValue, Policy, Setting};
use crate::syntax::names;

/// `.policies(..)` of a method's metadata.
pub(crate) fn declared(method: &Method) -> Option<TokenStream> {
    let kit = quote!(__kit);
    let timeouts = timeouts(method, &kit);
    let client = side(&method.policies.client, &kit).map(|side| quote!(.client(#side)));
    let server = side(&method.policies.server, &kit).map(|side| quote!(.server(#side)));
    if timeouts.is_none() && client.is_none() && server.is_none() {
        return None;
    }
    Some(quote!(.policies(__kit::Policies::NONE #timeouts #client #server)))
}

/// `.compiled(..)` of a method's metadata: the values that come from a file.
pub(crate) fn compiled(scope: &Scope<'_>, method: &Method) -> Option<TokenStream> {
    let file = scope.service.config.as_ref()?;
    if method.compiled.is_empty() {
        return None;
    }
    let values = method.compiled.iter().map(|value| {
        let side = format_ident!("{}", value.side.name());
        let (policy, key) = (value.policy, value.key);
        let line = Literal::u32_unsuffixed(value.line);
        quote!(__kit::CompiledValue::#side(#policy, #key, #line))
    });
    Some(quote!(.compiled(__kit::Compiled::new(#file, &[#(#values),*]))))
}

fn timeouts(method: &Method, kit: &TokenStream) -> Option<TokenStream> {
    let text = |timeout: &crate::parse::TimeoutValue| timeout.expression(kit);
    let client = method.timeouts.client.as_ref().map(text);
    let server = method.timeouts.server.as_ref().map(text);
    let same = |a: &TokenStream, b: &TokenStream| a.to_string() == b.to_string();
    match (client, server) {
        (None, None) => None,
        (Some(client), Some(server)) if same(&client, &server) => Some(quote!(.timeout(#client))),
        (client, server) => {
            let client = client.map(|timeout| quote!(.client_timeout(#timeout)));
            let server = server.map(|timeout| quote!(.server_timeout(#timeout)));
            Some(quote!(#client #server))
        }
    }
}

/// `SidePolicies::NONE.breaker(..).retry(..)`, if there are any.
fn side(policies: &[Policy], kit: &TokenStream) -> Option<TokenStream> {
    (!policies.is_empty()).then(|| on_one_side(policies, kit))
}

/// `SidePolicies::NONE.breaker(..).retry(..)`
pub(crate) fn on_one_side(policies: &[Policy], kit: &TokenStream) -> TokenStream {
    let policies = policies.iter().map(|policy| one(policy, kit));
    quote!(#kit::SidePolicies::NONE #(#policies)*)
}

/// `.breaker(..)`
fn one(policy: &Policy, kit: &TokenStream) -> TokenStream {
    let method = Ident::new(policy.known.name, Span::call_site());
    let config = match policy.known.name {
        "fallback" => fallback_codes(policy, kit),
        // Only of functions: those of methods are in `timeouts`.
        "timeout" => policy
            .setting("limit")
            .map(|limit| value(limit, kit))
            .unwrap_or_default(),
        _ => config(policy, kit),
    };
    quote!(.#method(#config))
}

/// The failures that a fallback replaces.
fn fallback_codes(policy: &Policy, kit: &TokenStream) -> TokenStream {
    match policy.setting("on") {
        Some(codes) => value(codes, kit),
        None => quote!(#kit::FALLBACK_CODES),
    }
}

/// The policies of an impl, for all its methods or for one.
pub(crate) fn overrides(attributes: &Attributes, kit: &TokenStream) -> Option<TokenStream> {
    let timeout = attributes.timeout.as_ref().map(|timeout| {
        let timeout = timeout.value.expression(kit);
        quote!(.timeout(#timeout))
    });
    let policies = &attributes.policies;
    if timeout.is_none() && policies.is_empty() {
        return None;
    }
    let policies = policies.iter().map(|policy| one(policy, kit));
    Some(quote!(#kit::SidePolicies::NONE #timeout #(#policies)*))
}

/// The configuration of a policy, checked as a constant.
fn config(policy: &Policy, kit: &TokenStream) -> TokenStream {
    let config = format_ident!("{}Config", names::upper_camel(policy.known.name));
    let value = |key: &str| policy.setting(key).map(|setting| value(setting, kit));
    let (start, used) = match policy.known.name {
        "breaker" if policy.setting("ratio").is_none() => match value("failures") {
            Some(failures) => (quote!(consecutive(#failures)), "failures"),
            None => (quote!(new()), ""),
        },
        "rate_limit" => {
            let rate = value("rate");
            (quote!(new(#rate)), "rate")
        }
        "cache" => {
            let ttl = value("ttl");
            (quote!(new(#ttl)), "ttl")
        }
        "concurrency" => match value("limit") {
            Some(limit) => (quote!(new(#limit)), "limit"),
            None => (quote!(adaptive()), ""),
        },
        _ => (quote!(new()), ""),
    };
    let settings = policy
        .settings
        .iter()
        .filter(|setting| setting.key.name != used && setting.key.name != "adaptive")
        .map(|setting| builder(policy, setting, kit));
    // Both the first and the last token have the span of the attribute's
    // name, so rustc reports the whole expression there.
    let span = policy.name.span().resolved_at(Span::call_site());
    let (kit, checked) = (
        respanned(quote!(#kit), span),
        quote_spanned!(span=> .checked()),
    );
    quote!(#kit::#config::#start #(#settings)* #checked)
}

/// `.burst(20)`
fn builder(policy: &Policy, setting: &Setting, kit: &TokenStream) -> TokenStream {
    let name = match (policy.known.name, setting.key.name, &setting.parsed) {
        ("breaker" | "throttle", "on", _) => "failures_on",
        ("breaker", "window", ParsedValue::Value(Value::Calls(_))) => "window_calls",
        ("breaker", "open", ParsedValue::Constants(..)) => "open_range",
        ("breaker", "open", ParsedValue::Value(Value::Range(least, most))) if least != most => {
            "open_range"
        }
        ("hedge", "after", ParsedValue::Value(Value::Percentile(_))) => "after_percentile",
        (_, name, _) => name,
    };
    let method = Ident::new(name, Span::call_site());
    let value = match (name, &setting.parsed) {
        // A single duration is the first and the longest pause.
        ("open", ParsedValue::Value(Value::Range(least, _))) => duration_expression(*least, kit),
        ("backoff", ParsedValue::Constant(expr)) => quote!(#expr, #expr),
        _ => value(setting, kit),
    };
    quote!(.#method(#value))
}

/// The arguments of a builder's method.
fn value(setting: &Setting, kit: &TokenStream) -> TokenStream {
    match &setting.parsed {
        ParsedValue::Constant(expr) => expr.to_token_stream(),
        ParsedValue::Constants(least, most) => quote!(#least, #most),
        ParsedValue::Path(path) => path.to_token_stream(),
        ParsedValue::Value(value) => literal(value, kit),
    }
}

fn literal(value: &Value, kit: &TokenStream) -> TokenStream {
    match value {
        Value::Duration(duration) => duration_expression(*duration, kit),
        Value::Range(least, most) => {
            let (least, most) = (
                duration_expression(*least, kit),
                duration_expression(*most, kit),
            );
            quote!(#least, #most)
        }
        Value::Rate(rate) => {
            let (count, per) = (
                Literal::u32_unsuffixed(rate.count),
                duration_expression(rate.per, kit),
            );
            quote!(#kit::Rate::new(#count, #per))
        }
        Value::Integer(number) | Value::Calls(number) => {
            Literal::u32_unsuffixed(*number).into_token_stream()
        }
        Value::Float(number) | Value::Percentile(number) => {
            Literal::f64_unsuffixed(*number).into_token_stream()
        }
        Value::Flag(flag) => quote!(#flag),
        Value::Codes(codes) => {
            let codes = codes
                .iter()
                .map(|code| format_ident!("{}", names::upper_camel(code)));
            quote!(#kit::CodeSet::of(&[#(#kit::Code::#codes),*]))
        }
        Value::CountedBy(by) => counted_by(by, kit),
        Value::Word(word) => {
            let word = format_ident!("{}", names::upper_camel(word));
            quote!(#kit::AdaptiveLimit::#word)
        }
        Value::Name(name) if name == LOCAL_STORE => quote!(#kit::RateLimitStore::Local),
        Value::Name(name) => quote!(#kit::RateLimitStore::Named(#name)),
        Value::Path(path) => quote!(#path),
    }
}

fn counted_by(by: &CountedBy, kit: &TokenStream) -> TokenStream {
    let variant = match by {
        CountedBy::Everyone => quote!(Everyone),
        CountedBy::Peer => quote!(Peer),
        CountedBy::Identity => quote!(Identity),
        CountedBy::Header(name) => quote!(Header(#name)),
        CountedBy::Argument(name) => quote!(Argument(#name)),
    };
    quote!(#kit::RateLimitKey::#variant)
}

/// `const RATE_KEY`, if an argument identifies callers.
pub(crate) fn rate_key(method: &Method) -> Option<TokenStream> {
    let name = method.policies.counted_argument()?;
    let argument = method
        .arguments
        .iter()
        .find(|argument| argument.name == name)?;
    let ident = &argument.ident;
    // rustc reports a type without `Hash` where the user wrote it.
    let mut ident = ident.clone();
    let span = span_of(&argument.ty);
    ident.set_span(span);
    let hash = quote_spanned!(span=> |r, h| __kit::hash_argument(&r.#ident, h));
    Some(quote!(const RATE_KEY: __kit::RateKey<Self> = __kit::Some(#hash);))
}

/// `__call::<add::Sum>`, or `__call_with::<add::Sum, Retried>`.
pub(crate) fn call(method: &Method, marker: &TokenStream) -> TokenStream {
    match plan(method) {
        // Only a cache has bounds on the response: report them there.
        Some(plan) => {
            let span = span_of(&method.returns.ok());
            let plan = respanned(plan, span);
            quote_spanned!(span=> __call_with::<#marker, #plan>)
        }
        None => quote!(__call::<#marker>),
    }
}

/// The plan of a method whose client stores or repeats calls.
fn plan(method: &Method) -> Option<TokenStream> {
    let has = |name| method.policies.of_client(name).is_some();
    let mut plan = match (has("retry"), has("hedge")) {
        (true, true) => quote!(__kit::RetriedAndHedged),
        (true, false) => quote!(__kit::Retried),
        (false, true) => quote!(__kit::Hedged),
        (false, false) if has("cache") || has("fallback") => quote!(__kit::Once),
        (false, false) => return None,
    };
    if has("cache") {
        plan = quote!(__kit::Cached<#plan>);
    }
    if has("fallback") {
        plan = quote!(__kit::FallbackTo<#plan>);
    }
    Some(plan)
}

/// The derives of a method's request that its plan needs.
pub(crate) fn request_derives(method: &Method, private: &TokenStream) -> Option<TokenStream> {
    plan(method)?;
    let keyed = method
        .policies
        .of_client("cache")
        .is_some()
        .then(|| quote!(, #private::PartialEq, #private::Eq, #private::Hash));
    Some(quote!(#[derive(#private::Clone #keyed)]))
}

/// The impl of `FallsBack` for a method's marker. A fallback that a file switches
/// off has it, too: its function may have no other use, and would be dead code.
pub(crate) fn fallback(scope: &Scope<'_>, method: &Method) -> Option<TokenStream> {
    let policies = &method.policies;
    let mut policies = policies.client.iter().chain(&policies.switched_off);
    let policy = policies.find(|policy| policy.known.name == "fallback")?;
    let ParsedValue::Path(path) = &policy.setting("path")?.parsed else {
        return None;
    };
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let marker = scope.item(&method.marker);
    Some(quote! {
        impl #generics __kit::FallsBack for #marker #bounds {
            fn fall_back(cx: __kit::Cx<'_>, request: Self::Request, error: Self::Error) -> impl __kit::Call<Self> {
                #path(cx, request, error)
            }
        }
    })
}
