//! A service whose calls tests can hold, release and observe.

use std::sync::Arc;

use kit::prelude::*;
use tokio::sync::{Notify, Semaphore};

/// Adds, and holds calls until they are released.
#[kit::service(name = "test.Adder")]
#[transport(http, grpc)]
pub(crate) trait Adder {
    /// Sums two integers.
    #[endpoint(post = "/sum")]
    async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;

    /// Responds when it is released.
    #[endpoint(post = "/held")]
    async fn held(&self, a: i64) -> Result<i64, Status>;
}

/// An [`Adder`] whose `held` calls can be counted and released.
#[derive(Clone, Default)]
pub(crate) struct Held(Arc<Gates>);

struct Gates {
    began: Semaphore,
    dropped: Semaphore,
    go: Notify,
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            began: Semaphore::new(0),
            dropped: Semaphore::new(0),
            go: Notify::new(),
        }
    }
}

impl Held {
    /// Waits until one more call has begun.
    pub(crate) async fn began(&self) {
        let permit = crate::support::raw::soon("a call", self.0.began.acquire()).await;
        permit.expect("never closed").forget();
    }

    /// Waits until one more call was dropped before its end.
    pub(crate) async fn dropped(&self) {
        let permit = crate::support::raw::soon("a cancellation", self.0.dropped.acquire()).await;
        permit.expect("never closed").forget();
    }

    /// Releases one call.
    pub(crate) fn release(&self) {
        self.0.go.notify_one();
    }
}

struct Watch<'a>(Option<&'a Semaphore>);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(dropped) = self.0 {
            dropped.add_permits(1);
        }
    }
}

impl Adder for Held {
    async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> {
        a.checked_add(b)
            .ok_or_else(|| Status::out_of_range("the sum is too large"))
    }

    async fn held(&self, a: i64) -> Result<i64, Status> {
        let mut watch = Watch(Some(&self.0.dropped));
        self.0.began.add_permits(1);
        self.0.go.notified().await;
        watch.0 = None;
        Ok(a)
    }
}
