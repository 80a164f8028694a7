//! The count of those inside, and the queue before it.
//!
//! Both counts, of those inside and of those who wait, are one word. So whoever
//! leaves learns in the same step whether somebody waits, and whoever sees
//! nobody waiting and a free place is inside in one step: nothing else is
//! touched while there is room. Only a caller that has to wait, and whoever
//! lets it in, take the lock of the queue.
//!
//! Why no wake-up is lost: a caller joins the word's count of waiters under the
//! lock, in one step with seeing that there is no room. Who leaves before that
//! step makes it fail, and the caller sees the room; who leaves after it sees
//! the caller counted, and comes for the lock.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context as TaskContext, Poll, Waker};

use crate::policy::support::sync::Mutex;
use crate::policy::support::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use crate::policy::support::sync::atomic::{AtomicU32, AtomicU64};

const WAITING: u64 = 1 << 32;

fn inside(state: u64) -> u32 {
    (state & (WAITING - 1)) as u32
}

fn waiting(state: u64) -> u32 {
    (state >> 32) as u32
}

#[derive(Debug)]
pub(super) struct Gate {
    /// How many wait, times 2³², and how many are inside.
    state: AtomicU64,
    limit: AtomicU32,
    queue_max: AtomicU32,
    queue: Mutex<Queue>,
}

/// Those who wait, the first in front; their numbers rise.
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

/// Where a caller is who wants in.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    Inside,
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

    /// Goes in where there is room and nobody waits.
    #[inline]
    pub(super) fn try_enter(&self) -> bool {
        let limit = u64::from(self.limit.load(Relaxed));
        let mut state = self.state.load(Relaxed);
        // With somebody waiting, the word is more than any limit.
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

    /// Goes in, or joins the queue where it has room.
    #[inline]
    pub(super) fn enter(&self) -> Entry<'_> {
        if self.try_enter() {
            return Entry::Inside;
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
            // Read under the lock: who raises the limit comes for it next.
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
                Ok(_) if enters => return Entry::Inside,
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

    /// Goes out, and lets the first who waits in.
    #[inline]
    pub(super) fn leave(&self) {
        let state = self.state.fetch_sub(1, AcqRel);
        if waiting(state) > 0 {
            self.let_in();
        }
    }

    /// Lets in as many as there is room for. Whoever raises the limit calls it.
    #[cold]
    pub(super) fn let_in(&self) {
        // A waker is somebody else's code, so it runs without the lock.
        while let Some(waker) = self.let_one_in() {
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    fn let_one_in(&self) -> Option<Option<Waker>> {
        let mut queue = self.lock();
        let limit = self.limit.load(Relaxed);
        let mut state = self.state.load(Relaxed);
        loop {
            if waiting(state) == 0 || inside(state) >= limit {
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

    /// Changes the limit. Those inside stay where it sinks; where it rises,
    /// [`Gate::let_in`] is for those who wait.
    pub(super) fn set_limit(&self, limit: u32) {
        self.limit.store(limit, Relaxed);
    }

    /// Changes how many may wait; those who do stay.
    pub(super) fn set_queue_max(&self, queue_max: u32) {
        self.queue_max.store(queue_max, Relaxed);
    }

    #[inline]
    pub(super) fn limit(&self) -> u32 {
        self.limit.load(Relaxed)
    }

    #[inline]
    pub(super) fn inside(&self) -> u32 {
        inside(self.state.load(Relaxed))
    }

    pub(super) fn waiting(&self) -> u32 {
        waiting(self.state.load(Relaxed))
    }

    /// A panic can't leave the queue half changed: nothing in it panics.
    fn lock(&self) -> impl std::ops::DerefMut<Target = Queue> + '_ {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A caller who waits; ready once inside. Dropped before, it leaves the queue,
/// or passes the place on that it was given meanwhile.
#[derive(Debug)]
pub(super) struct Waiting<'a> {
    gate: &'a Gate,
    /// `None` once inside.
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
