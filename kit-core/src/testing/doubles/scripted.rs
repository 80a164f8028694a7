//! A peer that responds by a script.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::context::Context;
use crate::model::endpoint::Endpoint;
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::testing::doubles::script::{AnyScript, Script};

/// A channel to a peer that responds by a script: the response to the first
/// call of a method, to the second, to the third. Clones are the same peer.
///
/// It fails the test if the script was not followed: when its last clone is
/// dropped, it panics if fewer or more calls were made than expected. It does
/// not panic in a thread that already panics, so that the first failure is
/// the one that is reported. A panic in a spawned task stays in that task:
/// there, end the test with [`Scripted::verify`].
///
/// Use it to test what is between a caller and a peer, such as retries and
/// breakers. For a service with the same response every time there is
/// `#[kit::service(mock)]`; the [module](crate::testing) compares the two.
///
/// ```
/// use kit::prelude::*;
/// use kit::testing::Scripted;
///
/// #[kit::service]
/// pub trait Add {
///     #[endpoint(idempotent)]
///     #[retry(attempts = 3)]
///     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?.block_on(async {
/// let scripted = Scripted::new();
/// let sum = scripted.on::<add::Sum>()
///     .fail(Status::unavailable("starting"))
///     .fail(Status::unavailable("still starting"))
///     .ok(3);
/// let add = AddClient::new(scripted);
///
/// assert_eq!(add.sum(1, 2).await.ok(), Some(3));
/// assert_eq!(sum.calls(), 3);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Scripted(Arc<Scripts>);

#[derive(Default)]
struct Scripts {
    /// By the type of the method's marker.
    by_method: Mutex<HashMap<TypeId, Box<dyn AnyScript>>>,
    /// Whether the difference has been reported.
    reported: AtomicBool,
}

impl Scripted {
    /// A peer with no script.
    pub fn new() -> Self {
        Self::default()
    }

    /// The script of a method; the first use creates an empty one, which
    /// expects no call.
    ///
    /// A call of a method without a script fails as `unimplemented`, and so
    /// does one past the end of a script. Only the second fails the test: a
    /// peer may lack a method, and a test may cover how its caller handles
    /// that.
    pub fn on<M: Method>(&self) -> Script<M> {
        let mut scripts = self.0.scripts();
        let script = scripts
            .entry(TypeId::of::<M>())
            .or_insert_with(|| Box::new(Script::<M>::new()));
        of(&**script)
    }

    /// Checks that every script was followed. Dropping the peer checks again.
    ///
    /// # Panics
    /// A method was called fewer or more times than its script has responses.
    /// The message names every such method, with the expected and the actual
    /// number of calls.
    ///
    /// ```should_panic
    /// # use kit::prelude::*;
    /// # #[kit::service] pub trait Add {
    /// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
    /// # }
    /// let scripted = kit::testing::Scripted::new();
    /// scripted.on::<add::Sum>().ok(3);
    /// scripted.verify(); // method `sum` of `Add`: expected 1 call, got 0
    /// ```
    #[track_caller]
    pub fn verify(&self) {
        self.0.verify();
    }
}

impl Scripts {
    #[track_caller]
    fn verify(&self) {
        let mut differences: Vec<_> = self
            .scripts()
            .values()
            .filter_map(|script| script.difference())
            .collect();
        if differences.is_empty() {
            return;
        }
        differences.sort();
        self.reported.store(true, Ordering::Relaxed);
        panic!("the script was not followed: {}", differences.join("; "));
    }

    fn find<M: Method>(&self) -> Option<Script<M>> {
        let scripts = self.scripts();
        scripts.get(&TypeId::of::<M>()).map(|script| of(&**script))
    }

    fn scripts(&self) -> MutexGuard<'_, HashMap<TypeId, Box<dyn AnyScript>>> {
        self.by_method
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The script, with the type of the method that it was found by.
fn of<M: Method>(script: &dyn AnyScript) -> Script<M> {
    let script: &dyn Any = script;
    let Some(script) = script.downcast_ref::<Script<M>>() else {
        unreachable!("a script is stored under the type of its method");
    };
    script.clone()
}

impl Drop for Scripts {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.reported.load(Ordering::Relaxed) {
            self.verify();
        }
    }
}

impl<M: Method> Endpoint<M> for Scripted {
    async fn call(&self, cx: &Context, request: M::Request) -> Outcome<M> {
        let Some(script) = self.0.find::<M>() else {
            return Err(M::Error::from_status(unscripted::<M>()));
        };
        // The peer receives what this side sends.
        script.respond(&cx.for_local_call(), request).await
    }
}

