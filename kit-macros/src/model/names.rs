//! The names of a service and its methods, in Rust and on the wire.

use proc_macro2::Ident;
use syn::LitStr;

use crate::syntax::names;

/// The names that a service generates in its scope.
#[derive(Clone, Debug)]
pub(crate) struct ServiceNames {
    /// `Add`
    pub(crate) contract: Ident,
    /// `add`
    pub(crate) module: Ident,
    /// `AddServer`
    pub(crate) server: Ident,
    /// `AddClient`
    pub(crate) client: Ident,
    /// `DynAdd`
    pub(crate) dynamic: Ident,
    /// `MockAdd`
    pub(crate) mock: Ident,
}

/// A name on the wire, and its literal if it is explicit.
#[derive(Clone, Debug)]
pub(crate) struct WireName {
    pub(crate) text: String,
    pub(crate) literal: Option<LitStr>,
}

impl ServiceNames {
    pub(super) fn new(contract: &Ident) -> Self {
        let name = names::wire(contract);
        let span = contract.span();
        Self {
            contract: contract.clone(),
            module: names::module(contract),
            server: Ident::new(&format!("{name}Server"), span),
            client: Ident::new(&format!("{name}Client"), span),
            dynamic: Ident::new(&format!("Dyn{name}"), span),
            mock: Ident::new(&format!("Mock{name}"), span),
        }
    }
}

impl WireName {
    pub(super) fn new(literal: Option<LitStr>, default: String) -> Self {
        Self {
            text: literal.as_ref().map_or(default, LitStr::value),
            literal,
        }
    }
}
