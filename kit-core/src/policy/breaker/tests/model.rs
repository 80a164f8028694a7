//! A plain breaker for one thread, written to be obvious.

use std::collections::VecDeque;

use super::*;
use crate::model::status::refusal::RefusalReason;

/// How many parts a window of time has.
const PARTS: u64 = 16;

/// A breaker that keeps every call it has seen.
pub(super) struct Model {
    pub(super) config: BreakerConfig,
    pub(super) state: State,
    /// Goes up with each change of state, and with each new window.
    pub(super) period: u64,
    pub(super) row: u32,
    /// Calls of this period: when they ended, and how.
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
    HalfOpen { under_way: u32, succeeded: u32 },
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

/// What the model remembers of a call that it let through.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub(super) period: u64,
    pub(super) start: Duration,
}

/// What the core is to do at a call.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Admitted { probe: bool },
    Refused(RefusalReason, Option<Duration>),
}

impl Model {
    pub(super) fn new(config: BreakerConfig) -> Self {
        Self {
            config,
            state: State::Closed,
            period: 0,
            row: 0,
            window: VecDeque::new(),
            openings: 0,
            closed_at: Duration::ZERO,
            open_for: Duration::ZERO,
            dropped: 0,
            refusals: (0, 0, 0),
        }
    }

    pub(super) fn admit(&mut self, now: Duration) -> Answer {
        if let State::Open { until } = self.state {
            if now < until {
                self.refusals.0 += 1;
                return Answer::Refused(RefusalReason::Open, Some(until - now));
            }
            self.enter(State::HalfOpen {
                under_way: 0,
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
                Answer::Refused(RefusalReason::ForcedOpen, None)
            }
            State::HalfOpen {
                under_way,
                succeeded,
            } => {
                if *under_way + *succeeded >= self.config.probes {
                    self.refusals.1 += 1;
                    return Answer::Refused(RefusalReason::HalfOpen, None);
                }
                *under_way += 1;
                Answer::Admitted { probe: true }
            }
            _ => Answer::Admitted { probe: false },
        }
    }

    pub(super) fn cancel(&mut self, call: Call) {
        if call.period == self.period
            && let State::HalfOpen { under_way, .. } = &mut self.state
        {
            *under_way -= 1;
        }
    }

    /// `draw` is the time that the core stays open, which is checked here
    /// against what it may be.
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
                    OutcomeClass::Success => self.row = 0,
                    OutcomeClass::Failure if self.config.failures.is_some() => {
                        self.row += 1;
                    }
                    _ => {}
                }
                if (failed || slow) && (self.row_opens(class) || self.window_opens(now)) {
                    if now.saturating_sub(self.closed_at) >= self.open_for {
                        self.openings = 0;
                    }
                    self.open(now, draw);
                }
            }
            State::HalfOpen { .. } if failed || slow => self.open(now, draw),
            State::HalfOpen {
                under_way,
                succeeded,
            } => {
                *under_way -= 1;
                *succeeded += 1;
                if *succeeded >= self.config.probes {
                    self.close(now);
                }
            }
            State::ForcedClosed => self.count(now, failed, slow),
            _ => {}
        }
    }

    fn row_opens(&self, class: OutcomeClass) -> bool {
        let limit = self.config.failures;
        class == OutcomeClass::Failure && limit.is_some_and(|limit| self.row >= limit)
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
        let ended = Completion { part, failed, slow };
        if let Some(size) = self.config.window_calls {
            self.window.push_back(ended);
            while self.window.len() > size as usize {
                self.window.pop_front();
            }
            return;
        }
        // Parts of time share a bucket with those a window before.
        let shares = |other: &Completion| other.part % PARTS == part % PARTS;
        self.window.retain(|e| !shares(e) || e.part == part);
        self.window.push_back(ended);
    }

    pub(super) fn counts(&self, now: Duration) -> (u64, u64, u64) {
        let part = self.part(now);
        let timed = self.config.window_calls.is_none();
        let live = || {
            let live = move |ended: &&Completion| !timed || ended.part + PARTS > part;
            self.window.iter().filter(live)
        };
        let count = |count: usize| count as u64;
        (
            count(live().count()),
            count(live().filter(|ended| ended.failed).count()),
            count(live().filter(|ended| ended.slow).count()),
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
        self.row = 0;
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
