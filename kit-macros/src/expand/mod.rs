//! A service to tokens, one file a generated item.
//!
//! Nothing here can fail: `check` has passed. What is emitted names types and
//! calls generic functions of `kit::__private`; a line saved here is saved in
//! every method of every service.

mod aliases;
mod blame;
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
pub(crate) use policies::{on_one_side, respanned, span_of};

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use self::scope::Scope;
use crate::model::{Service, cfgs};

/// All that a service's trait becomes.
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

/// The file of the service, named so that rustc looks at it again. A constant
/// that nobody uses is not in the binary.
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
