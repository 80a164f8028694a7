//! A future pinned in its caller's frame that can still be dropped early.
//!
//! A future passed by value takes up space in every future that it passes
//! through; pinned in the caller's frame, it takes up space once. But a value
//! pinned there lives as long as that frame: a call ended at its deadline
//! would hold its permits, and block the calls that wait for its response, until
//! the fallback has completed. So the frame holds an `Option`, which
//! [`ScopedFuture`] borrows and clears when it is dropped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

/// A borrowed future; dropping this drops the future.
#[derive(Debug)]
pub struct ScopedFuture<'a, F>(Pin<&'a mut Option<F>>);

impl<'a, F> ScopedFuture<'a, F> {
    /// Borrows the future in `place`.
    pub fn new(place: Pin<&'a mut Option<F>>) -> Self {
        Self(place)
    }
}

impl<F> Drop for ScopedFuture<'_, F> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

impl<F: Future> Future for ScopedFuture<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(future) => future.poll(task),
            // Unreachable: only `drop` clears it.
            None => Poll::Pending,
        }
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::cell::Cell;
    use std::future::pending;
    use std::pin::pin;
    use std::task::Waker;

    use super::*;

    #[test]
    fn dropping_a_scoped_future_drops_the_future() {
        struct SetOnDrop<'a>(&'a Cell<bool>);
        impl Drop for SetOnDrop<'_> {
            fn drop(&mut self) {
                self.0.set(true);
            }
        }
        let is_dropped = Cell::new(false);
        let guard = SetOnDrop(&is_dropped);
        let mut place = pin!(Some(async move {
            let _guard = guard;
            pending::<()>().await;
        }));
        let mut scoped = ScopedFuture::new(place.as_mut());
        let polled = pin!(&mut scoped).poll(&mut TaskContext::from_waker(Waker::noop()));
        assert!(polled.is_pending() && !is_dropped.get());
        drop(scoped);
        assert!(is_dropped.get() && place.is_none());
    }

    #[tokio::test]
    async fn a_scoped_future_returns_the_output_of_the_future() {
        let place = pin!(Some(async { 7 }));
        assert_eq!(ScopedFuture::new(place).await, 7);
    }
}
