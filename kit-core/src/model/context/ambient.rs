//! The ambient context: that of the call which the current task handles.
//!
//! Equivalent to `tokio::task_local!`, with less generic code: every method of
//! every service has such a future, and each compiles only to a swap before and
//! after the poll of the handler. The value is in a thread-local while its task
//! is polled, and in the task's future between polls.

use std::cell::RefCell;
use std::future::Future;
use std::mem::swap;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use super::Context;

thread_local! {
    static CURRENT: RefCell<Context> = const { RefCell::new(Context::empty()) };
}

impl Context {
    /// The context of the call that the current task handles, or an empty one.
    pub fn current() -> Self {
        current()
    }

    /// Runs a future with this as its [`Context::current`].
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// use std::time::Duration;
    /// use kit::Context;
    ///
    /// let cx = Context::new().with_timeout(Duration::from_secs(1));
    /// let deadline = cx.scope(async { Context::current().deadline() }).await;
    /// assert_eq!(deadline, cx.deadline());
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Scoped::new(self.clone(), future)
    }

    /// Runs a function with this as its [`Context::current`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use kit::Context;
    ///
    /// let cx = Context::new().with_timeout(Duration::from_secs(1));
    /// let deadline = cx.enter(|| Context::current().deadline());
    /// assert_eq!(deadline, cx.deadline());
    /// ```
    pub fn enter<R>(&self, function: impl FnOnce() -> R) -> R {
        enter(self.clone(), function)
    }
}

/// The context of the current task; empty outside calls.
#[inline]
fn current() -> Context {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .unwrap_or_default()
}

/// Runs a function within a context.
fn enter<R>(mut context: Context, function: impl FnOnce() -> R) -> R {
    let _entered = Entered::new(&mut context);
    function()
}

/// A guard that puts a context into the thread-local until it is dropped.
struct Entered<'a>(&'a mut Context);

impl<'a> Entered<'a> {
    fn new(context: &'a mut Context) -> Self {
        exchange(context);
        Self(context)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        exchange(self.0);
    }
}

/// Exchanges the thread's context for this one. A thread that is ending has no
/// thread-locals any more, and needs none.
fn exchange(context: &mut Context) {
    let _ = CURRENT.try_with(|current| swap(&mut *current.borrow_mut(), context));
}

pin_project! {
    /// A future that is polled and dropped within a context.
    struct Scoped<F> {
        context: Context,
        // `None` after the drop.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = Entered::new(this.context);
            this.future.set(None);
        }
    }
}

impl<F> Scoped<F> {
    fn new(context: Context, future: F) -> Self {
        Self {
            context,
            future: Some(future),
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = Entered::new(this.context);
        match this.future.as_pin_mut() {
            Some(future) => future.poll(task),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::pin::pin;
    use std::task::Waker;
    use std::time::Duration;

    use super::*;

    fn with_retries(previous_attempts: u32) -> Context {
        Context::new().with_previous_attempts(previous_attempts)
    }

    fn retries() -> u32 {
        current().previous_attempts()
    }

    /// Records the context that it was dropped in.
    struct Dropped<'a>(&'a mut u32);

    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            *self.0 = retries();
        }
    }

    fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut TaskContext::from_waker(Waker::noop()))
    }

    #[test]
    fn interleaved_futures_keep_their_own_contexts() {
        let twice = || {
            let mut polls = 0;
            poll_fn(move |_| {
                polls += 1;
                match polls {
                    1 => Poll::Pending,
                    _ => Poll::Ready(retries()),
                }
            })
        };
        let mut one = pin!(Scoped::new(with_retries(1), twice()));
        let mut two = pin!(Scoped::new(with_retries(2), twice()));
        assert!(poll_once(one.as_mut()).is_pending());
        assert!(poll_once(two.as_mut()).is_pending());
        assert_eq!(retries(), 0);
        assert_eq!(poll_once(one), Poll::Ready(1));
        assert_eq!(poll_once(two), Poll::Ready(2));
        assert_eq!(retries(), 0);
    }

    #[test]
    fn nested_scope_restores_the_outer_context() {
        let inner = Scoped::new(with_retries(2), async { retries() });
        let outer = async { (retries(), inner.await, retries()) };
        let outer = pin!(Scoped::new(with_retries(1), outer));
        assert_eq!(poll_once(outer), Poll::Ready((1, 2, 1)));
    }

    #[test]
    fn future_is_dropped_within_its_context() {
        let mut seen = 0;
        let held = Dropped(&mut seen);
        drop(Scoped::new(with_retries(3), async move {
            let _held = held;
            std::future::pending::<()>().await;
        }));
        assert_eq!(seen, 3);
        assert_eq!(retries(), 0);
    }

    #[test]
    fn panic_restores_the_context_of_the_thread() {
        let mut panics = Box::pin(Scoped::new(with_retries(1), async { panic!("injected") }));
        let poll = AssertUnwindSafe(|| poll_once(panics.as_mut()));
        assert!(catch_unwind(poll).is_err());
        assert_eq!(retries(), 0);
    }

    #[test]
    fn scoped_future_sees_the_deadline() {
        let limited = Context::new().with_timeout(Duration::from_secs(1));
        let expected = limited.deadline();
        let seen = pin!(Scoped::new(limited, async { current().deadline() }));
        assert_eq!(poll_once(seen), Poll::Ready(expected));
    }
}
