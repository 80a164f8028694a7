//! Renames the user's types for use inside the generated module.
//!
//! The module imports the user's names with `use super::*`, but its own items
//! shadow them: after `async fn item() -> Item` has generated a marker `Item`, the
//! user's type is `super::Item`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::visit_mut::{VisitMut, visit_path_mut};
use syn::{Path, PathSegment, Type, WherePredicate};

use super::scope::Scope;

/// The names of the module's own items.
pub(crate) struct Renames {
    generated: Vec<String>,
    private: TokenStream,
}

/// Names of the prelude, and the modules of `std` that define them.
const PRELUDE: [(&str, &[&str]); 7] = [
    ("Option", &["option"]),
    ("Result", &["result"]),
    ("Vec", &["vec"]),
    ("String", &["string"]),
    ("Box", &["boxed"]),
    ("Send", &["marker"]),
    ("Sync", &["marker"]),
];

impl Renames {
    pub(crate) fn new(scope: &Scope<'_>) -> Self {
        let methods = scope.service.methods.iter();
        let generated = methods
            .flat_map(|method| [method.marker.to_string(), method.request.to_string()])
            .filter(|name| scope.args.iter().all(|arg| arg != name))
            .collect();
        Self {
            generated,
            private: Self::krate(scope),
        }
    }

    /// `::kit::__private`, as named from inside the module.
    pub(crate) fn krate(scope: &Scope<'_>) -> TokenStream {
        let private = &scope.private;
        let path: Result<Path, _> = syn::parse2(private.clone());
        match path {
            Ok(mut path) => {
                outwards(&mut path);
                quote!(#path)
            }
            Err(_) => private.clone(),
        }
    }

    /// A type, as named from inside the module.
    pub(crate) fn ty(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        Visitor(self).visit_type_mut(&mut ty);
        ty
    }

    /// A bound, as named from inside the module.
    pub(crate) fn predicate(&self, predicate: &WherePredicate) -> WherePredicate {
        let mut predicate = predicate.clone();
        Visitor(self).visit_where_predicate_mut(&mut predicate);
        predicate
    }

    fn rename(&self, path: &mut Path) {
        if path.leading_colon.is_some() {
            return;
        }
        outwards(path);
        let Some(first) = path.segments.first() else {
            return;
        };
        let name = first.ident.to_string();
        if !self.generated.contains(&name) {
            return;
        }
        let prelude = PRELUDE.iter().find(|(known, _)| *known == name);
        let segments = std::mem::take(&mut path.segments);
        match prelude {
            Some((_, module)) => {
                let private = &self.private;
                let module = module
                    .iter()
                    .map(|segment| Ident::new(segment, Span::call_site()));
                *path = syn::parse_quote!(#private::std::#(#module)::*);
                path.segments.extend(segments);
            }
            None => {
                path.segments
                    .push(PathSegment::from(Ident::new("super", Span::call_site())));
                path.segments.extend(segments);
            }
        }
    }
}

/// Adjusts `self::` and `super::` for a module one level deeper.
fn outwards(path: &mut Path) {
    if path.leading_colon.is_some() {
        return;
    }
    let Some(first) = path.segments.first_mut() else {
        return;
    };
    let span = first.ident.span();
    if first.ident == "self" {
        first.ident = Ident::new("super", span);
    } else if first.ident == "super" {
        path.segments
            .insert(0, PathSegment::from(Ident::new("super", span)));
    }
}

struct Visitor<'a>(&'a Renames);

impl VisitMut for Visitor<'_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_path_mut(self, path);
        self.0.rename(path);
    }
}
