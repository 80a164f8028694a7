//! A model to everything that is wrong with it.

use crate::diagnostic::Errors;
use crate::model::Service;

/// Every rule, in the order of the grammar.
pub(crate) fn service(_service: &Service, _errors: &mut Errors) {}
