//! A counter of admitted calls, and the queue of those that wait.
//!
//! Both counts, of the calls in flight and of those that wait, are one word.
//! So a call that ends learns in the same step whether any call waits, and a
//! call that finds a free place and no waiters is admitted in one step, without
//! touching anything else. Only a call that has to wait, and the thread that
//! admits it, take the lock of the queue.
//!
//! Why no wake-up is lost: a call increments the word's count of waiters under
//! the lock, in the same step that verifies that there is no place. A call that
//! leaves before that step makes it fail, and the waiter sees the place; one
//! that leaves after it sees the waiter counted, and takes the lock.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context as TaskContext, Poll, Waker};

use crate::policy::support::sync::Mutex;
use crate::policy::support::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use crate::policy::support::sync::atomic::{AtomicU32, AtomicU64};

/// One waiter, in the upper half of the word.
const WAITING: u64 = 1 << 32;

fn in_flight(state: u64) -> u32 {
    (state & (WAITING - 1)) as u32
}

fn waiting(state: u64) -> u32 {
    (state >> 32) as u32
}

/// The counts, their limits, and the queue.
#[derive(Debug)]
pub(super) struct Gate {
    /// The number of waiters, times 2³², plus the number of calls in flight.
    state: AtomicU64,
    limit: AtomicU32,
    queue_max: AtomicU32,
    queue: Mutex<Queue>,
}

/// The waiters in order, with increasing numbers.
#[derive(Debug, Default)]
struct Queue {
    waiters: VecDeque<(u64, Option<Waker>)>,
    next: u64,
}

impl Queue {
    fn find(&self, number: u64) -> Option<usize> {
        self.waiters
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()
    }
}

/// The result of an attempt to enter.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    Admitted,
    Waiting(Waiting<'a>),
    Full,
}

impl Gate {
    pub(super) fn new(limit: u32, queue_max: u32) -> Self {
        Self {
            state: AtomicU64::new(0),
            limit: AtomicU32::new(limit),
            queue_max: AtomicU32::new(queue_max),
            queue: Mutex::new(Queue::default()),
        }
    }

    /// Admits a call if there is a place and no call waits.
    #[inline]
    pub(super) fn try_enter(&self) -> bool {
        let limit = u64::from(self.limit.load(Relaxed));
        let mut state = self.state.load(Relaxed);
        // With any waiter, the word is larger than any limit.
        while state < limit {
            match self
                .state
                .compare_exchange_weak(state, state + 1, Acquire, Relaxed)
            {
                Ok(_) => return true,
                Err(changed) => state = changed,
            }
        }
        false
    }

    /// Admits a call, or adds it to the queue if that has room.
    #[inline]
    pub(super) fn enter(&self) -> Entry<'_> {
        if self.try_enter() {
            return Entry::Admitted;
        }
        if self.queue_max.load(Relaxed) == 0 {
            return Entry::Full;
        }
        self.join()
    }

    #[cold]
    fn join(&self) -> Entry<'_> {
        let mut queue = self.lock();
        let mut state = self.state.load(Relaxed);
        loop {
            // Read under the lock: a thread that raises the limit takes the
            // lock next.
            let (limit, queue_max) = (self.limit.load(Relaxed), self.queue_max.load(Relaxed));
            let enters = state < u64::from(limit);
            if !enters && waiting(state) >= queue_max {
                return Entry::Full;
            }
            let step = if enters { 1 } else { WAITING };
            match self
                .state
                .compare_exchange_weak(state, state + step, AcqRel, Relaxed)
            {
                Ok(_) if enters => return Entry::Admitted,
                Ok(_) => break,
                Err(changed) => state = changed,
            }
        }
        let number = queue.next;
        queue.next += 1;
        queue.waiters.push_back((number, None));
        Entry::Waiting(Waiting {
            gate: self,
            number: Some(number),
        })
    }

    /// Ends a call, and admits the first waiter.
    #[inline]
    pub(super) fn leave(&self) {
        let state = self.state.fetch_sub(1, AcqRel);
        if waiting(state) > 0 {
            self.admit_waiters();
        }
    }

    /// Admits as many waiters as there are places. Called after the limit is
    /// raised.
    #[cold]
    pub(super) fn admit_waiters(&self) {
        // A waker is external code, so it runs without the lock.
        while let Some(waker) = self.admit_waiter() {
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    fn admit_waiter(&self) -> Option<Option<Waker>> {
        let mut queue = self.lock();
        let limit = self.limit.load(Relaxed);
        let mut state = self.state.load(Relaxed);
        loop {
            if waiting(state) == 0 || in_flight(state) >= limit {
                return None;
            }
            match self
                .state
                .compare_exchange_weak(state, state - WAITING + 1, AcqRel, Relaxed)
            {
                Ok(_) => break,
                Err(changed) => state = changed,
            }
        }
        queue.waiters.pop_front().map(|(_, waker)| waker)
    }

    /// Changes the limit. A lower limit does not affect calls in flight; after
    /// a higher one, call [`Gate::admit_waiters`].
    pub(super) fn set_limit(&self, limit: u32) {
        self.limit.store(limit, Relaxed);
    }

    /// Changes the length of the queue; present waiters are kept.
    pub(super) fn set_queue_max(&self, queue_max: u32) {
        self.queue_max.store(queue_max, Relaxed);
    }

    #[inline]
    pub(super) fn limit(&self) -> u32 {
        self.limit.load(Relaxed)
    }

    #[inline]
    pub(super) fn in_flight(&self) -> u32 {
        in_flight(self.state.load(Relaxed))
    }

    pub(super) fn waiting(&self) -> u32 {
        waiting(self.state.load(Relaxed))
    }

    /// A panic can't leave the queue half changed: nothing in it panics.
    fn lock(&self) -> impl std::ops::DerefMut<Target = Queue> + '_ {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A waiting call; ready once admitted. If it is dropped before, it leaves the
/// queue, or passes on the place that it was given meanwhile.
#[derive(Debug)]
pub(super) struct Waiting<'a> {
    gate: &'a Gate,
    /// `None` once admitted.
    number: Option<u64>,
}

impl Future for Waiting<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<()> {
        let Some(number) = self.number else {
            return Poll::Ready(());
        };
        let mut queue = self.gate.lock();
        let Some(place) = queue.find(number) else {
            drop(queue);
            self.number = None;
            return Poll::Ready(());
        };
        let known = &mut queue.waiters[place].1;
        match known {
            Some(known) => known.clone_from(task.waker()),
            None => *known = Some(task.waker().clone()),
        }
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else {
            return;
        };
        let mut queue = self.gate.lock();
        let waited = queue.find(number).and_then(|place| {
            self.gate.state.fetch_sub(WAITING, AcqRel);
            queue.waiters.remove(place)
        });
        drop(queue);
        if waited.is_none() {
            self.gate.leave();
        }
    }
}
