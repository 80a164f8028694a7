//! The result type of a method.

use syn::{ReturnType, Signature, Type};

use crate::syntax::types;

/// The result type.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one per method, and most are results"
)]
pub(crate) enum Returns {
    /// `Result<T, E>`
    Result { whole: Type, ok: Type, error: Type },
    /// Another type, or none.
    Other(Option<Type>),
}

impl Returns {
    pub(super) fn new(signature: &Signature) -> Self {
        match &signature.output {
            ReturnType::Default => Self::Other(None),
            ReturnType::Type(_, ty) => match types::result(ty) {
                Some((ok, error)) => Self::Result {
                    whole: (**ty).clone(),
                    ok: ok.clone(),
                    error: error.clone(),
                },
                None => Self::Other(Some((**ty).clone())),
            },
        }
    }

    /// The type of the future's output.
    pub(crate) fn whole(&self) -> Type {
        match self {
            Self::Result { whole, .. } | Self::Other(Some(whole)) => whole.clone(),
            Self::Other(None) => types::unit(),
        }
    }

    /// The type of a success.
    pub(crate) fn ok(&self) -> Type {
        match self {
            Self::Result { ok, .. } | Self::Other(Some(ok)) => ok.clone(),
            Self::Other(None) => types::unit(),
        }
    }

    /// The type of a failure.
    pub(crate) fn error(&self) -> Type {
        match self {
            Self::Result { error, .. } => error.clone(),
            Self::Other(_) => types::unit(),
        }
    }
}
