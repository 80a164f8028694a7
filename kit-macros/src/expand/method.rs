//! The impls for a method's marker type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Type;

use super::policies;
use super::scope::Scope;
use crate::diagnostic::codec_call;
use crate::model::{Argument, Method, Source};

/// The impls of a method's marker.
pub(crate) fn method(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let cfgs: Vec<_> = method.cfgs().collect();
    let definition = definition(scope, method);
    let remote = remote(scope, method);
    let dispatch = dispatch(scope, method);
    let fallback = policies::fallback(scope, method).map(|fallback| quote!(#(#cfgs)* #fallback));
    quote! {
        #(#cfgs)* #definition
        #(#cfgs)* #remote
        #(#cfgs)* #dispatch
        #fallback
    }
}

fn definition(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let (marker, request) = (scope.item(&method.marker), scope.request(method));
    let response = scope.ty(&method.returns.ok());
    let error = scope.ty(&method.returns.error());
    let meta = meta(scope, method);
    let rate_key = policies::rate_key(method);
    quote! {
        impl #generics __kit::Method for #marker #bounds {
            type Request = #request;
            type Response = #response;
            type Error = #error;
            const META: __kit::Meta = &#meta;
            #rate_key
        }
    }
}

fn meta(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let service = &scope.service.wire_name.text;
    let (name, wire_name) = (&method.name, &method.wire_name.text);
    let http = method.http.as_ref().map(|http| {
        let verb = Ident::new(http.verb.variant(), Span::call_site());
        let (path, status) = (&http.path, http.status);
        let status = proc_macro2::Literal::u16_unsuffixed(status);
        quote!(.http(__kit::Verb::#verb, #path, #status))
    });
    let grpc = method.grpc.then(|| {
        let path = format!("/{service}/{wire_name}");
        quote!(.grpc(#path))
    });
    let idempotent = method.idempotent.then(|| quote!(.idempotent()));
    let shape = shape(method);
    let arguments = (!method.arguments.is_empty()).then(|| {
        let arguments = method.arguments.iter().map(argument);
        quote!(.arguments(&[#(#arguments),*]))
    });
    let policies = policies::declared(method);
    let compiled = policies::compiled(scope, method);
    let docs = method.docs();
    let docs = (!docs.is_empty()).then(|| quote!(.docs(#docs)));
    let deprecated = method
        .attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("deprecated"))
        .then(|| quote!(.deprecated()));
    quote! {
        __kit::meta(#service, #name, #wire_name)
            #http #grpc #idempotent #shape #arguments #policies #compiled #docs #deprecated
    }
}

fn shape(method: &Method) -> Option<TokenStream> {
    Some(match (method.streams_in(), method.streams_out()) {
        (false, false) => return None,
        (true, false) => quote!(.shape(__kit::Shape::ClientStreaming)),
        (false, true) => quote!(.shape(__kit::Shape::ServerStreaming)),
        (true, true) => quote!(.shape(__kit::Shape::Bidirectional)),
    })
}

fn argument(argument: &Argument) -> TokenStream {
    let name = &argument.name;
    let tag = proc_macro2::Literal::u32_unsuffixed(argument.tag);
    let sensitive = argument.sensitive.then(|| quote!(.sensitive()));
    let source = match &argument.source {
        Source::Member => return quote!(__kit::member(#name, #tag) #sensitive),
        Source::Path => quote!(Path),
        Source::Query => quote!(Query),
        Source::Header(header) => quote!(Header(#header)),
        Source::Body => quote!(Body),
        Source::Stream => quote!(Stream),
    };
    quote!(__kit::Argument::new(#name, __kit::Source::#source, #tag) #sensitive)
}

fn remote(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let marker = scope.item(&method.marker);
    let literal = scope.request_name(method);
    let parts = if method.arguments.is_empty() {
        quote!(_)
    } else {
        quote!(r)
    };
    let idents: Vec<_> = method
        .arguments
        .iter()
        .map(|argument| &argument.ident)
        .collect();
    let types = method
        .arguments
        .iter()
        .map(|argument| scope.ty(&argument.ty));
    let http = method.http.is_some().then(|| http(method));
    let grpc = method.grpc.then(|| grpc(method));
    quote! {
        impl #generics __kit::Remote for #marker #bounds {
            type Arguments = (#(#types,)*);
            #http
            #grpc
            const PACK: __kit::Pack<Self> = |(#(#idents,)*)| #literal { #(#idents),* };
            const UNPACK: __kit::Unpack<Self> = |#parts| (#(r.#idents,)*);
        }
    }
}

fn http(method: &Method) -> TokenStream {
    let request = codec_call(&arguments(method), "arguments");
    let response = codec_call(&[&method.returns.ok()], "reply");
    quote!(const HTTP: __kit::Http<Self> = __kit::http(#request, #response);)
}

fn grpc(method: &Method) -> TokenStream {
    let request = if method.streams_in() {
        "streamed"
    } else if method.body_is_request() {
        "whole"
    } else {
        "fields"
    };
    let response = if method.streams_out() {
        "stream"
    } else {
        "unary"
    };
    let request = codec_call(&arguments(method), request);
    let response = codec_call(&[&method.returns.ok()], response);
    quote!(const GRPC: __kit::Grpc<Self> = __kit::grpc(#request, #response);)
}

/// The types of the arguments.
fn arguments(method: &Method) -> Vec<&Type> {
    let arguments = method.arguments.iter();
    arguments.map(|argument| &argument.ty).collect()
}

fn dispatch(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let (s, contract) = (scope.fresh("S"), scope.contract());
    let generics = scope.declared(&[quote!(#s: #contract + __kit::Service)]);
    let (marker, bounds) = (scope.item(&method.marker), scope.bounded(&[]));
    let ident = &method.ident;
    let cx = method.cx.as_ref().map(|_| quote!(cx,));
    let cx_name = if cx.is_some() { quote!(cx) } else { quote!(_) };
    let request_name = if method.arguments.is_empty() {
        quote!(_)
    } else {
        quote!(r)
    };
    let arguments = method.arguments.iter().map(|argument| &argument.ident);
    quote! {
        impl #generics __kit::Dispatch<#s> for #marker #bounds {
            fn run(s: &#s, #cx_name: __kit::Cx<'_>, #request_name: Self::Request) -> impl __kit::Call<Self> {
                <#s as #contract>::#ident(s, #cx #(r.#arguments),*)
            }
        }
    }
}
