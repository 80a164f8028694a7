//! Shutdown: its phases, how they are announced, and the report at the end.
//!
//! A phase only moves forward. Accept loops and connections read an atomic and
//! wait on a notification, so that a server that is not stopping pays one load
//! for it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// The phase of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It accepts connections and serves calls.
    Running,
    /// It accepts no connections, and completes the calls in flight.
    Draining,
    /// The shutdown timeout has elapsed: remaining connections are cut.
    Cutting,
    /// Everything has ended.
    Done,
}

/// The phase of one server, shared by its tasks.
#[derive(Clone, Default)]
pub(crate) struct Shutdown(Arc<Inner>);

#[derive(Default)]
struct Inner {
    phase: AtomicU8,
    changed: Notify,
    connections_cut: AtomicUsize,
    calls_cut: AtomicUsize,
}

impl Shutdown {
    pub(crate) fn phase(&self) -> Phase {
        match self.0.phase.load(Ordering::Acquire) {
            0 => Phase::Running,
            1 => Phase::Draining,
            2 => Phase::Cutting,
            _ => Phase::Done,
        }
    }

    /// Moves on to a phase; has no effect once that phase has passed.
    pub(crate) fn advance(&self, phase: Phase) {
        self.0.phase.fetch_max(phase as u8, Ordering::AcqRel);
        self.0.changed.notify_waiters();
    }

    /// Completes at the next change of phase after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.0.changed.notified()
    }

    /// Waits for a phase, or for a later one.
    pub(crate) async fn reached(&self, phase: Phase) {
        loop {
            let changed = self.changed();
            if self.phase() >= phase {
                return;
            }
            changed.await;
        }
    }

    /// Records that a connection was cut with this many calls on it.
    pub(crate) fn cut(&self, calls: usize) {
        self.0.connections_cut.fetch_add(1, Ordering::Relaxed);
        self.0.calls_cut.fetch_add(calls, Ordering::Relaxed);
    }

    pub(crate) fn report(&self, took: Duration) -> Drained {
        Drained {
            connections_cut: self.0.connections_cut.load(Ordering::Relaxed),
            calls_cut: self.0.calls_cut.load(Ordering::Relaxed),
            took,
        }
    }
}

/// Cuts everything if a server's future is dropped before its end.
pub(crate) struct CutOnDrop(pub(crate) Shutdown);

impl Drop for CutOnDrop {
    fn drop(&mut self) {
        self.0.advance(Phase::Done);
    }
}

/// The result of a shutdown: what the server could not complete within its
/// [`shutdown_timeout`](crate::Server::shutdown_timeout).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Connections that were closed before their calls were completed.
    pub connections_cut: usize,
    /// Calls that got no response, or not the whole of it.
    pub calls_cut: usize,
    /// The time from the signal to the end.
    pub took: Duration,
}

impl Drained {
    /// Whether every accepted call was completed.
    pub fn is_complete(&self) -> bool {
        self.connections_cut == 0 && self.calls_cut == 0
    }
}

impl fmt::Display for Drained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_complete() {
            return write!(f, "completed all calls in {:?}", self.took);
        }
        write!(
            f,
            "cut {} calls on {} connections after {:?}",
            self.calls_cut, self.connections_cut, self.took
        )
    }
}
