//! The function `__kit_middleware`: the middleware of each method.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Expr, Lifetime, Token};

use super::scope::{Scope, angled};
use crate::model::cfgs;

/// The middleware of a trait or an impl, whichever declares it.
pub(crate) struct Layers<'a> {
    pub(crate) private: &'a TokenStream,
    /// The middleware of all methods.
    pub(crate) all: &'a [Expr],
    /// The methods, each with its own middleware.
    pub(crate) methods: Vec<Layer<'a>>,
    /// The parameters of the markers, as declared.
    pub(crate) params: &'a [TokenStream],
    /// The bounds of those parameters.
    pub(crate) bounds: TokenStream,
}

/// One method.
pub(crate) struct Layer<'a> {
    pub(crate) marker: TokenStream,
    pub(crate) own: &'a [Expr],
    pub(crate) cfgs: Vec<&'a Attribute>,
}

/// The provided function of the trait.
pub(crate) fn provided(scope: &Scope<'_>) -> TokenStream {
    let service = scope.service;
    let private = &scope.private;
    let methods = service.endpoints().map(|method| Layer {
        marker: scope.item(&method.marker),
        own: &method.middleware,
        cfgs: method.cfgs().collect(),
    });
    let layers = Layers {
        private,
        all: &service.middleware,
        methods: methods.collect(),
        params: &scope.params,
        bounds: scope.bounded(&[]),
    };
    let body = layers.body();
    let markers = scope.endpoint_bounds(&quote!(#private::Middleware), "Middleware");
    let returns = layers.returns(markers.into_iter());
    let bounds = scope.args_bounds();
    quote! {
        #[doc(hidden)]
        #[allow(deprecated, clippy::implied_bounds_in_impls)]
        fn __kit_middleware() -> #returns
        where
            Self: #private::Sized,
            #(#bounds,)*
        {
            #body
        }
    }
}

impl Layers<'_> {
    /// An expression of a type that is a middleware for every method.
    pub(crate) fn body(&self) -> TokenStream {
        let all = stack(self.all, self.private);
        if self.methods.iter().all(|method| method.own.is_empty()) {
            return all;
        }
        self.per_method(&all)
    }

    /// The opaque type of that expression.
    ///
    /// rustc reports a value that is not a middleware at the return type of the
    /// function, so that type has the span of the user's first expression.
    pub(crate) fn returns(&self, bounds: impl Iterator<Item = TokenStream>) -> TokenStream {
        let own = self.methods.iter().flat_map(|method| method.own);
        let first = own.chain(self.all).next().map(ToTokens::to_token_stream);
        let mut spans = first.into_iter().flatten().map(|tree| tree.span());
        let from = spans.next().unwrap_or_else(Span::call_site);
        let to = spans.last().unwrap_or(from);
        let private = self.private;
        let (opaque, lifetime) = (Token![impl](from), Lifetime::new("'static", to));
        quote!(#opaque #(#bounds +)* #private::Send + #lifetime)
    }

    /// A value of a generated struct, with a field for each method that has
    /// middleware.
    fn per_method(&self, all: &TokenStream) -> TokenStream {
        let private = self.private;
        let own: Vec<_> = self
            .methods
            .iter()
            .filter(|method| !method.own.is_empty())
            .collect();
        let types: Vec<Ident> = (0..own.len())
            .map(|index| format_ident!("W{index}"))
            .collect();
        let values = own.iter().map(|method| stack(method.own, private));
        let mut index = 0usize;
        let impls: Vec<_> = self
            .methods
            .iter()
            .map(|method| {
                let field = (!method.own.is_empty()).then(|| {
                    index += 1;
                    index
                });
                self.implementation(method, field, &types)
            })
            .collect();
        quote! {
            struct __Own<W, #(#types),*>(W, #(#types),*);
            #(#impls)*
            __Own(#all, #(#values),*)
        }
    }

    fn implementation(
        &self,
        method: &Layer<'_>,
        field: Option<usize>,
        types: &[Ident],
    ) -> TokenStream {
        let (private, marker, cfgs) = (self.private, &method.marker, &method.cfgs);
        let params = self.params.iter().cloned();
        let generics = angled(
            params
                .chain([quote!(W)])
                .chain(types.iter().map(|ty| quote!(#ty))),
        );
        let bounds = &self.bounds;
        let join = if bounds.is_empty() {
            quote!(where)
        } else {
            quote!(#bounds,)
        };
        let others = types.iter().enumerate().map(|(index, ty)| {
            if field == Some(index + 1) {
                quote!(#ty: #private::Middleware<#marker>)
            } else {
                quote!(#ty: #private::Send + #private::Sync)
            }
        });
        let chained = match field.map(syn::Index::from) {
            Some(field) => quote!(#private::Stack::new(&self.0, &self.#field)),
            None => quote!(self.0),
        };
        quote! {
            #(#cfgs)*
            impl #generics #private::Middleware<#marker> for __Own<W, #(#types),*>
            #join W: #private::Middleware<#marker>, #(#others),*
            {
                async fn call<E: #private::Endpoint<#marker>>(
                    &self,
                    cx: &#private::Context,
                    request: <#marker as #private::Method>::Request,
                    next: &E,
                ) -> #private::Outcome<#marker> {
                    #private::Middleware::call(&#chained, cx, request, next).await
                }
            }
        }
    }
}

/// Combines expressions into one middleware; the first is the outermost.
fn stack(layers: &[Expr], private: &TokenStream) -> TokenStream {
    match layers {
        [] => quote!(#private::Identity),
        [only] => quote!(#only),
        [outer, inner @ ..] => {
            let inner = stack(inner, private);
            quote!(#private::Stack::new(#outer, #inner))
        }
    }
}

impl Scope<'_> {
    /// One bound per marker: `Middleware<add::Sum>`, or the hidden trait that
    /// replaces it if the method has a `#[cfg]`.
    pub(crate) fn endpoint_bounds(&self, bound: &TokenStream, kind: &str) -> Vec<TokenStream> {
        let mut seen: Vec<&Ident> = Vec::new();
        let mut bounds = Vec::new();
        for method in self.service.endpoints() {
            if seen.contains(&&method.marker) {
                continue;
            }
            seen.push(&method.marker);
            let marker = self.item(&method.marker);
            bounds.push(match cfgs(&method.attributes).next() {
                None => quote!(#bound<#marker>),
                Some(_) => self.item(&format_ident!("__{}{}", method.marker, kind)),
            });
        }
        bounds
    }
}
