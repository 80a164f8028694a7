//! What a method is, as impls on its marker.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::blame;
use super::scope::Scope;
use crate::model::{Argument, Method, Source};

/// The impls of a method's marker.
pub(crate) fn method(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let cfgs: Vec<_> = method.cfgs().collect();
    let definition = definition(scope, method);
    let remote = remote(scope, method);
    let dispatch = dispatch(scope, method);
    quote! {
        #(#cfgs)* #definition
        #(#cfgs)* #remote
        #(#cfgs)* #dispatch
    }
}

fn definition(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let (marker, request) = (scope.item(&method.marker), scope.request(method));
    let response = scope.ty(&method.returns.ok());
    let error = scope.ty(&method.returns.error());
    let meta = meta(scope, method);
    quote! {
        impl #generics __kit::Method for #marker #bounds {
            type Request = #request;
            type Response = #response;
            type Error = #error;
            const META: &'static __kit::MethodMeta = &#meta;
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
    let policies = policies(method);
    let docs = method.docs();
    let docs = (!docs.is_empty()).then(|| quote!(.docs(#docs)));
    let deprecated = method
        .attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("deprecated"))
        .then(|| quote!(.deprecated()));
    quote! {
        __kit::MethodMeta::new(#service, #name, #wire_name)
            #http #grpc #idempotent #shape #arguments #policies #docs #deprecated
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
    let source = match &argument.source {
        Source::Path => quote!(Path),
        Source::Query => quote!(Query),
        Source::Header(header) => quote!(Header(#header)),
        Source::Member => quote!(Member),
        Source::Body => quote!(Body),
        Source::Stream => quote!(Stream),
    };
    let tag = proc_macro2::Literal::u32_unsuffixed(argument.tag);
    let sensitive = argument.sensitive.then(|| quote!(.sensitive()));
    quote!(__kit::Argument::new(#name, __kit::Source::#source, #tag) #sensitive)
}

fn policies(method: &Method) -> Option<TokenStream> {
    let kit = quote!(__kit);
    let client = method.timeouts.client.as_ref().map(|timeout| {
        let timeout = timeout.expression(&kit);
        quote!(.client_timeout(#timeout))
    });
    let server = method.timeouts.server.as_ref().map(|timeout| {
        let timeout = timeout.expression(&kit);
        quote!(.server_timeout(#timeout))
    });
    if client.is_none() && server.is_none() {
        return None;
    }
    Some(quote!(.policies(__kit::Policies::NONE #client #server)))
}

fn remote(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let (generics, bounds) = (scope.declared(&[]), scope.bounded(&[]));
    let marker = scope.item(&method.marker);
    let request = scope.request(method);
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
            const PACK: fn(Self::Arguments) -> #request = |(#(#idents,)*)| #literal { #(#idents),* };
            const UNPACK: fn(#request) -> Self::Arguments = |#parts| (#(r.#idents,)*);
        }
    }
}

fn http(method: &Method) -> TokenStream {
    let ok = method.returns.ok();
    let mut types: Vec<_> = method
        .arguments
        .iter()
        .map(|argument| &argument.ty)
        .collect();
    types.push(&ok);
    let http = blame::call(&types, None, "http");
    quote!(const HTTP: __kit::Http<Self> = #http;)
}

fn grpc(method: &Method) -> TokenStream {
    let request = if method.streams_in() {
        "stream"
    } else if method.body_is_request() {
        "body"
    } else {
        "fields"
    };
    let response = if method.streams_out() {
        "stream"
    } else {
        "unary"
    };
    let ok = method.returns.ok();
    let types: Vec<_> = method
        .arguments
        .iter()
        .map(|argument| &argument.ty)
        .collect();
    let request = blame::call(&types, Some("GrpcRequest"), request);
    let response = blame::call(&[&ok], Some("GrpcResponse"), response);
    quote!(const GRPC: __kit::Grpc<Self> = __kit::grpc(#request, #response);)
}

fn dispatch(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let s = scope.fresh("S");
    let contract = scope.contract();
    let generics = scope.declared(&[quote!(#s)]);
    let bounds = scope.bounded(&[quote!(#s: #contract + __kit::Send + __kit::Sync + 'static)]);
    let (marker, request) = (scope.item(&method.marker), scope.request(method));
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
            fn dispatch(s: &#s, #cx_name: &__kit::Context, #request_name: #request) -> impl __kit::Calling<Self> {
                <#s as #contract>::#ident(s, #cx #(r.#arguments),*)
            }
        }
    }
}
