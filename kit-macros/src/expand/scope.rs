//! The paths, generics and bounds that generated items share.
//!
//! Generated items are `'static`, as a server stores its service and a channel its
//! requests: in them, the trait's lifetimes are `'static`, and its type parameters
//! are `Send + Sync + 'static`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{GenericParam, Lifetime, Type, WherePredicate};

use crate::model::{Method, Service};

/// A service with its generics in the forms that generated items use.
pub(crate) struct Scope<'a> {
    pub(crate) service: &'a Service,
    /// `::kit::__private`
    pub(crate) private: TokenStream,
    /// The trait's parameters without its lifetimes, as declared: `K, const N: usize`.
    pub(crate) params: Vec<TokenStream>,
    /// The same as arguments: `K, N`.
    pub(crate) args: Vec<Ident>,
    /// The trait's bounds, and those of generated items.
    pub(crate) bounds: Vec<WherePredicate>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(service: &'a Service) -> Self {
        let krate = &service.krate;
        let private = quote!(#krate::__private);
        let mut scope = Self {
            service,
            private,
            params: Vec::new(),
            args: Vec::new(),
            bounds: Vec::new(),
        };
        for param in &service.generics.params {
            scope.add(param);
        }
        let predicates = service
            .generics
            .where_clause
            .iter()
            .flat_map(|clause| &clause.predicates);
        for predicate in predicates {
            // `'a: 'b` is trivial if both are `'static`.
            if matches!(predicate, WherePredicate::Type(_)) {
                let predicate = scope
                    .with_static_lifetimes(predicate.clone(), Statics::visit_where_predicate_mut);
                scope.bounds.push(predicate);
            }
        }
        scope
    }

    fn add(&mut self, param: &GenericParam) {
        match param {
            GenericParam::Lifetime(_) => {}
            GenericParam::Const(param) => {
                let (ident, ty) = (&param.ident, &param.ty);
                self.params.push(quote!(const #ident: #ty));
                self.args.push(ident.clone());
            }
            GenericParam::Type(param) => {
                let (ident, bounds, private) = (&param.ident, &param.bounds, &self.private);
                let plus = (!bounds.is_empty()).then(|| quote!(+));
                let bound = syn::parse_quote!(
                    #ident: #bounds #plus #private::Send + #private::Sync + 'static
                );
                let bound = self.with_static_lifetimes(bound, Statics::visit_where_predicate_mut);
                self.bounds.push(bound);
                self.params.push(quote!(#ident));
                self.args.push(ident.clone());
            }
        }
    }

    /// `<K, N>` after the name of a generated type, with more arguments.
    pub(crate) fn applied(&self, more: &[TokenStream]) -> TokenStream {
        let args = &self.args;
        angled(
            args.iter()
                .map(|arg| quote!(#arg))
                .chain(more.iter().cloned()),
        )
    }

    /// `<K, const N: usize>` as declared, with more parameters.
    pub(crate) fn declared(&self, more: &[TokenStream]) -> TokenStream {
        angled(self.params.iter().cloned().chain(more.iter().cloned()))
    }

    /// A `where` clause with the trait's bounds and more.
    pub(crate) fn bounded(&self, more: &[TokenStream]) -> TokenStream {
        let bounds = &self.bounds;
        if bounds.is_empty() && more.is_empty() {
            return TokenStream::new();
        }
        quote!(where #(#bounds,)* #(#more),*)
    }

    /// The bounds of generated items on the trait's type parameters, in addition to
    /// those of the trait.
    pub(crate) fn args_bounds(&self) -> Vec<TokenStream> {
        let private = &self.private;
        let types = self.service.generics.type_params();
        types
            .map(|param| &param.ident)
            .map(|ident| quote!(#ident: #private::Send + #private::Sync + 'static))
            .collect()
    }

    /// The trait with its arguments: `Repo<'static, K>`.
    pub(crate) fn contract(&self) -> TokenStream {
        let ident = &self.service.names.contract;
        let lifetimes = self.service.generics.lifetimes().map(|_| quote!('static));
        let args = self.args.iter().map(|arg| quote!(#arg));
        let args = angled(lifetimes.chain(args));
        quote!(#ident #args)
    }

    /// A generated type in the module: `repo::Get<K>`.
    pub(crate) fn item(&self, ident: &Ident) -> TokenStream {
        let module = &self.service.names.module;
        let args = self.applied(&[]);
        quote!(#module::#ident #args)
    }

    /// The request of a method: `repo::GetRequest<K>`.
    pub(crate) fn request(&self, method: &Method) -> TokenStream {
        let module = &self.service.names.module;
        let ident = &method.request;
        let args = self.used_args(method);
        let args = angled(args.iter().map(|arg| quote!(#arg)));
        quote!(#module::#ident #args)
    }

    /// The request's path without arguments, as expressions write it.
    pub(crate) fn request_name(&self, method: &Method) -> TokenStream {
        let (module, ident) = (&self.service.names.module, &method.request);
        quote!(#module::#ident)
    }

    /// The type parameters that a method's arguments name, which are those of its
    /// request.
    pub(crate) fn used_args(&self, method: &Method) -> Vec<&Ident> {
        self.args
            .iter()
            .filter(|arg| {
                method
                    .arguments
                    .iter()
                    .any(|argument| mentions(&argument.ty, arg))
            })
            .collect()
    }

    /// The marker of the contract: `repo::__Contract<K>`.
    pub(crate) fn contract_marker(&self) -> TokenStream {
        self.item(&Ident::new("__Contract", Span::call_site()))
    }

    /// A name of a type parameter that does not clash with the trait's.
    pub(crate) fn fresh(&self, name: &str) -> Ident {
        let taken = self.args.iter().any(|arg| arg == name);
        if taken {
            format_ident!("__{name}")
        } else {
            Ident::new(name, Span::call_site())
        }
    }

    /// A type with the trait's lifetimes `'static`.
    pub(crate) fn ty(&self, ty: &Type) -> Type {
        self.with_static_lifetimes(ty.clone(), Statics::visit_type_mut)
    }

    /// Replaces the trait's lifetimes with `'static`.
    pub(crate) fn with_static_lifetimes<T>(
        &self,
        mut value: T,
        visit: fn(&mut Statics, &mut T),
    ) -> T {
        let names = self.service.generics.lifetimes();
        let mut statics = Statics {
            names: names.map(|param| param.lifetime.clone()).collect(),
        };
        visit(&mut statics, &mut value);
        value
    }
}

/// `<..>` around a list; nothing around an empty one.
pub(crate) fn angled(items: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let items: Vec<_> = items.into_iter().collect();
    if items.is_empty() {
        TokenStream::new()
    } else {
        quote!(<#(#items),*>)
    }
}

/// Whether tokens name an identifier.
pub(crate) fn mentions(tokens: impl quote::ToTokens, ident: &Ident) -> bool {
    fn any(tokens: TokenStream, ident: &Ident) -> bool {
        tokens.into_iter().any(|tree| match tree {
            proc_macro2::TokenTree::Ident(other) => other == *ident,
            proc_macro2::TokenTree::Group(group) => any(group.stream(), ident),
            _ => false,
        })
    }
    any(tokens.into_token_stream(), ident)
}

/// Replaces lifetimes with `'static`.
pub(crate) struct Statics {
    names: Vec<Lifetime>,
}

impl VisitMut for Statics {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.names.contains(lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
    }
}
