//! What a type says by the way it is written.
//!
//! A macro can't resolve names, so these look at the last segment of a path,
//! as people read it: `kit::Streaming<T>` and `Streaming<T>` are the same.

use syn::{GenericArgument, Path, PathArguments, PathSegment, Type, TypeTuple, token};

/// `()`
pub(crate) fn unit() -> Type {
    Type::Tuple(TypeTuple {
        attrs: Vec::new(),
        paren_token: token::Paren::default(),
        elems: syn::punctuated::Punctuated::new(),
    })
}

/// Whether it is `()`.
pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(ungroup(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// `T` and `E` of a `Result<T, E>`.
pub(crate) fn result(ty: &Type) -> Option<(&Type, &Type)> {
    match arguments(last_segment(ty, "Result")?)[..] {
        [ok, error] => Some((ok, error)),
        _ => None,
    }
}

/// `T` of a `Streaming<T>`.
pub(crate) fn streaming(ty: &Type) -> Option<&Type> {
    match arguments(last_segment(ty, "Streaming")?)[..] {
        [item] => Some(item),
        _ => None,
    }
}

/// Whether it is `&Context`.
pub(crate) fn is_context(ty: &Type) -> bool {
    match ungroup(ty) {
        Type::Reference(reference) => {
            reference.mutability.is_none() && last_segment(&reference.elem, "Context").is_some()
        }
        _ => false,
    }
}

/// The type inside the invisible groups that `macro_rules!` leaves.
pub(crate) fn ungroup(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        }
    }
}

/// The path of a type that is one.
pub(crate) fn path(ty: &Type) -> Option<&Path> {
    match ungroup(ty) {
        Type::Path(path) if path.qself.is_none() => Some(&path.path),
        _ => None,
    }
}

fn last_segment<'a>(ty: &'a Type, name: &str) -> Option<&'a PathSegment> {
    path(ty)?.segments.last().filter(|last| last.ident == name)
}

fn arguments(segment: &PathSegment) -> Vec<&Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
