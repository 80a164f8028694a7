//! A simple single-threaded breaker, to compare with.

use std::collections::VecDeque;

use super::*;
use crate::model::status::refusal::RefusalReason;

/// The number of parts of a time window.
const PARTS: u64 = 16;

/// A breaker that keeps every call it has seen.
pub(super) struct Model {
    pub(super) config: BreakerConfig,
    pub(super) state: State,
    /// Incremented with each change of state, and with each new window.
    pub(super) period: u64,
    pub(super) run: u32,
    /// The completed calls of this period.
    window: VecDeque<Completion>,
    openings: u32,
    closed_at: Duration,
    open_for: Duration,
    pub(super) dropped: u64,
    pub(super) refusals: (u64, u64, u64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum State {
    Closed,
    Open { until: Duration },
    HalfOpen { in_flight: u32, succeeded: u32 },
    ForcedOpen,
    ForcedClosed,
    Disabled,
}

#[derive(Clone, Copy)]
struct Completion {
    part: u64,
    failed: bool,
    slow: bool,
}

/// What the model stores of a call that it admitted.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub(super) period: u64,
    pub(super) start: Duration,
}

/// The expected decision about a call.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    Admitted { probe: bool },
    Refused(RefusalReason, Option<Duration>),
}

impl Model {
    pub(super) fn new(config: BreakerConfig) -> Self {
        Self {
            config,
            state: State::Closed,
            period: 0,
            run: 0,
            window: VecDeque::new(),
            openings: 0,
            closed_at: Duration::ZERO,
            open_for: Duration::ZERO,
            dropped: 0,
            refusals: (0, 0, 0),
        }
    }

    pub(super) fn admit(&mut self, now: Duration) -> Decision {
        if let State::Open { until } = self.state {
            if now < until {
                self.refusals.0 += 1;
                return Decision::Refused(RefusalReason::Open, Some(until - now));
            }
            self.enter(State::HalfOpen {
                in_flight: 0,
                succeeded: 0,
            });
        }
        if let State::HalfOpen { succeeded, .. } = self.state
            && succeeded >= self.config.probes
        {
            self.close(now);
        }
        match &mut self.state {
            State::ForcedOpen => {
                self.refusals.2 += 1;
                Decision::Refused(RefusalReason::ForcedOpen, None)
            }
            State::HalfOpen {
                in_flight,
                succeeded,
            } => {
                if *in_flight + *succeeded >= self.config.probes {
                    self.refusals.1 += 1;
                    return Decision::Refused(RefusalReason::HalfOpen, None);
                }
                *in_flight += 1;
                Decision::Admitted { probe: true }
            }
            _ => Decision::Admitted { probe: false },
        }
    }

    pub(super) fn cancel(&mut self, call: Call) {
        if call.period == self.period
            && let State::HalfOpen { in_flight, .. } = &mut self.state
        {
            *in_flight -= 1;
        }
    }

    /// Records a call. `draw` is the open time of the core, which is checked
    /// against the allowed range.
    pub(super) fn record(
        &mut self,
        call: Call,
        class: OutcomeClass,
        now: Duration,
        draw: Option<Duration>,
    ) {
        if class == OutcomeClass::Ignored {
            return self.cancel(call);
        }
        if call.period != self.period {
            self.dropped += 1;
            return;
        }
        let failed = class != OutcomeClass::Success;
        let took = now.saturating_sub(call.start);
        let slow = self.config.slow.is_some_and(|slow| took >= slow);
        match &mut self.state {
            State::Closed => {
                self.count(now, failed, slow);
                match class {
                    OutcomeClass::Success => self.run = 0,
                    OutcomeClass::Failure if self.config.failures.is_some() => {
                        self.run += 1;
                    }
                    _ => {}
                }
                if (failed || slow) && (self.run_opens(class) || self.window_opens(now)) {
                    if now.saturating_sub(self.closed_at) >= self.open_for {
                        self.openings = 0;
                    }
                    self.open(now, draw);
                }
            }
            State::HalfOpen { .. } if failed || slow => self.open(now, draw),
            State::HalfOpen {
                in_flight,
                succeeded,
            } => {
                *in_flight -= 1;
                *succeeded += 1;
                if *succeeded >= self.config.probes {
                    self.close(now);
                }
            }
            State::ForcedClosed => self.count(now, failed, slow),
            _ => {}
        }
    }

