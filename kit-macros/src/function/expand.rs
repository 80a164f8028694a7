//! The expansion of a function: its body runs through its policies.
//!
//! ```text
//! FUNCTION.call(body)                                    no policy that repeats or stores calls
//! FUNCTION.plan(FUNCTION.cached(key, || ..))             with a cache
//! FUNCTION.plan_or(FUNCTION.send(|| body), fallback)     with a retry and a fallback
//! ```
//!
//! The body and the futures around it are pinned in place, as a future that is
//! moved into others takes space in each of them. They are passed on as a
//! `ScopedFuture`, so that an abandoned call is dropped before a fallback runs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{FnArg, Pat, ReturnType, Signature, Type};

use super::guarded::{Function, Guard};
use crate::diagnostic::{respanned, span_of};
use crate::expand;
use crate::model::krate;
use crate::parse::ParsedValue;
use crate::syntax::types;

/// The function with its policies around its body.
pub(super) fn expanded(guard: &Guard, function: &Function) -> TokenStream {
    let krate = krate(guard.arguments.krate.as_ref());
    let kit = quote!(#krate::__private);
    let expansion = Expansion {
        guard,
        function,
        kit,
    };
    let (attributes, vis) = (&function.attributes, &function.vis);
    let (signature, declaration) = (expansion.signature(), expansion.declaration());
    let run = expansion.run();
    quote! {
        #(#attributes)*
        #vis #signature {
            #declaration
            #run
        }
    }
}

struct Expansion<'a> {
    guard: &'a Guard,
    function: &'a Function,
    kit: TokenStream,
}

impl Expansion<'_> {
    /// The signature, without the `mut` of arguments whose clones have it.
    fn signature(&self) -> Signature {
        let mut signature = self.function.signature.clone();
        if self.guard.keeps() {
            for input in &mut signature.inputs {
                if let FnArg::Typed(typed) = input
                    && let Pat::Ident(pat) = &mut *typed.pat
                {
                    pat.mutability = None;
                }
            }
        }
        signature
    }

    /// The static that holds the state of the policies.
    fn declaration(&self) -> TokenStream {
        let kit = &self.kit;
        let name = match &self.guard.arguments.name {
            Some(name) => quote!(#name),
            None => {
                let name = self.function.signature.ident.unraw().to_string();
                quote!(#kit::concat!(#kit::module_path!(), "::", #name))
            }
        };
        let policies = expand::on_one_side(&self.guard.policies, kit);
        quote! {
            static __FUNCTION: #kit::Function = #kit::Function::new(#name, #policies);
            #kit::registered!(__FUNCTION);
        }
    }

    /// The call through the policies.
    fn run(&self) -> TokenStream {
        let guard = self.guard;
        let is_planned = guard.keeps() || guard.policy("cache").is_some();
        let body = self.body();
        if !is_planned {
            let call = self.method("call");
            let scoped = self.scoped(&body);
            return quote! {
                #scoped
                __FUNCTION.#call(__call).await
            };
        }
        let key = self.key();
        let clones = guard.keeps().then(|| self.clones());
        let send = match guard.repeats() {
            true => {
                let send = self.method("send");
                quote!(__FUNCTION.#send(|| { #clones #body }))
            }
            false => {
                let send = self.method("send_once");
                quote!(__FUNCTION.#send({ #clones #body }))
            }
        };
        let cached = guard.policy("cache").map(|_| {
            let cached = self.method("cached");
            self.scoped(&quote!(__FUNCTION.#cached(__key, || __call)))
        });
        let scoped = self.scoped(&send);
        let plan = self.plan();
        quote! {
            #key
            #scoped
            #cached
            #plan.await
        }
    }

    /// Pins a future, and binds it as the call that the next outer future runs.
    fn scoped(&self, future: &TokenStream) -> TokenStream {
        let kit = &self.kit;
        quote! {
            let __call = #future;
            let __call = #kit::pin!(#kit::Some(__call));
            let __call = #kit::ScopedFuture::new(__call);
        }
    }

    /// The body as a future of the function's return type: the branch that never runs
    /// lets the compiler infer the error type of `?`.
    fn body(&self) -> TokenStream {
        let (body, kit) = (&self.function.body, &self.kit);
        let ReturnType::Type(_, ty) = &self.function.signature.output else {
            return quote!(async move #body);
        };
        let known = types::without_impl(ty);
        let ty = known.as_ref().unwrap_or(ty);
        quote! {
            async move {
                if false {
                    return #kit::never::<#ty>();
                }
                #body
            }
        }
    }

    /// The cache key.
    fn key(&self) -> Option<TokenStream> {
        self.guard.policy("cache")?;
        let arguments = self.named_arguments();
        let clones = arguments.iter().map(|(pat, ty)| self.clone(&pat.ident, ty));
        Some(quote!(let __key = (#(#clones,)*);))
    }

    /// The outermost call: the deadline and the fallback.
    fn plan(&self) -> TokenStream {
        let fallback = self.guard.policy("fallback");
        let path = fallback.and_then(|fallback| fallback.setting("path"));
        let Some(ParsedValue::Path(path)) = path.map(|path| &path.parsed) else {
            let plan = self.method("plan");
            return quote!(__FUNCTION.#plan(__call));
        };
        let arguments = self.named_arguments().into_iter();
        let arguments = arguments.map(|(pat, ty)| self.clone(&pat.ident, ty));
        let plan = self.method("plan_or");
        quote!(__FUNCTION.#plan(__call, |__error| #path(#(#arguments,)* __error)))
    }

    /// Shadows the arguments with their clones.
    fn clones(&self) -> TokenStream {
        let clones = self.named_arguments().into_iter().map(|(pat, ty)| {
            let (mutability, ident) = (pat.mutability, &pat.ident);
            let clone = self.clone(ident, ty);
            quote!(let #mutability #ident = #clone;)
        });
        quote!(#(#clones)*)
    }

    /// Clones an argument; rustc reports a type without `Clone` where the user wrote
    /// it.
    fn clone(&self, ident: &Ident, ty: &Type) -> TokenStream {
        let (span, kit) = (span_of(ty), &self.kit);
        let (clone, and) = (
            respanned(quote!(#kit::Clone::clone), span),
            quote_spanned!(span=> &),
        );
        quote!(#clone(#and #ident))
    }

    /// The name of a method, spanned at the error type: rustc reports one that is not
    /// a `ServiceError` there.
    fn method(&self, name: &str) -> Ident {
        let span = match &self.function.signature.output {
            ReturnType::Default => Span::call_site(),
            ReturnType::Type(_, ty) => span_of(types::result(ty).map_or(&**ty, |(_, error)| error)),
        };
        Ident::new(name, span)
    }

    /// The arguments by name, without the receiver.
    fn named_arguments(&self) -> Vec<(&syn::PatIdent, &Type)> {
        let inputs = self.function.signature.inputs.iter();
        inputs
            .filter_map(|input| match input {
                FnArg::Typed(typed) => match &*typed.pat {
                    Pat::Ident(pat) => Some((pat, &*typed.ty)),
                    _ => None,
                },
                FnArg::Receiver(_) => None,
            })
            .collect()
    }
}
