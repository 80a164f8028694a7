//! Code shared by the cases: a service trait in another crate, and a function
//! that runs a call without an async runtime.
//!
//! A case is one file. A case in `<attribute>/pass` must compile and run
//! without a panic. A case in `<attribute>/fail` must not compile, and the
//! compiler's output must equal the recording, the `.stderr` file of the same
//! name beside it. A failing case is named after the mistake in it, such as
//! `unclosed_path_brace.rs`; a passing case after what works. A configuration
//! that a case reads is beside it.

pub mod contract;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Polls a future once and returns its output. A call to a service in the same
/// process is ready at the first poll.
///
/// # Panics
/// If the future is pending.
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is pending after one poll"),
    }
}