    fn run_opens(&self, class: OutcomeClass) -> bool {
        let limit = self.config.failures;
        class == OutcomeClass::Failure && limit.is_some_and(|limit| self.run >= limit)
    }

    fn window_opens(&self, now: Duration) -> bool {
        let (calls, failures, slow) = self.counts(now);
        if calls < u64::from(self.config.effective_min_calls()) {
            return false;
        }
        let share = |count: u64| count as f64 / calls as f64;
        let failing = self.config.ratio;
        let slow_opens = self.config.slow.is_some();
        failing.is_some_and(|ratio| share(failures) >= ratio)
            || (slow_opens && share(slow) >= self.config.slow_ratio)
    }

    fn count(&mut self, now: Duration, failed: bool, slow: bool) {
        let watched = self.config.ratio.is_some() || self.config.slow.is_some();
        if !watched {
            return;
        }
        let part = self.part(now);
        let completion = Completion { part, failed, slow };
        if let Some(size) = self.config.window_calls {
            self.window.push_back(completion);
            while self.window.len() > size as usize {
                self.window.pop_front();
            }
            return;
        }
        // Parts of time share a bucket with those one window earlier.
        let shares = |other: &Completion| other.part % PARTS == part % PARTS;
        self.window.retain(|e| !shares(e) || e.part == part);
        self.window.push_back(completion);
    }

    pub(super) fn counts(&self, now: Duration) -> (u64, u64, u64) {
        let part = self.part(now);
        let timed = self.config.window_calls.is_none();
        let live = || {
            let live = move |call: &&Completion| !timed || call.part + PARTS > part;
            self.window.iter().filter(live)
        };
        let count = |count: usize| count as u64;
        (
            count(live().count()),
            count(live().filter(|call| call.failed).count()),
            count(live().filter(|call| call.slow).count()),
        )
    }

    fn part(&self, now: Duration) -> u64 {
        let window = time_window(&self.config).unwrap_or(seconds(1));
        (now.as_nanos() / window.as_nanos().div_ceil(u128::from(PARTS))) as u64
    }

    fn open(&mut self, now: Duration, draw: Option<Duration>) {
        let (first, longest) = (self.config.open_first, self.config.open_max);
        let doubled = first.saturating_mul(1u32.checked_shl(self.openings).unwrap_or(u32::MAX));
        let whole = doubled.min(longest);
        let least = match self.openings > 0 && first != longest {
            true => first.max(whole / 2),
            false => whole,
        };
        let wait = draw.expect("the core is open too");
        assert!(least <= wait && wait <= whole, "{wait:?} of {whole:?}");
        self.openings += 1;
        self.open_for = wait;
        self.enter(State::Open { until: now + wait });
    }

    fn close(&mut self, now: Duration) {
        self.closed_at = now;
        self.enter(State::Closed);
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.period += 1;
        self.run = 0;
        self.window.clear();
    }

    pub(super) fn force(&mut self, state: State) {
        if self.state != state {
            self.enter(state);
        }
    }

    pub(super) fn reset(&mut self) {
        self.openings = 0;
        self.open_for = Duration::ZERO;
        self.enter(State::Closed);
    }

    pub(super) fn configure(&mut self, config: BreakerConfig) {
        let watched = |c: &BreakerConfig| c.ratio.is_some() || c.slow.is_some();
        let window = |c: &BreakerConfig| watched(c).then(|| (time_window(c), c.window_calls));
        let other = window(&self.config) != window(&config);
        self.config = config;
        if other && matches!(self.state, State::Closed | State::ForcedClosed) {
            self.period += 1;
            self.window.clear();
        }
    }

    pub(super) fn state(&self, now: Duration) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { until } if now >= until => BreakerState::HalfOpen,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
            State::ForcedOpen => BreakerState::ForcedOpen,
            State::ForcedClosed => BreakerState::ForcedClosed,
            State::Disabled => BreakerState::Disabled,
        }
    }
}

/// The length of the time window, if that is the one in use.
pub(super) fn time_window(config: &BreakerConfig) -> Option<Duration> {
    config.window_calls.is_none().then_some(config.window)
}
