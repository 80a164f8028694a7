//! A method of a service, as a type.
//!
//! `#[kit::service]` makes one marker type per trait method (`add::Sum`). All
//! that is generic in kit, from middleware to transports, is generic over it:
//! one type parameter brings the request, the response, the error and
//! everything known of the method at compile time.

use std::hash::Hasher;

use crate::model::descriptor::MethodMeta;
use crate::model::service_error::ServiceError;

/// One method of a service.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the marker of a service method")]
pub trait Method: Sized + Send + Sync + 'static {
    /// The arguments, as one value (`add::SumRequest`).
    type Request: Send + 'static;
    /// What a call that succeeds returns.
    type Response: Send + 'static;
    /// What a call that fails returns.
    type Error: ServiceError;
    /// All that is known of the method without calling it.
    const META: &'static MethodMeta;
    /// How the argument that `#[rate_limit(key = arg(..))]` names is hashed.
    #[doc(hidden)]
    const RATE_KEY: RateKey<Self> = None;
}

/// How a call of `M` ends.
pub type Outcome<M> = Result<<M as Method>::Response, <M as Method>::Error>;

/// What callers of `M` are told apart by, where that is an argument: writes
/// the argument into a hasher.
#[doc(hidden)]
pub type RateKey<M> = Option<fn(&<M as Method>::Request, &mut dyn Hasher)>;
