//! A method of a service, as a marker type.
//!
//! `#[kit::service]` generates one marker type per trait method (`add::Sum`).
//! Generic code, from middleware to transports, is generic over it: one type
//! parameter has the request, the response, the error and the compile-time
//! metadata of the method.

use std::hash::Hasher;

use crate::model::descriptor::MethodMeta;
use crate::model::service_error::ServiceError;

/// A method of a service.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the marker of a service method")]
pub trait Method: Sized + Send + Sync + 'static {
    /// The arguments, as one value (`add::SumRequest`).
    type Request: Send + 'static;
    /// The value of a successful call.
    type Response: Send + 'static;
    /// The error of a failed call.
    type Error: ServiceError;
    /// The metadata of the method.
    const META: &'static MethodMeta;
    /// The hash of the argument that `#[rate_limit(key = arg(..))]` names.
    #[doc(hidden)]
    const RATE_KEY: RateKey<Self> = None;
}

/// The outcome of a call of `M`.
pub type Outcome<M> = Result<<M as Method>::Response, <M as Method>::Error>;

/// The rate-limit key of `M`, if that is an argument: a function that writes the
/// argument into a hasher.
#[doc(hidden)]
pub type RateKey<M> = Option<fn(&<M as Method>::Request, &mut dyn Hasher)>;
