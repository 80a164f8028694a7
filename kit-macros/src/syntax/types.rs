//! Classifies types by their syntax.
//!
//! A macro can't resolve names, so a path is recognized by its last segment:
//! `kit::Streaming<T>` and `Streaming<T>` are the same.

use quote::ToTokens;
use syn::visit_mut::{VisitMut, visit_type_mut};
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type, TypeInfer, TypeTuple, token};

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

/// Whether it is a primitive type or `String`, which every transport supports.
pub(crate) fn is_scalar(ty: &Type) -> bool {
    const SCALARS: [&str; 12] = [
        "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "String",
    ];
    path(ty).is_some_and(|path| SCALARS.iter().any(|scalar| path.is_ident(scalar)))
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

/// Whether it is `kit::Context` by value.
///
/// An unqualified `Context` may be a type of the user.
pub(crate) fn is_owned_context(ty: &Type) -> bool {
    let segments = path(ty).map(|path| &path.segments);
    segments.is_some_and(|segments| {
        segments.len() == 2 && segments[0].ident == "kit" && segments[1].ident == "Context"
    })
}

/// Whether it is `dyn Trait`, or a `Box`, `Rc` or `Arc` of one.
pub(crate) fn is_trait_object(ty: &Type) -> bool {
    let pointee = ["Box", "Rc", "Arc"]
        .iter()
        .filter_map(|pointer| last_segment(ty, pointer))
        .find_map(|segment| arguments(segment).first().copied());
    matches!(ungroup(pointee.unwrap_or(ty)), Type::TraitObject(_))
}

/// `T` of an `Option<T>`.
pub(crate) fn option(ty: &Type) -> Option<&Type> {
    match arguments(last_segment(ty, "Option")?)[..] {
        [inner] => Some(inner),
        _ => None,
    }
}

/// Strips the invisible groups that `macro_rules!` adds.
pub(crate) fn ungroup(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        }
    }
}

/// The path of a path type.
pub(crate) fn path(ty: &Type) -> Option<&Path> {
    match ungroup(ty) {
        Type::Path(path) if path.qself.is_none() => Some(&path.path),
        _ => None,
    }
}

/// `T` of a `Result<T>`, an alias with a fixed error type.
pub(crate) fn short_result(ty: &Type) -> Option<&Type> {
    match arguments(last_segment(ty, "Result")?)[..] {
        [ok] => Some(ok),
        _ => None,
    }
}

/// Replaces each `impl Trait` with `_`, so that the type can be written in an
/// expression; `None` if there is none.
pub(crate) fn without_impl(ty: &Type) -> Option<Type> {
    struct Visitor(bool);

    impl VisitMut for Visitor {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Type::ImplTrait(opaque) = ty {
                let underscore_token = token::Underscore(opaque.impl_token.span);
                let attrs = Vec::new();
                *ty = Type::Infer(TypeInfer {
                    attrs,
                    underscore_token,
                });
                self.0 = true;
            }
            visit_type_mut(self, ty);
        }
    }

    let mut visitor = Visitor(false);
    let mut ty = ty.clone();
    visitor.visit_type_mut(&mut ty);
    visitor.0.then_some(ty)
}

/// A type as text, spaced as in source code.
pub(crate) fn text(ty: &Type) -> String {
    let spaced = ungroup(ty).to_token_stream().to_string();
    let mut text = String::new();
    let chars: Vec<char> = spaced.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map_or(' ', |before| chars[before]);
        let after = chars.get(index + 1).copied().unwrap_or(' ');
        let between_words = c == ' ' && is_word(before) && is_word(after);
        if c != ' ' || between_words || before == ',' || before == ';' {
            text.push(c);
        }
    }
    text
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_printed_as_in_source_code() {
        let check = |text: &str| {
            let ty = syn::parse_str(text).expect("a type");
            assert_eq!(super::text(&ty), text);
        };
        check("Vec<Option<String>>");
        check("&mut std::path::Path");
        check("Result<(i64, String), kit::Status>");
        check("[u8; 4]");
    }

    #[test]
    fn an_opaque_type_becomes_an_inferred_one() {
        let check = |text: &str, expected: Option<&str>| {
            let ty = syn::parse_str(text).expect("a type");
            let ty = without_impl(&ty).map(|ty| super::text(&ty));
            assert_eq!(ty.as_deref(), expected);
        };
        check("Result<u8, kit::Status>", None);
        check("Result<impl Fn(u8) -> u8 + use<>, E>", Some("Result<_, E>"));
        check("(Box<impl Sized>, u8)", Some("(Box<_>, u8)"));
    }

    #[test]
    fn types_are_recognized_by_their_last_segment() {
        let parse = |text: &str| syn::parse_str::<Type>(text).expect("a type");
        assert!(result(&parse("std::result::Result<u8, E>")).is_some());
        assert!(result(&parse("io::Result<u8>")).is_none());
        assert!(short_result(&parse("io::Result<u8>")).is_some());
        assert!(streaming(&parse("kit::Streaming<u8>")).is_some());
        assert!(is_context(&parse("&'a kit::Context")));
        assert!(!is_context(&parse("&mut Context")));
        assert!(!is_context(&parse("Context")));
    }
}
