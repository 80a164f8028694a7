//! A plain breaker, written to be obvious, and the same steps on both.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::policy::RefusalReason;
use crate::policy::sync::atomic::Ordering;

/// How many parts a window of time has.
const PARTS: u64 = 16;

/// A breaker for one thread that keeps every call it has seen.
struct Model {
    config: BreakerConfig,
    state: State,
    /// Goes up with each change of state, and with each new window.
    period: u64,
    row: u32,
    /// Calls of this period: when they ended, and how.
    window: VecDeque<Ended>,
    openings: u32,
    closed_at: Duration,
    open_for: Duration,
    dropped: u64,
    refusals: (u64, u64, u64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Closed,
    Open { until: Duration },
    HalfOpen { under_way: u32, succeeded: u32 },
    ForcedOpen,
    ForcedClosed,
    Disabled,
}

#[derive(Clone, Copy)]
struct Ended {
    part: u64,
    failed: bool,
    slow: bool,
}

/// What the model remembers of a call that it let through.
#[derive(Clone, Copy)]
struct Call {
    period: u64,
    start: Duration,
}

/// What the core is to do at a call.
#[derive(Debug, PartialEq)]
enum Answer {
    Admitted { probe: bool },
    Refused(RefusalReason, Option<Duration>),
}

impl Model {
    fn new(config: BreakerConfig) -> Self {
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

    fn admit(&mut self, now: Duration) -> Answer {
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
            && succeeded >= self.config.probes_needed()
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
                if *under_way + *succeeded >= self.config.probes_needed() {
                    self.refusals.1 += 1;
                    return Answer::Refused(RefusalReason::HalfOpen, None);
                }
                *under_way += 1;
                Answer::Admitted { probe: true }
            }
            _ => Answer::Admitted { probe: false },
        }
    }

    fn cancel(&mut self, call: Call) {
        if call.period == self.period
            && let State::HalfOpen { under_way, .. } = &mut self.state
        {
            *under_way -= 1;
        }
    }

