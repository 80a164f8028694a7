//! One setting of a policy.

use super::definition::Key;
use crate::values::Value;

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key.
    pub key: &'static Key,
    /// The value; `None` for an expression that only the compiler can evaluate.
    pub value: Option<Value>,
}
