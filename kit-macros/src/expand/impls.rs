//! The expansion of an impl: overrides, middleware and registration of its server.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{GenericArgument, Path, PathArguments};

use super::middleware::{Layer, Layers};
use super::policies;
use crate::model::{cfgs, krate};
use crate::parse::{Attributes, ImplArguments, ImplItem, ImplSyntax};
use crate::syntax::names;

/// The expanded impl, and its registration.
pub(crate) fn implementation(arguments: &ImplArguments, syntax: &ImplSyntax) -> TokenStream {
    let krate = krate(arguments.krate.as_ref());
    let private = quote!(#krate::__private);
    let overrides = overrides(syntax, &private);
    let middleware = middleware(syntax, &private);
    let emitted = emit(syntax, &quote!(#overrides #middleware));
    let registration = registration(arguments, syntax, &private);
    quote!(#emitted #registration)
}

/// The impl without its attributes, after an error.
pub(crate) fn plain_implementation(syntax: &ImplSyntax) -> TokenStream {
    emit(syntax, &TokenStream::new())
}

/// The impl as written, without kit's attributes, and with more items.
fn emit(syntax: &ImplSyntax, more: &TokenStream) -> TokenStream {
    let (attributes, unsafety, impl_token) = (
        &syntax.attributes.others,
        &syntax.unsafety,
        &syntax.impl_token,
    );
    let (generics, self_ty) = (&syntax.generics, &syntax.self_ty);
    let where_clause = &generics.where_clause;
    let contract = syntax
        .contract
        .as_ref()
        .map(|contract| quote!(#contract for));
    let items = syntax.items.iter().map(ImplItem::emit);
    quote! {
        #(#attributes)*
        #unsafety #impl_token #generics #contract #self_ty #where_clause {
            #(#items)*
            #more
        }
    }
}

/// The methods with their attributes.
fn methods(syntax: &ImplSyntax) -> impl Iterator<Item = (&Ident, &Attributes)> {
    syntax.items.iter().filter_map(|item| match item {
        ImplItem::Method {
            attributes,
            signature,
            ..
        } => Some((&signature.ident, &**attributes)),
        ImplItem::Other(_) => None,
    })
}

/// `__kit_overrides`, where the impl has policies.
fn overrides(syntax: &ImplSyntax, private: &TokenStream) -> Option<TokenStream> {
    let all = policies::overrides(&syntax.attributes, private);
    let arms: Vec<_> = methods(syntax)
        .filter_map(|(ident, attributes)| {
            let own = policies::overrides(attributes, private)?;
            let over = all.as_ref().map(|all| quote!(.over(#all)));
            let (name, cfgs) = (names::wire(ident), cfgs(&attributes.others));
            Some(quote!(#(#cfgs)* #name => const { #private::Overrides::of(#own #over) },))
        })
        .collect();
    if all.is_none() && arms.is_empty() {
        return None;
    }
    let rest = match &all {
        Some(all) => quote!(#private::Overrides::of(#all)),
        None => quote!(#private::Overrides::NONE),
    };
    Some(quote! {
        fn __kit_overrides(method: &'static #private::str) -> #private::Overrides
        where
            Self: #private::Sized,
        {
            match method {
                #(#arms)*
                _ => const { #rest },
            }
        }
    })
}

/// `__kit_middleware`, where the impl has middleware.
fn middleware(syntax: &ImplSyntax, private: &TokenStream) -> Option<TokenStream> {
    let all = &syntax.attributes.middleware;
    let own = methods(syntax).any(|(_, attributes)| !attributes.middleware.is_empty());
    if all.is_empty() && !own {
        return None;
    }
    let contract = syntax.contract.as_ref()?;
    let layers = Layers {
        private,
        all,
        methods: methods(syntax)
            .map(|(ident, attributes)| Layer {
                marker: marker(contract, ident),
                own: &attributes.middleware,
                cfgs: cfgs(&attributes.others).collect(),
            })
            .collect(),
        params: &[],
        bounds: TokenStream::new(),
    };
    let body = layers.body();
    let bounds = methods(syntax).map(|(ident, attributes)| {
        bound(
            contract,
            ident,
            cfgs(&attributes.others).next().is_some(),
            private,
        )
    });
    let returns = layers.returns(bounds);
    Some(quote! {
        #[allow(refining_impl_trait, clippy::implied_bounds_in_impls)]
        fn __kit_middleware() -> #returns
        where
            Self: #private::Sized,
        {
            #body
        }
    })
}

/// `Middleware<add::Sum>`, or the hidden trait that replaces it if the method has a
/// `#[cfg]`.
fn bound(contract: &Path, method: &Ident, conditional: bool, private: &TokenStream) -> TokenStream {
    if conditional {
        let camel = names::upper_camel(&names::wire(method));
        return generated(contract, &format_ident!("__{camel}Middleware"));
    }
    let marker = marker(contract, method);
    quote!(#private::Middleware<#marker>)
}

/// The marker of a method, derived from the trait's path: `a::Add` and `sum`
/// make `a::add::Sum`.
fn marker(contract: &Path, method: &Ident) -> TokenStream {
    let camel = names::upper_camel(&names::wire(method));
    generated(contract, &names::ident(&camel, Span::call_site()))
}

/// A type of the trait's module, derived from the trait's path.
fn generated(contract: &Path, ident: &Ident) -> TokenStream {
    let mut module = contract.clone();
    let mut arguments = PathArguments::None;
    if let Some(last) = module.segments.last_mut() {
        last.ident = names::module(&last.ident);
        arguments = std::mem::take(&mut last.arguments);
    }
    // Generated types live for `'static`.
    if let PathArguments::AngleBracketed(arguments) = &mut arguments {
        let kept = std::mem::take(&mut arguments.args).into_iter();
        arguments.args = kept
            .filter(|argument| !matches!(argument, GenericArgument::Lifetime(_)))
            .collect();
        if arguments.args.is_empty() {
            return quote!(#module::#ident);
        }
    }
    quote!(#module::#ident #arguments)
}

/// Whether a trait's path has lifetimes.
fn has_lifetimes(contract: &Path) -> bool {
    let arguments = contract.segments.last().map(|last| &last.arguments);
    match arguments {
        Some(PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .any(|argument| matches!(argument, GenericArgument::Lifetime(_))),
        _ => false,
    }
}

/// The registration with `inventory`, if the impl has `register`.
fn registration(
    arguments: &ImplArguments,
    syntax: &ImplSyntax,
    private: &TokenStream,
) -> Option<TokenStream> {
    let register = arguments.register.as_ref()?;
    if !syntax.generics.params.is_empty() {
        return None;
    }
    let contract = syntax.contract.as_ref()?;
    let self_ty = &syntax.self_ty;
    let cfgs = cfgs(&syntax.attributes.others);
    let name = quote!(#self_ty).to_string();
    let default = Ident::new("default", register.key.span());
    let service = match &register.service {
        Some(service) => quote!(#service),
        None => quote!(<#self_ty as #private::Default>::#default()),
    };
    let mount = if has_lifetimes(contract) {
        let marker = generated(contract, &format_ident!("__Contract"));
        quote!(#private::mount::<#marker, #self_ty>)
    } else {
        quote!(<#self_ty as #contract>::__kit_mount)
    };
    Some(quote! {
        #(#cfgs)*
        const _: () = {
            fn mount(routes: &mut #private::Routes) {
                let service: #self_ty = #service;
                #mount(service, routes);
            }
            #private::inventory::submit! { #private::Registration::new(#name, mount) }
        };
    })
}
