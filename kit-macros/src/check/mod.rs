//! The checks: a model to all of its errors.
//!
//! Each rule is one function, documented with its reason. No rule stops at its
//! first error, and no two rules report the same mistake.

mod contract;
mod implementation;
mod names;
mod policies;
mod route;
mod signature;
mod streaming;
mod tags;

pub(crate) use self::{
    implementation::implementation, names::check_method_names as method_names,
    policies::check_written as written,
};

use crate::diagnostic::Errors;
use crate::model::{Method, Service};

/// Checks a service, and returns for each method whether it is broken: can't be
/// expanded.
pub(crate) fn service(service: &Service, errors: &mut Errors) -> Vec<bool> {
    contract::check_kind(service, errors);
    contract::check_supertraits(service, errors);
    contract::check_items(service, errors);
    contract::check_features(service, errors);
    contract::check_prefix(service, errors);
    policies::check_contract(service, errors);
    names::check_service_name(service, errors);
    let mut broken: Vec<bool> = service
        .methods
        .iter()
        .map(|own| method(service, own, errors))
        .collect();
    names::check_generated_names(service, &mut broken, errors);
    names::check_wire_names(service, errors);
    route::check_collisions(service, errors);
    broken
}

/// Checks a method, and returns whether it is broken.
fn method(service: &Service, method: &Method, errors: &mut Errors) -> bool {
    let before = errors.len();
    signature::check_qualifiers(method, errors);
    signature::check_receiver(method, errors);
    signature::check_async(method, errors);
    signature::check_result(method, errors);
    signature::check_generics(method, errors);
    signature::check_body(method, errors);
    signature::check_context(method, errors);
    signature::check_arguments(method, errors);
    signature::check_count(method, errors);
    streaming::check_place(method, errors);
    let broken = errors.len() > before;
    // The HTTP codecs don't support streams, so the method can't be expanded.
    let streams = streaming::check_transport(method, errors);

    contract::check_narrowing(service, method, errors);
    route::check_http_only(method, errors);
    route::check_path(method, errors);
    route::check_path_names(method, errors);
    route::check_path_arguments(method, errors);
    route::check_status(method, errors);
    route::check_headers(method, errors);
    route::check_bodies(method, errors);
    tags::check_tags(method, errors);
    policies::check_method(method, errors);
    broken || streams
}
