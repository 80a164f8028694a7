//! `#[middleware(Audit::new())]`: one or more expressions.

use proc_macro2::{Ident, TokenStream};
use syn::Expr;

use super::entries::list;
use crate::diagnostic::Errors;

/// Parses the attribute's arguments.
pub(crate) fn read(attribute: &Ident, tokens: TokenStream, errors: &mut Errors) -> Vec<Expr> {
    if tokens.is_empty() {
        errors.on(
            attribute,
            "`#[middleware]` names no middleware",
            "write an expression, as in `#[middleware(Audit::new())]`",
        );
    }
    let mut expressions: Vec<Expr> = list(tokens, errors);
    expressions.retain(|expression| {
        let Expr::Assign(assign) = expression else {
            return true;
        };
        errors.on(
            &assign.left,
            "`#[middleware]` takes expressions, not keys",
            "write an expression whose value is a middleware, as in `#[middleware(Audit::new())]`",
        );
        false
    });
    expressions
}
