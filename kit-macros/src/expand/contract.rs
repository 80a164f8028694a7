//! The impls of the contract: its descriptor, and the mounting of its methods.

use proc_macro2::TokenStream;
use quote::quote;

use super::scope::Scope;

/// The impls of the contract's marker.
pub(crate) fn contract(scope: &Scope<'_>) -> TokenStream {
    let descriptor = descriptor(scope);
    let mounted = mounted(scope);
    quote!(#descriptor #mounted)
}

fn descriptor(scope: &Scope<'_>) -> TokenStream {
    let service = scope.service;
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let marker = scope.contract_marker();
    let (name, docs) = (&service.wire_name.text, service.docs());
    let version = service
        .version
        .as_ref()
        .map(|version| quote!(.version(#version)));
    let methods = service.endpoints().map(|method| {
        let (cfgs, marker) = (method.cfgs(), scope.item(&method.marker));
        quote!(#(#cfgs)* __kit::MethodDescriptor::of::<#marker>())
    });
    quote! {
        impl #generics __kit::Contract for #marker #bounds {
            const DESCRIPTOR: &'static __kit::ServiceDescriptor =
                &__kit::ServiceDescriptor::new(#name, #docs, &[#(#methods),*]) #version;
        }
    }
}

fn mounted(scope: &Scope<'_>) -> TokenStream {
    let (s, l) = (scope.fresh("S"), scope.fresh("L"));
    let generics = scope.declared(&[quote!(#s), quote!(#l)]);
    let (marker, contract) = (scope.contract_marker(), scope.contract());
    let layers = scope.endpoint_bounds(&quote!(__kit::Middleware), "Middleware");
    let bounds = scope.bounded(&[
        quote!(#s: #contract + __kit::Service),
        quote!(#l: #(#layers +)* __kit::Service),
    ]);
    let methods = scope.service.endpoints().map(|method| {
        let (cfgs, marker) = (method.cfgs(), scope.item(&method.marker));
        let mount = match method.policies.counted_argument() {
            Some(_) => quote!(counted_method),
            None => quote!(method),
        };
        quote!(#(#cfgs)* mounting.#mount::<#marker>();)
    });
    let mutable = scope
        .service
        .endpoints()
        .next()
        .is_some()
        .then(|| quote!(mut));
    quote! {
        impl #generics __kit::Mounted<#s, #l> for #marker #bounds {
            fn mount(server: &__kit::ServiceServer<Self, #s, #l>, routes: &mut __kit::Routes) {
                let own = <#s as #contract>::__kit_middleware();
                let overrides = <#s as #contract>::__kit_overrides;
                #[allow(unused)]
                let #mutable mounting = __kit::Mounting::new(server, routes, own, overrides);
                #(#methods)*
            }
            fn overrides(method: &'static __kit::str) -> __kit::Overrides {
                <#s as #contract>::__kit_overrides(method)
            }
        }
    }
}
