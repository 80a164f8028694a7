//! One method of a mock; every `MockAdd` has one per method of its trait.
//!
//! A test programs the response of a method and counts its calls. A method with
//! no response fails as `unimplemented`, as it would on a real server that lacks
//! it, so that a test fails at the call that it forgot.
//!
//! A mock replaces a service, whose response depends on the arguments. For a
//! peer, whose response depends on the number of the call, there is
//! `kit::testing::Scripted`.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::transport::Remote;

type Respond<M> = Arc<dyn Fn(<M as Remote>::Arguments) -> Outcome<M> + Send + Sync>;

/// One method of a mock. Clones share its script and its count.
pub struct Stub<M: Remote>(Arc<Script<M>>);

struct Script<M: Remote> {
    respond: Mutex<Option<Respond<M>>>,
    calls: AtomicUsize,
}

impl<M: Remote> Stub<M> {
    /// A method with no response yet.
    pub fn new() -> Self {
        Self(Arc::new(Script {
            respond: Mutex::new(None),
            calls: AtomicUsize::new(0),
        }))
    }

    /// Sets the response to every call from now on.
    pub fn on(&self, respond: impl Fn(M::Arguments) -> Outcome<M> + Send + Sync + 'static) {
        *self
            .0
            .respond
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(respond));
    }

    /// The number of calls so far.
    pub fn calls(&self) -> usize {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// Responds to one call.
    pub async fn call(&self, arguments: M::Arguments) -> Outcome<M> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        // Cloned, so that a response may reprogram the mock.
        let respond = self
            .0
            .respond
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match respond {
            Some(respond) => respond(arguments),
            None => Err(M::Error::from_status(unprogrammed::<M>())),
        }
    }
}

#[cold]
fn unprogrammed<M: Method>() -> Status {
    let name = M::META.name;
    Status::unimplemented(format!(
        "method `{name}` of this mock has no response: program it with `on_{name}`"
    ))
}

impl<M: Remote> Default for Stub<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Remote> Clone for Stub<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Remote> fmt::Debug for Stub<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stub")
            .field("method", &M::META.name)
            .field("calls", &self.calls())
            .finish()
    }
}

#[cfg(all(test, feature = "http"))]
mod tests {
    use crate::Status;
    use crate::model::code::Code;

    #[kit::service(mock)]
    trait Add {
        async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
    }

    #[tokio::test]
    async fn an_unprogrammed_method_is_unimplemented_and_counted() {
        let mock = MockAdd::new();
        let status = mock.sum(1, 2).await.expect_err("no response");
        assert_eq!(status.code(), Code::Unimplemented);
        assert_eq!(
            status.message(),
            "method `sum` of this mock has no response: program it with `on_sum`"
        );
        assert_eq!(mock.sum_calls(), 1);
    }

    #[tokio::test]
    async fn clones_share_the_script_and_the_count() {
        let mock = MockAdd::new();
        let client = AddClient::local(mock.clone());
        mock.on_sum(|a, b| Ok(a + b));
        assert!(matches!(client.sum(1, 2).await, Ok(3)));
        mock.on_sum(|_, _| Err(Status::unavailable("down")));
        let status = client.sum(1, 2).await.expect_err("reprogrammed");
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(mock.sum_calls(), 2);
    }
}