#[cold]
fn unscripted<M: Method>() -> Status {
    let (name, service) = (M::META.name, M::META.service);
    Status::unimplemented(format!(
        "method `{name}` of `{service}` has no script: give it one with `Scripted::on`"
    ))
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted")
            .field("methods", &self.0.scripts().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;
    use crate::model::code::Code;
    use crate::model::descriptor::MethodMeta;
    use crate::model::metadata::Metadata;

    struct Echo;
    struct Other;

    impl Method for Echo {
        type Request = u32;
        type Response = u32;
        type Error = Status;
        const META: &'static MethodMeta = &MethodMeta::new("test.Echo", "echo", "Echo");
    }

    impl Method for Other {
        type Request = String;
        type Response = ();
        type Error = Status;
        const META: &'static MethodMeta = &MethodMeta::new("test.Echo", "other", "Other");
    }

    async fn echo(scripted: &Scripted, cx: &Context, request: u32) -> Result<u32, Status> {
        Endpoint::<Echo>::call(scripted, cx, request).await
    }

    fn message(panic: Box<dyn Any + Send>) -> String {
        *panic.downcast::<String>().expect("a formatted message")
    }

    #[tokio::test(start_paused = true)]
    async fn calls_get_the_responses_in_order_after_their_delays() {
        let scripted = Scripted::new();
        let script = scripted
            .on::<Echo>()
            .ok(1)
            .delay(Duration::from_millis(5))
            .delay(Duration::from_millis(10))
            .fail(Status::not_found("no second"))
            .respond_with(|_, request| Ok(request * 2));
        let cx = Context::new();
        let start = Instant::now();
        assert_eq!(echo(&scripted, &cx, 7).await.ok(), Some(1));
        assert_eq!(start.elapsed(), Duration::ZERO);
        let failed = echo(&scripted, &cx, 8).await.expect_err("scripted");
        assert_eq!(failed.message(), "no second");
        assert_eq!(start.elapsed(), Duration::from_millis(15));
        assert_eq!((script.calls(), script.left()), (2, 1));
        assert_eq!(script.take_requests(), [7, 8]);
        assert_eq!(echo(&scripted, &cx, 9).await.ok(), Some(18));
        assert_eq!(start.elapsed(), Duration::from_millis(15));
        assert_eq!(script.take_requests(), [9]);
        assert_eq!((script.calls(), script.left()), (3, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_hangs_without_a_client_ends_at_its_deadline() {
        let scripted = Scripted::new();
        scripted.on::<Echo>().hang();
        let start = Instant::now();
        let cx = Context::new().with_timeout(Duration::from_secs(3));
        let failed = echo(&scripted, &cx, 7).await.expect_err("no response");
        assert_eq!(failed.code(), Code::DeadlineExceeded);
        assert_eq!(
            failed.message(),
            "no response from method `echo` before the deadline"
        );
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test]
    async fn the_script_sees_what_the_client_sent() {
        let scripted = Scripted::new();
        scripted.on::<Echo>().respond_with(|cx, _| {
            let tenant = cx.metadata().get("x-tenant");
            assert_eq!(tenant, Some("blue"));
            Ok(cx.previous_attempts())
        });
        let mut metadata = Metadata::new();
        metadata.insert("x-tenant", "blue").expect("valid");
        let cx = Context::new()
            .with_outgoing(metadata)
            .with_previous_attempts(2);
        assert_eq!(echo(&scripted, &cx, 7).await.ok(), Some(2));
    }

    #[tokio::test]
    async fn a_method_with_no_script_is_unimplemented_and_fails_no_test() {
        let scripted = Scripted::new();
        scripted.on::<Other>();
        let failed = echo(&scripted, &Context::new(), 7).await;
        let failed = failed.expect_err("no script");
        assert_eq!(failed.code(), Code::Unimplemented);
        assert_eq!(
            failed.message(),
            "method `echo` of `test.Echo` has no script: give it one with `Scripted::on`"
        );
        scripted.verify();
    }

    #[tokio::test]
    async fn a_call_past_the_end_is_unimplemented_and_fails_the_test() {
        let scripted = Scripted::new();
        scripted.on::<Echo>().ok(1);
        let cx = Context::new();
        assert_eq!(echo(&scripted, &cx, 7).await.ok(), Some(1));
        let failed = echo(&scripted, &cx, 8).await.expect_err("no response left");
        assert_eq!(failed.code(), Code::Unimplemented);
        assert_eq!(
            failed.message(),
            "the script of method `echo` has no response to call 2: add one"
        );
        let panic = std::panic::catch_unwind(|| drop(scripted)).expect_err("one call too many");
        assert_eq!(
            message(panic),
            "the script was not followed: method `echo` of `test.Echo`: expected 1 call, got 2"
        );
    }

    #[test]
    fn every_missing_call_is_named_when_the_last_clone_is_dropped() {
        let scripted = Scripted::new();
        scripted.on::<Other>().ok(());
        // Getting it again gives the same script.
        let script = scripted.on::<Echo>().ok(1);
        scripted.on::<Echo>().hang();
        assert_eq!(script.left(), 2);
        let clone = scripted.clone();
        drop(scripted);
        let panic = std::panic::catch_unwind(|| drop(clone)).expect_err("no call was made");
        assert_eq!(
            message(panic),
            "the script was not followed: method `echo` of `test.Echo`: expected 2 calls, got 0; \
             method `other` of `test.Echo`: expected 1 call, got 0"
        );
    }

    #[test]
    fn a_test_that_already_fails_reports_only_its_own_failure() {
        let panic = std::panic::catch_unwind(|| {
            let scripted = Scripted::new();
            scripted.on::<Echo>().ok(1);
            panic!("the first failure");
        });
        let panic = panic.expect_err("it panics");
        assert_eq!(panic.downcast_ref(), Some(&"the first failure"));
    }

    #[test]
    fn a_difference_is_reported_once() {
        let scripted = Scripted::new();
        scripted.on::<Echo>().ok(1);
        let verify = std::panic::AssertUnwindSafe(|| scripted.verify());
        assert!(std::panic::catch_unwind(verify).is_err());
        drop(scripted);
    }
}
