//! A call that never gets a response.

use std::future::pending;

use crate::model::context::Context;
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::policy::timeout::within;

/// Waits for the deadline of a call, or forever if it has none.
///
/// A client or a server enforces the deadline itself; in a chain composed by
/// hand nothing else does.
pub(super) async fn never<M: Method>(cx: &Context) -> Outcome<M> {
    match within(cx.deadline(), pending::<Outcome<M>>()).await {
        Ok(outcome) => outcome,
        Err(_) => Err(M::Error::from_status(Status::deadline_exceeded(format!(
            "no response from method `{}` before the deadline",
            M::META.name
        )))),
    }
}
