//! Turns a panic of a handler into the failure of its call.
//!
//! Other calls and the connection are not affected. The panic message goes to
//! the log only, as it may contain anything; the caller gets `internal` and the
//! name of the method.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;

/// A future that returns a panic of the inner future as an error.
pub(crate) struct CatchPanic<'a, F> {
    pub(crate) future: Pin<&'a mut F>,
}

impl<F: Future> Future for CatchPanic<'_, F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let future = self.future.as_mut();
        // The future is not polled again after a panic. State that it shares
        // with other calls has to be panic-safe, as in any task that panics.
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| future.poll(task)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// Logs a panic of a method and returns the status for its caller.
#[cold]
pub(crate) fn panicked(meta: &MethodMeta, panic: &(dyn Any + Send)) -> Status {
    tracing::error!(target: "kit::server",
        service = meta.service,
        method = meta.name,
        panic = panic_message(panic),
        "handler panicked"
    );
    // Without the message, which may contain secrets.
    Status::internal(format!("method `{}` panicked", meta.name))
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic payload is not a string")
}
