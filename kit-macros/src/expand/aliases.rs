//! The types `AddServer` and `AddClient`, and the optional `DynAdd` and `MockAdd`.

use proc_macro2::TokenStream;
use quote::quote;

use super::scope::Scope;
use crate::model::cfgs;

/// The types next to the trait.
pub(crate) fn aliases(scope: &Scope<'_>) -> TokenStream {
    let service = scope.service;
    let (vis, private, names) = (&service.vis, &scope.private, &service.names);
    let (server, client) = (&names.server, &names.client);
    let marker = scope.contract_marker();
    let attributes = scope.carried();
    let (s, l, c) = (scope.fresh("S"), scope.fresh("L"), scope.fresh("C"));
    let of_server = scope.declared(&[quote!(#s), quote!(#l = #private::Identity)]);
    let of_client = scope.declared(&[quote!(#c = #private::Channel)]);
    let server_docs = scope.docs("A server of");
    let client_docs = scope.docs("A client of");
    let dynamic = service.dynamic.then(|| dynamic(scope));
    let mock = service.mock.then(|| mock(scope));
    quote! {
        #server_docs
        #attributes
        #vis type #server #of_server = #private::ServiceServer<#marker, #s, #l>;
        #client_docs
        #attributes
        #vis type #client #of_client = #private::Client<#marker, #c>;
        #dynamic
        #mock
    }
}

/// `DynAdd`.
fn dynamic(scope: &Scope<'_>) -> TokenStream {
    let (vis, private, name) = (
        &scope.service.vis,
        &scope.private,
        &scope.service.names.dynamic,
    );
    let (docs, attributes) = (scope.docs("Any implementation of"), scope.carried());
    let (declared, marker) = (scope.declared(&[]), scope.contract_marker());
    quote! {
        #docs
        #attributes
        #vis type #name #declared = #private::Dyn<#marker>;
    }
}

/// `MockAdd`.
fn mock(scope: &Scope<'_>) -> TokenStream {
    let (vis, private, name) = (
        &scope.service.vis,
        &scope.private,
        &scope.service.names.mock,
    );
    let (docs, attributes) = (scope.docs("A scripted double of"), scope.carried());
    let (declared, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let fields = scope.service.endpoints().map(|method| {
        let (cfgs, field, marker) = (method.cfgs(), &method.ident, scope.item(&method.marker));
        quote!(#(#cfgs)* #field: #private::Stub<#marker>)
    });
    quote! {
        #docs
        #attributes
        #[allow(non_snake_case)]
        #vis struct #name #declared #bounds {
            #(#fields),*
        }
    }
}

impl Scope<'_> {
    /// The docs of a generated item: what it is, then the docs of the trait.
    pub(crate) fn docs(&self, what: &str) -> TokenStream {
        let first = format!(" {what} [`{}`].", self.service.names.contract);
        let docs = self
            .service
            .attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("doc"));
        let blank = docs.clone().next().map(|_| quote!(#[doc = ""]));
        quote!(#[doc = #first] #blank #(#docs)*)
    }

    /// The trait's attributes that its generated items share.
    fn carried(&self) -> TokenStream {
        let attributes = &self.service.attributes;
        let cfgs = cfgs(attributes);
        let deprecated = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("deprecated"));
        quote!(#(#cfgs)* #(#deprecated)* #[allow(dead_code, deprecated)])
    }
}
