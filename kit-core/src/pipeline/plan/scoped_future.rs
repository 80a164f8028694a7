//! A call that stands in the frame of who makes it.
//!
//! A future that is handed on by value has room in each that it passes
//! through; pinned where it stands, it has room once. But what is pinned there
//! lives as long as that frame: a call that was given up at its deadline would
//! keep its places, and those who wait for its answer, until what answers in
//! its stead has ended. So it is lent in an `Option`, and ends with the loan.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

/// A future in another's frame, which is dropped with this.
#[derive(Debug)]
pub struct ScopedFuture<'a, F>(Pin<&'a mut Option<F>>);

impl<'a, F> ScopedFuture<'a, F> {
    /// Takes the future that stands there.
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
            // It is there until this is dropped.
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
    fn a_lent_future_ends_with_its_loan() {
        struct Ends<'a>(&'a Cell<bool>);
        impl Drop for Ends<'_> {
            fn drop(&mut self) {
                self.0.set(true);
            }
        }
        let has_ended = Cell::new(false);
        let ends = Ends(&has_ended);
        let mut place = pin!(Some(async move {
            let _ends = ends;
            pending::<()>().await;
        }));
        let mut lent = ScopedFuture::new(place.as_mut());
        let polled = pin!(&mut lent).poll(&mut TaskContext::from_waker(Waker::noop()));
        assert!(polled.is_pending() && !has_ended.get());
        drop(lent);
        assert!(has_ended.get() && place.is_none());
    }

    #[tokio::test]
    async fn a_lent_future_answers_as_it_would_itself() {
        let place = pin!(Some(async { 7 }));
        assert_eq!(ScopedFuture::new(place).await, 7);
    }
}
