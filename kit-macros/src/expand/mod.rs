//! The expansion of a service to tokens, one file per generated item.
//!
//! It can't fail, as the model has passed `check`. Generated code only names types
//! and calls generic functions of `kit::__private`: it is compiled for every method
//! of every service, so each of its lines counts.

mod aliases;
mod client;
mod contract;
mod contract_trait;
mod impls;
mod method;
mod middleware;
mod module;
mod policies;
mod rename;
mod scope;
mod stub;

pub(crate) use impls::{implementation, plain_implementation};
pub(crate) use policies::on_one_side;

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use self::scope::Scope;
use crate::model::{Service, cfgs};

/// The items that a service's trait expands to.
pub(crate) fn service(service: &Service) -> TokenStream {
    let scope = Scope::new(service);
    let contract_trait = contract_trait::contract_trait(&scope);
    let aliases = aliases::aliases(&scope);
    let module = module::module(&scope);
    let methods = service
        .methods
        .iter()
        .enumerate()
        .filter(|(index, method)| !service.is_shadowed(*index, method))
        .map(|(_, method)| match method.broken {
            true => stub::method(&scope, method),
            false => method::method(&scope, method),
        });
    let contract = contract::contract(&scope);
    let client = client::client(&scope);
    let watched = watched(service);
    let krate = &service.krate;
    let cfgs = cfgs(&service.attributes);
    quote! {
        #contract_trait
        #aliases
        #module
        #(#cfgs)*
        #[allow(deprecated)]
        const _: () = {
            use #krate::__private as __kit;
            #watched
            #(#methods)*
            #contract
            #client
        };
    }
}

/// A reference to the file of the service, so that rustc recompiles the crate when
/// the file changes. The constant is unused, so it is not in the binary.
fn watched(service: &Service) -> Option<TokenStream> {
    let file = service.config.as_ref()?;
    let path = match Path::new(&file.value()).is_absolute() {
        true => quote!(#file),
        false => quote!(__kit::concat!(__kit::env!("CARGO_MANIFEST_DIR"), "/", #file)),
    };
    Some(quote!(
        const _: &[__kit::u8] = __kit::include_bytes!(#path);
    ))
}
