//! The conversion of a refusal into a status.

use super::Status;
use super::refusal::Refusal;

impl From<Refusal> for Status {
    /// The status that is sent. Its fields have the policy and the reason, so that
    /// peers in any language can read them.
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
