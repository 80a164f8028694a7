//! A function whose body runs through its policies.
//!
//! ```text
//! FUNCTION.call(body)                                    none that need the call again
//! FUNCTION.plan(FUNCTION.cached(key, || ..))             an answer from memory
//! FUNCTION.plan_or(FUNCTION.send(|| body), instead)      tried again, and answered for
//! ```
//!
//! The body and what runs it are pinned where they stand, since a future that
//! is handed on has room in each that it passes through, and lent from there,
//! so that a call that is given up ends before another answers for it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{FnArg, Pat, ReturnType, Signature, Type};

use super::{Function, Guard};
use crate::expand;
use crate::model::krate;
use crate::parse::Said;
use crate::types;

/// The function with its policies around its body.
pub(super) fn expanded(guard: &Guard, function: &Function) -> TokenStream {
    let krate = krate(guard.said.krate.as_ref());
    let kit = quote!(#krate::__private);
    let expansion = Expansion {
        guard,
        function,
        kit,
    };
    let (attributes, vis) = (&function.attributes, &function.vis);
    let (signature, held) = (expansion.signature(), expansion.held());
    let run = expansion.run();
    quote! {
        #(#attributes)*
        #vis #signature {
            #held
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
    /// The signature; an argument is `mut` where its clone is.
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

    /// The static with the cores.
    fn held(&self) -> TokenStream {
        let kit = &self.kit;
        let name = match &self.guard.said.name {
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
            let lent = self.lent(&body);
            return quote! {
                #lent
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
            self.lent(&quote!(__FUNCTION.#cached(__key, || __call)))
        });
        let lent = self.lent(&send);
        let plan = self.plan();
        quote! {
            #key
            #lent
            #cached
            #plan.await
        }
    }

    /// A future as what the next one out runs, and ends.
    fn lent(&self, future: &TokenStream) -> TokenStream {
        let kit = &self.kit;
        quote! {
            let __call = #future;
            let __call = #kit::pin!(#kit::Some(__call));
            let __call = #kit::ScopedFuture::new(__call);
        }
    }

    /// The body as a future of the function's own result: without the branch
    /// that never runs, a `?` in it would not know the type of the error.
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

    /// What an answer is remembered by.
    fn key(&self) -> Option<TokenStream> {
        self.guard.policy("cache")?;
        let arguments = self.named_arguments();
        let clones = arguments.iter().map(|(pat, ty)| self.clone(&pat.ident, ty));
        Some(quote!(let __key = (#(#clones,)*);))
    }

    /// The outermost: the deadline, and who answers for a failure.
    fn plan(&self) -> TokenStream {
        let fallback = self.guard.policy("fallback");
        let path = fallback.and_then(|fallback| fallback.setting("path"));
        let Some(Said::Path(path)) = path.map(|path| &path.said) else {
            let plan = self.method("plan");
            return quote!(__FUNCTION.#plan(__call));
        };
        let arguments = self.named_arguments().into_iter();
        let arguments = arguments.map(|(pat, ty)| self.clone(&pat.ident, ty));
        let plan = self.method("plan_or");
        quote!(__FUNCTION.#plan(__call, |__error| #path(#(#arguments,)* __error)))
    }

    /// Clones of the arguments in their places.
    fn clones(&self) -> TokenStream {
        let clones = self.named_arguments().into_iter().map(|(pat, ty)| {
            let (mutability, ident) = (pat.mutability, &pat.ident);
            let clone = self.clone(ident, ty);
            quote!(let #mutability #ident = #clone;)
        });
        quote!(#(#clones)*)
    }

    /// A type that has no clone is reported where the user wrote it.
    fn clone(&self, ident: &Ident, ty: &Type) -> TokenStream {
        let (span, kit) = (expand::span_of(ty), &self.kit);
        let (clone, and) = (
            expand::respanned(quote!(#kit::Clone::clone), span),
            quote_spanned!(span=> &),
        );
        quote!(#clone(#and #ident))
    }

    /// A method's name, where the result stands: an error type that is no
    /// `ServiceError` is reported there.
    fn method(&self, name: &str) -> Ident {
        let span = match &self.function.signature.output {
            ReturnType::Default => Span::call_site(),
            ReturnType::Type(_, ty) => {
                expand::span_of(types::result(ty).map_or(&**ty, |(_, error)| error))
            }
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