    /// `draw` is the time that the core stays open, which is checked here
    /// against what it may be.
    fn record(&mut self, call: Call, class: OutcomeClass, now: Duration, draw: Option<Duration>) {
        if class == OutcomeClass::Ignored {
            return self.cancel(call);
        }
        if call.period != self.period {
            self.dropped += 1;
            return;
        }
        let failed = class != OutcomeClass::Success;
        let took = now.saturating_sub(call.start);
        let slow = self.config.slow_time().is_some_and(|slow| took >= slow);
        match &mut self.state {
            State::Closed => {
                self.count(now, failed, slow);
                match class {
                    OutcomeClass::Success => self.row = 0,
                    OutcomeClass::Failure if self.config.failures_limit().is_some() => {
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
                if *succeeded >= self.config.probes_needed() {
                    self.close(now);
                }
            }
            State::ForcedClosed => self.count(now, failed, slow),
            _ => {}
        }
    }

    fn row_opens(&self, class: OutcomeClass) -> bool {
        let limit = self.config.failures_limit();
        class == OutcomeClass::Failure && limit.is_some_and(|limit| self.row >= limit)
    }

    fn window_opens(&self, now: Duration) -> bool {
        let (calls, failures, slow) = self.counts(now);
        if calls < u64::from(self.config.min_calls_needed()) {
            return false;
        }
        let share = |count: u64| count as f64 / calls as f64;
        let failing = self.config.ratio_limit();
        let slow_opens = self.config.slow_time().is_some();
        failing.is_some_and(|ratio| share(failures) >= ratio)
            || (slow_opens && share(slow) >= self.config.slow_limit())
    }

    fn count(&mut self, now: Duration, failed: bool, slow: bool) {
        let watched = self.config.ratio_limit().is_some() || self.config.slow_time().is_some();
        if !watched {
            return;
        }
        let part = self.part(now);
        let ended = Ended { part, failed, slow };
        if let Some(size) = self.config.window_size() {
            self.window.push_back(ended);
            while self.window.len() > size as usize {
                self.window.pop_front();
            }
            return;
        }
        // Parts of time share a bucket with those a window before.
        let shares = |other: &Ended| other.part % PARTS == part % PARTS;
        self.window.retain(|e| !shares(e) || e.part == part);
        self.window.push_back(ended);
    }

    fn counts(&self, now: Duration) -> (u64, u64, u64) {
        let part = self.part(now);
        let timed = self.config.window_size().is_none();
        let live = || {
            let live = move |ended: &&Ended| !timed || ended.part + PARTS > part;
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
        let window = self.config.window_time().unwrap_or(seconds(1));
        (now.as_nanos() / window.as_nanos().div_ceil(u128::from(PARTS))) as u64
    }

    fn open(&mut self, now: Duration, draw: Option<Duration>) {
        let (first, longest) = (self.config.open_first(), self.config.open_longest());
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

    fn force(&mut self, state: State) {
        if self.state != state {
            self.enter(state);
        }
    }

    fn reset(&mut self) {
        self.openings = 0;
        self.open_for = Duration::ZERO;
        self.enter(State::Closed);
    }

    fn configure(&mut self, config: BreakerConfig) {
        let watched = |c: &BreakerConfig| c.ratio_limit().is_some() || c.slow_time().is_some();
        let window = |c: &BreakerConfig| watched(c).then(|| (c.window_time(), c.window_size()));
        let other = window(&self.config) != window(&config);
        self.config = config;
        if other && matches!(self.state, State::Closed | State::ForcedClosed) {
            self.period += 1;
            self.window.clear();
        }
    }

    fn state(&self, now: Duration) -> BreakerState {
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

#[derive(Clone, Debug)]
enum Step {
    Admit,
    /// Ends one of the calls under way.
    Record(usize, OutcomeClass),
    /// Gives one of them up.
    Cancel(usize),
    /// A whole call that takes no time.
    Call(OutcomeClass),
    Advance(Duration),
    /// Ends a call at a time read that long ago.
    RecordLate(usize, OutcomeClass, Duration),
    Configure(BreakerConfig),
    ForceOpen,
    ForceClosed,
    Disable,
    Reset,
}

fn configs() -> impl Strategy<Value = BreakerConfig> {
    let window = prop_oneof![
        3 => (1u64..20).prop_map(|time| (Some(seconds(time)), None)),
        2 => (1u32..30).prop_map(|calls| (None, Some(calls))),
    ];
    let slow = prop::option::of((100u64..2000).prop_map(millis));
    let ratio = prop_oneof![
        Just(None),
        (1u32..=10).prop_map(|r| Some(f64::from(r) / 10.0))
    ];
    let open = prop_oneof![
        (1u64..20).prop_map(|open| (seconds(open), seconds(open))),
        (1u64..5, 5u64..60).prop_map(|(first, last)| (seconds(first), seconds(last))),
    ];
    (window, slow, ratio, open, 1u32..8, 1u32..20, 1u32..4).prop_map(
        |((time, calls), slow, ratio, (first, last), failures, min_calls, probes)| {
            let mut config = match ratio {
                Some(ratio) => BreakerConfig::new().ratio(ratio),
                None => BreakerConfig::consecutive(failures),
            };
            if failures.is_multiple_of(2) {
                config = config.failures(failures);
            }
            if let Some(time) = time {
                config = config.window(time);
            }
            if let Some(calls) = calls {
                config = config.window_calls(calls);
            }
            if let Some(slow) = slow {
                config = config.slow(slow);
            }
            config
                .min_calls(min_calls)
                .open_range(first, last)
                .probes(probes)
        },
    )
}

fn classes() -> impl Strategy<Value = OutcomeClass> {
    prop_oneof![
        4 => Just(OutcomeClass::Success),
        5 => Just(OutcomeClass::Failure),
        1 => Just(OutcomeClass::Soft),
        1 => Just(OutcomeClass::Ignored),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => Just(Step::Admit),
        18 => (any::<usize>(), classes()).prop_map(|(index, class)| Step::Record(index, class)),
        4 => any::<usize>().prop_map(Step::Cancel),
        25 => classes().prop_map(Step::Call),
        10 => (0u64..1500).prop_map(|time| Step::Advance(millis(time))),
        5 => (1u64..15).prop_map(|time| Step::Advance(seconds(time))),
        1 => (60u64..100_000).prop_map(|time| Step::Advance(seconds(time))),
        3 => (any::<usize>(), classes(), 0u64..20_000)
            .prop_map(|(index, class, ago)| Step::RecordLate(index, class, millis(ago))),
        2 => configs().prop_map(Step::Configure),
        1 => Just(Step::ForceOpen),
        1 => Just(Step::ForceClosed),
        1 => Just(Step::Disable),
        4 => Just(Step::Reset),
    ]
}

/// Both, side by side.
struct Pair<'a> {
    core: &'a Breaker,
    clock: ManualClock,
    start: Instant,
    model: Model,
    under_way: Vec<(Permit<'a>, Call)>,
}

impl<'a> Pair<'a> {
    fn now(&self) -> Duration {
        self.clock.now() - self.start
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Admit => self.admit(),
            Step::Record(index, class) => self.record(index, class, Duration::ZERO),
            Step::RecordLate(index, class, ago) => {
                // What is as late as a window has a test of its own.
                let window = self.model.config.window_time().unwrap_or(seconds(1));
                self.record(index, class, ago.min(window * 15 / 16));
            }
            Step::Cancel(index) => {
                if let Some((permit, call)) = self.take(index) {
                    drop(permit);
                    self.model.cancel(call);
                }
            }
            Step::Call(class) => {
                let before = self.under_way.len();
                self.admit();
                if self.under_way.len() > before {
                    self.record(before, class, Duration::ZERO);
                }
            }
            Step::Advance(time) => self.clock.advance(time),
            Step::Configure(config) => {
                assert_eq!(self.core.configure(config), Ok(()));
                self.model.configure(config);
            }
            Step::ForceOpen => {
                self.core.force_open();
                self.model.force(State::ForcedOpen);
            }
            Step::ForceClosed => {
                self.core.force_closed();
                self.model.force(State::ForcedClosed);
            }
            Step::Disable => {
                self.core.disable();
                self.model.force(State::Disabled);
            }
            Step::Reset => {
                self.core.reset();
                self.model.reset();
            }
        }
        self.agree();
    }

    fn admit(&mut self) {
        let now = self.now();
        let expected = self.model.admit(now);
        let answer = match self.core.admit(self.start + now) {
            Ok(permit) => {
                let probe = permit.is_probe();
                let period = self.model.period;
                self.under_way.push((permit, Call { period, start: now }));
                Answer::Admitted { probe }
            }
            Err(refusal) => Answer::Refused(refusal.reason(), refusal.retry_after()),
        };
        assert_eq!(answer, expected);
    }

    fn record(&mut self, index: usize, class: OutcomeClass, ago: Duration) {
        let Some((permit, call)) = self.take(index) else {
            return;
        };
        let now = self.now().saturating_sub(ago);
        permit.record(class, self.start + now);
        let until = Duration::from_nanos(self.core.open_until.load(Ordering::Relaxed));
        self.model.record(call, class, now, until.checked_sub(now));
    }

    fn take(&mut self, index: usize) -> Option<(Permit<'a>, Call)> {
        let count = self.under_way.len();
        (count > 0).then(|| self.under_way.swap_remove(index % count))
    }

    fn agree(&self) {
        let now = self.now();
        let snapshot = self.core.snapshot(self.start + now);
        let (model, state) = (&self.model, self.model.state(now));
        assert_eq!(snapshot.state, state);
        let counts = (snapshot.calls, snapshot.failures, snapshot.slow);
        assert_eq!(counts, model.counts(now));
        let (mut row, mut probes) = (0, (0, 0));
        match model.state {
            State::Closed => row = model.row,
            State::HalfOpen {
                under_way,
                succeeded,
            } => probes = (under_way, succeeded),
            _ => {}
        }
        assert_eq!(snapshot.failures_in_a_row, row);
        let core = (snapshot.probes_under_way, snapshot.probes_succeeded);
        assert_eq!(core, probes);
        assert_eq!(snapshot.dropped_results, model.dropped);
        let refusals = snapshot.refusals;
        let refusals = (refusals.open, refusals.half_open, refusals.forced_open);
        assert_eq!(refusals, model.refusals);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// 128 cases of 200 to 400 steps: 25,600 steps or more.
    #[test]
    fn core_and_model_agree(
        config in configs(),
        steps in prop::collection::vec(steps(), 200..400),
    ) {
        let clock = ManualClock::new();
        let core = Breaker::with_clock(config, clock.clock());
        let mut pair = Pair {
            core: &core,
            start: clock.now(),
            clock,
            model: Model::new(config),
            under_way: Vec::new(),
        };
        for step in steps {
            pair.step(step);
        }
    }
}
