//! The behaviour of the breaker.

mod agreement;
mod around_a_call;
mod events;
mod model;
mod others;
mod states;
mod windows;

use std::time::{Duration, Instant};

use super::{Breaker, BreakerState, Permit};
use crate::model::policies::OutcomeClass;
use crate::model::policies::breaker::BreakerConfig;
use crate::model::status::refusal::Refusal;
use crate::policy::support::ManualClock;

/// A breaker with a manual clock.
struct Bench {
    breaker: Breaker,
    clock: ManualClock,
}

impl Bench {
    fn new(config: BreakerConfig) -> Self {
        let clock = ManualClock::new();
        Self {
            breaker: Breaker::with_clock(config, clock.clock()),
            clock,
        }
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    fn state(&self) -> BreakerState {
        self.breaker.state(self.now())
    }

    fn admit(&self) -> Result<Permit<'_>, Refusal> {
        self.breaker.admit(self.now())
    }

    /// The permit of a call that is admitted.
    fn permit(&self) -> Permit<'_> {
        self.admit().expect("the call is admitted")
    }

    /// The refusal of a call.
    fn refusal(&self) -> Refusal {
        self.admit().expect_err("the call is refused")
    }

    /// Runs `count` calls, one after another, that complete with `class`.
    fn calls(&self, count: u32, class: OutcomeClass) {
        for _ in 0..count {
            self.permit().record(class, self.now());
        }
    }

    /// Runs one call that takes that long.
    fn call_of(&self, time: Duration, class: OutcomeClass) {
        let permit = self.permit();
        self.wait(time);
        permit.record(class, self.now());
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
