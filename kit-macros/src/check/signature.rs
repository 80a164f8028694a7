//! Rules about a method's signature.
//!
//! A method is called from other processes: its arguments are decoded from bytes,
//! so they must be owned and named, and concurrent calls share one service.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{GenericParam, Lifetime, Pat, ReceiverKind, Safety, Type};

use crate::diagnostic::Errors;
use crate::model::{Argument, Method, Returns};
use crate::syntax::types;

/// The maximum number of arguments of a method.
const ARGUMENTS_MAX: usize = 16;

/// Qualifiers that a method of a client can't have.
pub(crate) fn check_qualifiers(method: &Method, errors: &mut Errors) {
    let signature = &method.signature;
    let name = &method.name;
    let mut refuse = |token: &dyn ToTokens, word: &str| {
        errors.on(
            token.to_token_stream(),
            format_args!("method `{name}` is `{word}`, which an endpoint can't be"),
            format_args!("remove `{word}`"),
        );
    };
    if let Some(token) = &signature.constness {
        refuse(token, "const");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        refuse(token, "unsafe");
    }
    if let Some(abi) = &signature.abi {
        refuse(abi, "extern");
    }
    if let Some(variadic) = &signature.variadic {
        refuse(&variadic.dots, "...");
    }
}

/// Concurrent calls share one service, so they take `&self`.
pub(crate) fn check_receiver(method: &Method, errors: &mut Errors) {
    let name = &method.name;
    let Some(receiver) = &method.receiver else {
        errors.on(
            &method.ident,
            format_args!("method `{name}` has no `&self`"),
            format_args!("write `&self` as its first parameter: `fn {name}(&self, ..)`"),
        );
        return;
    };
    let (rule, help) = match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => return,
        ReceiverKind::Reference(_, _, Some(_)) => (
            format!("method `{name}` takes `&mut self`, but calls run concurrently"),
            "write `&self`, and keep mutable state in a `Mutex`, a channel or an atomic",
        ),
        _ => (
            format!(
                "method `{name}` takes `self` by value, but a service handles more than one call"
            ),
            "write `&self`",
        ),
    };
    errors.on(receiver, rule, help);
}

/// A call to another process waits.
pub(crate) fn check_async(method: &Method, errors: &mut Errors) {
    if method.signature.asyncness.is_none() {
        errors.on(
            method.signature.fn_token,
            format_args!("method `{}` is not async", method.name),
            "write `async fn`",
        );
    }
}

/// Any call can fail in transit.
pub(crate) fn check_result(method: &Method, errors: &mut Errors) {
    let name = &method.name;
    match &method.returns {
        Returns::Other(None) => errors.on(
            &method.ident,
            format_args!("method `{name}` returns nothing, but any call can fail"),
            "write `-> Result<(), kit::Status>`, or an error type of your own",
        ),
        Returns::Other(Some(ty)) => {
            let text = text(ty);
            let (rule, help) = if let Some(ok) = types::short_result(ty) {
                (
                    format!("method `{name}` returns `{text}`, which hides its error type"),
                    format!(
                        "write both: `Result<{}, kit::Status>`, or an error type of your own",
                        types::text(ok)
                    ),
                )
            } else {
                (
                    format!("method `{name}` returns `{text}`, but any call can fail"),
                    format!("write `Result<{text}, kit::Status>`, or an error type of your own"),
                )
            };
            errors.on(ty, rule, help);
        }
        Returns::Result { ok, error, .. } => {
            for ty in [ok, error] {
                check_result_part(method, ty, errors);
            }
        }
    }
}

/// The client decodes a result from bytes.
fn check_result_part(method: &Method, ty: &Type, errors: &mut Errors) {
    let name = &method.name;
    let mut borrows = Borrows::new(method);
    borrows.visit_type(ty);
    if let Some(borrow) = borrows.found {
        errors.on(
            borrow,
            format_args!("the result of method `{name}` borrows, but it is decoded from bytes"),
            "write an owned type, as `String` for `&str`",
        );
    } else if names_self(ty) {
        errors.on(
            ty,
            format_args!(
                "the result of method `{name}` depends on `Self`, which a client does not know"
            ),
            "write a type that does not depend on the implementing type",
        );
    } else if let Type::ImplTrait(_) = types::ungroup(ty) {
        errors.on(
            ty,
            format_args!("the result type of method `{name}` has no name"),
            "write a concrete type; for a stream, `kit::Streaming<T>`",
        );
    }
}

/// A route leads to one method, not to a generic one.
pub(crate) fn check_generics(method: &Method, errors: &mut Errors) {
    for param in &method.signature.generics.params {
        let (ident, help) = match param {
            GenericParam::Lifetime(_) => continue,
            GenericParam::Type(param) => (
                &param.ident,
                "write a concrete type, or move the parameter to the trait",
            ),
            GenericParam::Const(param) => (
                &param.ident,
                "write a constant, or move the parameter to the trait",
            ),
        };
        errors.on(
            param,
            format_args!(
                "method `{}` is generic over `{ident}`, but callers send values, not types",
                method.name
            ),
            help,
        );
    }
}

/// A client would not run a default body.
pub(crate) fn check_body(method: &Method, errors: &mut Errors) {
    if let Some(body) = &method.body {
        errors.on(
            body,
            format_args!(
                "method `{}` has a body, but a trait only declares its endpoints",
                method.name
            ),
            "write `;`, and move the body to an impl or a free function",
        );
    }
}

