//! What the cases share: a contract from another crate, and a way to run a
//! call with no runtime.
//!
//! A case is a file in `<attribute>/pass`, which has to compile, run and end
//! well, or in `<attribute>/fail`, which has to be refused with the message
//! in the `.stderr` beside it. Its name is the law that it holds. A file that
//! it reads stands beside it with the same name.

pub mod contract;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The output of a future that never waits, such as a call in this process.
///
/// # Panics
/// The future waits.
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a call in this process had to wait"),
    }
}
