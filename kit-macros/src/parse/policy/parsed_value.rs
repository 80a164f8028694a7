//! The parsed value of a setting.

use kit_grammar::Value;
use syn::{Expr, Path};

/// A parsed value.
#[derive(Clone, Debug)]
pub(crate) enum ParsedValue {
    /// A literal, parsed by the grammar.
    Value(Value),
    /// A constant expression.
    Constant(Box<Expr>),
    /// Two constant expressions: `MIN..MAX`.
    Constants(Box<Expr>, Box<Expr>),
    /// A function.
    Path(Path),
}
