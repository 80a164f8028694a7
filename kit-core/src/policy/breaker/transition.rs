//! The changes of state: rare, one at a time, under the lock.
//!
//! A change names the period that it ends. If two callers want to end the same
//! period, the second waits for the lock here and finds the period over.

use std::time::Duration;

use tokio::sync::broadcast;

use super::Breaker;
use super::event::{BreakerCause, BreakerEvent, EVENT_CAPACITY};
use super::packed_state::{NEXT_EPOCH, PackedState};
use super::state::BreakerState;
use crate::model::policies::InvalidPolicy;
use crate::model::policies::breaker::BreakerConfig;
use crate::policy::support::sync::atomic::Ordering;
use crate::policy::support::sync::lock;

impl Breaker {
    /// Opens; for longer than before if it has not recovered since.
    #[cold]
    pub(super) fn open(&self, period: PackedState, cause: BreakerCause, now: u64) {
        let mut backoff = lock(&self.backoff);
        if !self.word().same_period(period) {
            return;
        }
        let wait = match period.state() {
            BreakerState::HalfOpen => backoff.open_again(),
            _ => backoff.open_from_closed(now),
        };
        self.open_until
            .store(now.saturating_add(wait), Ordering::Relaxed);
        let event = self.enter(BreakerState::Open, cause, Some(wait));
        drop(backoff);
        event.trace();
    }

    /// Becomes half open, as the open time has elapsed.
    #[cold]
    pub(super) fn half_open(&self, period: PackedState) {
        let backoff = lock(&self.backoff);
        if !self.word().same_period(period) {
            return;
        }
        let event = self.enter(BreakerState::HalfOpen, BreakerCause::OpenTimeOver, None);
        drop(backoff);
        event.trace();
    }

    /// Closes, as the probes have succeeded. The next epoch's window is empty.
    #[cold]
    pub(super) fn close(&self, period: PackedState, now: u64) {
        let mut backoff = lock(&self.backoff);
        if !self.word().same_period(period) {
            return;
        }
        backoff.close(now);
        let event = self.enter(BreakerState::Closed, BreakerCause::ProbesSucceeded, None);
        drop(backoff);
        event.trace();
    }

    /// Enters a state that is set by hand.
    pub(super) fn force(&self, state: BreakerState) {
        let backoff = lock(&self.backoff);
        if self.word().state() == state {
            return;
        }
        let event = self.enter(state, BreakerCause::ByHand, None);
        drop(backoff);
        event.trace();
    }

    /// Closes and clears the history.
    pub(super) fn start_over(&self) {
        let mut backoff = lock(&self.backoff);
        backoff.forget();
        let word = self.word();
        if word.state() == BreakerState::Closed {
            self.begin(word.next(BreakerState::Closed));
            return;
        }
        let event = self.enter(BreakerState::Closed, BreakerCause::ByHand, None);
        drop(backoff);
        event.trace();
    }

    /// Enters a state. The caller holds the lock.
    fn enter(&self, to: BreakerState, cause: BreakerCause, wait: Option<u64>) -> BreakerEvent {
        let before = self.word();
        self.begin(before.next(to));
        let event = BreakerEvent {
            name: self.name,
            from: before.state(),
            to,
            cause,
            open_for: wait.map(Duration::from_nanos),
        };
        if let Some(changes) = &self.changes {
            changes.count(event.from as usize, event.to as usize);
        }
        // Under the lock, so that subscribers see the changes in order. It
        // never blocks, and the absence of subscribers is not an error.
        if let Some(events) = self.events.get() {
            let _ = events.send(event);
        }
        event
    }

    /// Begins a period. The caller holds the lock.
    fn begin(&self, period: PackedState) {
        // Under the lock only tallies of the old period race with this. A
        // compare-and-swap before it is lost with that period; a later one
        // finds another period and gives up. A swap, not a store, so that
        // every thread sees each of them either before or after it.
        self.word.swap(period.0, Ordering::AcqRel);
    }

    pub(super) fn reconfigure(&self, config: BreakerConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut backoff = lock(&self.backoff);
        let window_changed = self.window.configure(&backoff.config, &config);
        self.live_config.set(&config);
        backoff.config = config;
        let counting = matches!(
            self.word().state(),
            BreakerState::Closed | BreakerState::ForcedClosed
        );
        if counting && window_changed {
            // The same state and consecutive failures, in an epoch of its own.
            self.word.fetch_add(NEXT_EPOCH, Ordering::AcqRel);
        }
        Ok(())
    }

    pub(super) fn new_receiver(&self) -> broadcast::Receiver<BreakerEvent> {
        let events = self
            .events
            .get_or_init(|| broadcast::Sender::new(EVENT_CAPACITY));
        events.subscribe()
    }
}
