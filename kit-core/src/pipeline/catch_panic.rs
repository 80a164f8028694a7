//! What becomes of a handler's panic: the failure of its call, and no more.
//!
//! What a panic says is for the log alone; its caller learns that there was one.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::model::descriptor::MethodMeta;
use crate::model::status::Status;

/// Turns a panic of a future into a value.
pub(crate) struct CatchPanic<'a, F> {
    pub(crate) future: Pin<&'a mut F>,
}

impl<F: Future> Future for CatchPanic<'_, F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let future = self.future.as_mut();
        // Nothing looks at the future again after a panic; what it shares
        // with other calls guards itself, as with any task that panics.
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| future.poll(task)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// Logs a panic of a method, and makes the status that its caller gets.
#[cold]
pub(crate) fn panicked(meta: &MethodMeta, panic: &(dyn Any + Send)) -> Status {
    tracing::error!(
        service = meta.service,
        method = meta.name,
        panic = panic_message(panic),
        "handler panicked"
    );
    // It may hold anything.
    Status::internal(format!("method `{}` panicked", meta.name))
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is not a string")
}
