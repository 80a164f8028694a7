//! The module `add`: a marker and a request type per method, and the descriptor.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Visibility};

use super::policies;
use super::rename::Renames;
use super::scope::{Scope, angled, mentions};
use crate::diagnostic::{respanned, span_of};
use crate::model::{Method, cfgs, condition};

/// The module.
pub(crate) fn module(scope: &Scope<'_>) -> TokenStream {
    let service = scope.service;
    let (vis, module) = (&service.vis, &service.names.module);
    let cfgs = cfgs(&service.attributes);
    let docs = format!(" The methods of [`{}`], as types.", service.names.contract);
    let contract = marker(scope, &format_ident!("__Contract"));
    let renames = Renames::new(scope);
    let methods = service.methods.iter().enumerate();
    let methods = methods.filter(|(index, method)| !service.is_shadowed(*index, method));
    let methods = methods.map(|(_, method)| {
        let marker = method_marker(scope, method);
        let request = request(scope, method, &renames);
        quote!(#marker #request)
    });
    let helpers = conditional_traits(scope, &renames);
    let descriptor = descriptor(scope, &renames);
    quote! {
        #[doc = #docs]
        #(#cfgs)*
        #[allow(dead_code, deprecated, unreachable_pub, unused_imports)]
        #[allow(missing_docs, missing_debug_implementations, missing_copy_implementations)]
        #vis mod #module {
            use super::*;
            #[doc(hidden)]
            #contract
            #descriptor
            #(#methods)*
            #helpers
        }
    }
}

/// The trait's visibility, as written within its module. A higher visibility would
/// leak the private types of a private trait.
fn within(vis: &Visibility) -> TokenStream {
    let Visibility::Restricted(restricted) = vis else {
        return match vis {
            Visibility::Public(public) => quote!(#public),
            _ => quote!(pub(super)),
        };
    };
    let path = &restricted.path;
    match path.segments.first() {
        Some(first) if first.ident == "super" => quote!(pub(in super::#path)),
        Some(first) if first.ident == "self" => quote!(pub(super)),
        _ => quote!(#restricted),
    }
}

/// A marker type; it contains no values of the trait's type parameters.
fn marker(scope: &Scope<'_>, ident: &Ident) -> TokenStream {
    let types: Vec<_> = scope
        .service
        .generics
        .type_params()
        .map(|param| &param.ident)
        .collect();
    let declared = scope.declared(&[]);
    let vis = within(&scope.service.vis);
    if types.is_empty() {
        return quote!(#vis struct #ident #declared;);
    }
    let private = Renames::krate(scope);
    quote!(#vis struct #ident #declared(#private::PhantomData<fn() -> (#(#types,)*)>);)
}

fn method_marker(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let marker = marker(scope, &method.marker);
    let docs = method_docs(scope, method);
    let attributes = method.cfgs();
    quote!(#docs #(#attributes)* #marker)
}

/// The docs of the method, or a default.
fn method_docs(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let mut docs = method
        .attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .peekable();
    if docs.peek().is_some() {
        return quote!(#(#docs)*);
    }
    let what = format!(
        " The method [`{}::{}`].",
        scope.service.names.contract, method.name
    );
    quote!(#[doc = #what])
}

/// The request: a field per argument.
fn request(scope: &Scope<'_>, method: &Method, renames: &Renames) -> TokenStream {
    if method.broken {
        return marker(scope, &method.request);
    }
    let ident = &method.request;
    let docs = format!(
        " The arguments of [`{}::{}`].",
        scope.service.names.contract, method.name
    );
    let cfgs = method.cfgs();
    let used = scope.used_args(method);
    let is_used = |ident: &Ident| used.contains(&ident);
    let params = scope.params.iter().zip(&scope.args);
    let declared = angled(
        params
            .filter(|(_, arg)| is_used(arg))
            .map(|(param, _)| param.clone()),
    );
    let bounds = scope.bounds.iter().filter(|bound| {
        let mentioned = |arg: &&Ident| mentions(bound, arg);
        used.iter().any(mentioned)
            && scope
                .args
                .iter()
                .all(|arg| is_used(arg) || !mentioned(&arg))
    });
    let bounds: Vec<_> = bounds.map(|bound| renames.predicate(bound)).collect();
    let bounds = (!bounds.is_empty()).then(|| quote!(where #(#bounds),*));
    let vis = within(&scope.service.vis);
    let derives = policies::request_derives(method, &Renames::krate(scope));
    let fields = method.arguments.iter().map(|argument| {
        let (ident, docs) = (&argument.ident, argument.docs());
        let ty = renames.ty(&scope.ty(&argument.ty));
        // rustc reports errors of a derive at the whole field.
        let vis = match derives {
            Some(_) => respanned(vis.clone(), span_of(&argument.ty)),
            None => vis.clone(),
        };
        quote!(#(#docs)* #vis #ident: #ty)
    });
    quote! {
        #[doc = #docs]
        #(#cfgs)*
        #derives
        #vis struct #ident #declared #bounds {
            #(#fields),*
        }
    }
}

/// A generic trait has a descriptor per instance, so it has no constant.
fn descriptor(scope: &Scope<'_>, _: &Renames) -> TokenStream {
    if !scope.args.is_empty() {
        return TokenStream::new();
    }
    let private = Renames::krate(scope);
    quote! {
        /// The names, routes, types and policies of the service.
        pub const DESCRIPTOR: #private::ServiceDescriptor =
            *<__Contract as #private::Contract>::DESCRIPTOR;
    }
}

/// Hidden traits that replace bounds, which can't have a `#[cfg]`. Every type
/// implements the trait of a method that does not exist.
fn conditional_traits(scope: &Scope<'_>, _: &Renames) -> TokenStream {
    let mut seen: Vec<&Ident> = Vec::new();
    let mut traits = TokenStream::new();
    for method in scope.service.endpoints() {
        if method.cfgs().next().is_none() || seen.contains(&&method.marker) {
            continue;
        }
        seen.push(&method.marker);
        let exists = exists(scope, &method.marker);
        for kind in ["Middleware", "Endpoint"] {
            traits.extend(conditional_trait(scope, method, kind, &exists));
        }
    }
    traits
}

/// The condition under which a method with that marker exists.
fn exists(scope: &Scope<'_>, marker: &Ident) -> TokenStream {
    let methods = scope.service.methods.iter();
    let variants = methods
        .filter(|method| method.marker == *marker)
        .map(|method| {
            let conditions = method.cfgs().filter_map(condition);
            quote!(all(#(#conditions),*))
        });
    quote!(any(#(#variants),*))
}

fn conditional_trait(
    scope: &Scope<'_>,
    method: &Method,
    kind: &str,
    exists: &TokenStream,
) -> TokenStream {
    let private = Renames::krate(scope);
    let name = format_ident!("__{}{}", method.marker, kind);
    let kind = format_ident!("{kind}");
    let marker = &method.marker;
    let (declared, applied) = (scope.declared(&[]), scope.applied(&[]));
    let with = scope.declared(&[quote!(__T)]);
    let bounds = scope.bounded(&[]);
    let bound = quote!(#private::#kind<#marker #applied>);
    let both = scope.bounded(&[quote!(__T: #bound)]);
    quote! {
        #[doc(hidden)]
        #[cfg(#exists)]
        pub trait #name #declared: #bound #bounds {}
        #[cfg(#exists)]
        impl #with #name #applied for __T #both {}
        #[doc(hidden)]
        #[cfg(not(#exists))]
        pub trait #name #declared #bounds {}
        #[cfg(not(#exists))]
        impl #with #name #applied for __T #bounds {}
    }
}
