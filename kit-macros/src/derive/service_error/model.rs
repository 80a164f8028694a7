//! The model of an error type.

use syn::{Generics, Ident, Member, Type};

use crate::derive::attributes::Container;

/// An error type that derives `ServiceError`.
pub(super) struct Model<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) container: Container,
    /// The domain errors.
    pub(super) cases: Vec<Case<'a>>,
    /// The variant for all other failures.
    pub(super) carrier: Option<Carrier<'a>>,
}

/// A domain error.
pub(super) struct Case<'a> {
    pub(super) ident: &'a Ident,
    pub(super) fields: Vec<Field<'a>>,
    /// The code's name in Rust, as in `NotFound`.
    pub(super) code: Ident,
    /// The HTTP status, if it differs from that of the code.
    pub(super) http: Option<u16>,
    pub(super) docs: String,
}

/// A field of a domain error.
pub(super) struct Field<'a> {
    pub(super) member: Member,
    /// The key on the wire.
    pub(super) key: String,
    pub(super) ty: &'a Type,
}

/// The variant that holds a `Status`.
pub(super) struct Carrier<'a> {
    pub(super) ident: &'a Ident,
    pub(super) member: Member,
}