/// The context is the first parameter, if any, and is not an argument.
pub(crate) fn check_context(method: &Method, errors: &mut Errors) {
    if let Some(own) = method.cx.as_ref().and_then(|cx| cx.first_own.as_ref()) {
        errors.on(
            own,
            format_args!("`#[{own}]` describes an argument, which the context is not"),
            "move it to an argument",
        );
    }
    for argument in &method.arguments {
        let ty = &argument.ty;
        if types::is_owned_context(ty) {
            errors.on(
                ty,
                format_args!("method `{}` takes its context by value", method.name),
                format_args!("write `{}: &kit::Context`", argument.name),
            );
        } else if types::is_context(ty) && method.cx.is_some() {
            errors.on(
                ty,
                format_args!("method `{}` takes its context twice", method.name),
                "keep the first",
            );
        } else if types::is_context(ty) {
            errors.on(
                ty,
                format_args!(
                    "the context of method `{}` is not its first parameter",
                    method.name
                ),
                "move it: `(&self, cx: &Context, ..)`",
            );
        }
    }
}

/// Arguments are owned values with a name.
pub(crate) fn check_arguments(method: &Method, errors: &mut Errors) {
    let mut seen: Vec<&str> = Vec::new();
    for argument in &method.arguments {
        check_pattern(method, argument, errors);
        if !types::is_context(&argument.ty) {
            check_type(method, argument, errors);
        }
        if argument.is_named && seen.contains(&argument.name.as_str()) {
            errors.on(
                &argument.ident,
                format_args!(
                    "method `{}` has two arguments `{}`",
                    method.name, argument.name
                ),
                "rename one of them",
            );
        }
        seen.push(&argument.name);
    }
}

fn check_pattern(method: &Method, argument: &Argument, errors: &mut Errors) {
    if argument.is_named {
        return;
    }
    let (pat, ty) = (&argument.typed.pat, text(&argument.ty));
    if let Pat::Ident(own) = &**pat
        && own.mutability.is_some()
    {
        let name = &own.ident;
        errors.on(
            pat,
            format_args!("`mut` of argument `{name}` belongs to the impl, not to the contract"),
            format_args!("write `{name}: {ty}` here, and `mut {name}` in the impl"),
        );
        return;
    }
    let help = match &**pat {
        Pat::Ident(pat) => format!("write `{}: {ty}`", pat.ident),
        Pat::Wild(_) => format!("name it, as in `value: {ty}`"),
        _ => format!("write one name, as in `value: {ty}`, and destructure it in the impl"),
    };
    errors.on(
        pat,
        format_args!(
            "method `{}` has a parameter without a name, which callers need",
            method.name
        ),
        help,
    );
}

fn check_type(method: &Method, argument: &Argument, errors: &mut Errors) {
    let name = &argument.name;
    let ty = types::ungroup(&argument.ty);
    let method_name = &method.name;
    if types::is_trait_object(ty) {
        errors.on(
            ty,
            format_args!("argument `{name}` of method `{method_name}` is a trait object, which can't be decoded from bytes"),
            "write a concrete type",
        );
        return;
    }
    if let Type::ImplTrait(_) = ty {
        errors.on(
            ty,
            format_args!("argument `{name}` of method `{method_name}` is `{}`, but callers send values of one type", text(ty)),
            "write a concrete type, as `String` for `impl Into<String>`",
        );
        return;
    }
    let mut borrows = Borrows::new(method);
    borrows.visit_type(ty);
    if let Some(borrow) = borrows.found {
        errors.on(
            borrow,
            format_args!(
                "argument `{name}` of method `{method_name}` borrows, but it is decoded from bytes"
            ),
            owned_help(ty),
        );
    } else if names_self(ty) {
        errors.on(
            ty,
            format_args!("argument `{name}` of method `{method_name}` depends on `Self`, which callers don't know"),
            "write a type that does not depend on the implementing type",
        );
    }
}

/// The help for a type that borrows: its owned counterpart.
fn owned_help(ty: &Type) -> String {
    let Type::Reference(reference) = ty else {
        return "write an owned type".to_owned();
    };
    let elem = types::ungroup(&reference.elem);
    let owned = match elem {
        Type::Slice(slice) => format!("Vec<{}>", text(&slice.elem)),
        _ => match text(elem).as_str() {
            "str" => "String".to_owned(),
            "Path" => "PathBuf".to_owned(),
            other => other.to_owned(),
        },
    };
    format!("write `{owned}`")
}

/// Codecs are implemented for tuples of a limited size.
pub(crate) fn check_count(method: &Method, errors: &mut Errors) {
    if let Some(argument) = method.arguments.get(ARGUMENTS_MAX) {
        errors.on(
            &argument.typed.pat,
            format_args!(
                "method `{}` has more than {ARGUMENTS_MAX} arguments",
                method.name
            ),
            "put some of them into a struct, and take that as one argument",
        );
    }
}

/// A type as text.
fn text(ty: &Type) -> String {
    types::text(ty)
}

fn names_self(ty: &Type) -> bool {
    struct Names(bool);
    impl<'ast> Visit<'ast> for Names {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            self.0 |= path
                .segments
                .first()
                .is_some_and(|first| first.ident == "Self");
            syn::visit::visit_path(self, path);
        }
    }
    let mut names = Names(false);
    names.visit_type(ty);
    names.0
}

/// Finds a reference, or a lifetime of the method.
struct Borrows<'a> {
    method: &'a Method,
    found: Option<proc_macro2::TokenStream>,
}

impl<'a> Borrows<'a> {
    fn new(method: &'a Method) -> Self {
        Self {
            method,
            found: None,
        }
    }
}

impl<'ast> Visit<'ast> for Borrows<'_> {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.found
            .get_or_insert_with(|| reference.to_token_stream());
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        let mut own = self.method.signature.generics.lifetimes();
        if lifetime.ident == "_" || own.any(|param| param.lifetime == *lifetime) {
            self.found.get_or_insert_with(|| lifetime.to_token_stream());
        }
    }
}
