//! The status of a call that a policy refused.

use super::Status;
use super::refusal::Refusal;

impl From<Refusal> for Status {
    /// The status that travels: policy and reason are in its fields, so that
    /// a peer in any language can read them.
    #[cold]
    fn from(refusal: Refusal) -> Self {
        let status = Self::new(refusal.code(), refusal.reason().text())
            .with_reason("Refused")
            .with_refusal(refusal);
        match refusal.retry_after() {
            Some(wait) => status.with_retry_after(wait),
            None => status,
        }
    }
}
