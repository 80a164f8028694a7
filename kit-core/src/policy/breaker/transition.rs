//! The changes of state: rare, one at a time, under the lock.
//!
//! Whoever wants one names the period that it is to end. Two callers that
//! both saw it end wait for each other here, and the second finds it over.

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
    /// Opens, for longer than before where it has not been well since.
    #[cold]
    pub(super) fn open(&self, period: PackedState, cause: BreakerCause, now: u64) {
        let mut turn = lock(&self.turn);
        if !self.word().same_period(period) {
            return;
        }
        let wait = match period.state() {
            BreakerState::HalfOpen => turn.open_again(),
            _ => turn.open_from_closed(now),
        };
        self.open_until
            .store(now.saturating_add(wait), Ordering::Relaxed);
        let event = self.enter(BreakerState::Open, cause, Some(wait));
        drop(turn);
        event.trace();
    }

    /// Lets probes through, as the time is over.
    #[cold]
    pub(super) fn half_open(&self, period: PackedState) {
        let turn = lock(&self.turn);
        if !self.word().same_period(period) {
            return;
        }
        let event = self.enter(BreakerState::HalfOpen, BreakerCause::OpenTimeOver, None);
        drop(turn);
        event.trace();
    }

    /// Closes, as the probes have succeeded. The next epoch's window is empty.
    #[cold]
    pub(super) fn close(&self, period: PackedState, now: u64) {
        let mut turn = lock(&self.turn);
        if !self.word().same_period(period) {
            return;
        }
        turn.close(now);
        let event = self.enter(BreakerState::Closed, BreakerCause::ProbesSucceeded, None);
        drop(turn);
        event.trace();
    }

    /// Goes to a state because somebody said so.
    pub(super) fn force(&self, state: BreakerState) {
        let turn = lock(&self.turn);
        if self.word().state() == state {
            return;
        }
        let event = self.enter(state, BreakerCause::ByHand, None);
        drop(turn);
        event.trace();
    }

    /// Closes, with nothing known of what was before.
    pub(super) fn start_over(&self) {
        let mut turn = lock(&self.turn);
        turn.forget();
        let word = self.word();
        if word.state() == BreakerState::Closed {
            self.begin(word.next(BreakerState::Closed));
            return;
        }
        let event = self.enter(BreakerState::Closed, BreakerCause::ByHand, None);
        drop(turn);
        event.trace();
    }

    /// Begins a state; the lock is held.
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
        // Under the lock, so that subscribers see changes in their order. It
        // never waits, and that nobody listens is no error.
        if let Some(events) = self.events.get() {
            let _ = events.send(event);
        }
        event
    }

    /// Begins a period; the lock is held.
    fn begin(&self, period: PackedState) {
        // Under the lock only tallies of the old period race with this. A
        // compare-and-swap that comes first is lost with that period; one that
        // comes later finds another period and gives up. A swap and no store,
        // so that each has its place before or after it in every reader's eyes.
        self.word.swap(period.0, Ordering::AcqRel);
    }

    pub(super) fn reconfigure(&self, config: BreakerConfig) -> Result<(), InvalidPolicy> {
        config.check()?;
        let mut turn = lock(&self.turn);
        let other_window = self.window.configure(&turn.config, &config);
        self.live_config.set(&config);
        turn.config = config;
        let counting = matches!(
            self.word().state(),
            BreakerState::Closed | BreakerState::ForcedClosed
        );
        if counting && other_window {
            // The same state and row of failures, in an epoch of its own.
            self.word.fetch_add(NEXT_EPOCH, Ordering::AcqRel);
        }
        Ok(())
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<BreakerEvent> {
        let events = self
            .events
            .get_or_init(|| broadcast::Sender::new(EVENT_CAPACITY));
        events.subscribe()
    }
}
