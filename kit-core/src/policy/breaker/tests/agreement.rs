//! Property tests: the core and a model take the same random steps, and agree
//! after each of them.

use proptest::prelude::*;

use super::model::{Call, Decision, Model, State, time_window};
use super::*;
use crate::policy::support::sync::atomic::Ordering;

#[derive(Clone, Debug)]
enum Step {
    Admit,
    /// Admits a call at a time read that long ago, as a delayed thread may.
    AdmitLate(Duration),
    /// Completes one of the calls in flight.
    Record(usize, OutcomeClass),
    /// Cancels one of the calls in flight.
    Cancel(usize),
    /// A whole call that takes no time.
    Call(OutcomeClass),
    Advance(Duration),
    /// Completes a call at a time read that long ago.
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
        18 => Just(Step::Admit),
        2 => (0u64..20_000).prop_map(|ago| Step::AdmitLate(millis(ago))),
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

/// The core and the model.
struct Pair<'a> {
    core: &'a Breaker,
    clock: ManualClock,
    start: Instant,
    model: Model,
    in_flight: Vec<(Permit<'a>, Call)>,
}

impl<'a> Pair<'a> {
    fn now(&self) -> Duration {
        self.clock.now() - self.start
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Admit => self.admit(Duration::ZERO),
            Step::AdmitLate(ago) => self.admit(ago),
            Step::Record(index, class) => self.record(index, class, Duration::ZERO),
            Step::RecordLate(index, class, ago) => {
                // A result that is a whole window late has a test of its own.
                let window = time_window(&self.model.config).unwrap_or(seconds(1));
                self.record(index, class, ago.min(window * 15 / 16));
            }
            Step::Cancel(index) => {
                if let Some((permit, call)) = self.take(index) {
                    drop(permit);
                    self.model.cancel(call);
                }
            }
            Step::Call(class) => {
                let before = self.in_flight.len();
                self.admit(Duration::ZERO);
                if self.in_flight.len() > before {
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

    fn admit(&mut self, ago: Duration) {
        let now = self.now().saturating_sub(ago);
        let expected = self.model.admit(now);
        let decision = match self.core.admit(self.start + now) {
            Ok(permit) => {
                let probe = permit.is_probe();
                let period = self.model.period;
                self.in_flight.push((permit, Call { period, start: now }));
                Decision::Admitted { probe }
            }
            Err(refusal) => Decision::Refused(refusal.reason(), refusal.retry_after()),
        };
        assert_eq!(decision, expected);
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
        let count = self.in_flight.len();
        (count > 0).then(|| self.in_flight.swap_remove(index % count))
    }

    fn agree(&self) {
        let now = self.now();
        let snapshot = self.core.snapshot(self.start + now);
        let (model, state) = (&self.model, self.model.state(now));
        assert_eq!(snapshot.state, state);
        let counts = (snapshot.calls, snapshot.failures, snapshot.slow);
        assert_eq!(counts, model.counts(now));
        let (mut run, mut probes) = (0, (0, 0));
        match model.state {
            State::Closed => run = model.run,
            State::HalfOpen {
                in_flight,
                succeeded,
            } => probes = (in_flight, succeeded),
            _ => {}
        }
        assert_eq!(snapshot.failures_in_a_row, run);
        let core = (snapshot.probes_under_way, snapshot.probes_succeeded);
        assert_eq!(core, probes);
        assert_eq!(snapshot.dropped_results, model.dropped);
        let refusals = snapshot.refusals;
        let refusals = (refusals.open, refusals.half_open, refusals.forced_open);
        assert_eq!(refusals, model.refusals);
    }
}

fn agree_at_each(config: BreakerConfig, steps: Vec<Step>) {
    let clock = ManualClock::new();
    let core = Breaker::with_clock(config, clock.clock());
    let mut pair = Pair {
        core: &core,
        start: clock.now(),
        clock,
        model: Model::new(config),
        in_flight: Vec::new(),
    };
    for step in steps {
        pair.step(step);
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
        agree_at_each(config, steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, ..ProptestConfig::default() })]

    /// Covers states that need many changes to reach.
    #[test]
    fn core_and_model_agree_for_ten_thousand_steps(
        config in configs(),
        steps in prop::collection::vec(steps(), 10_000),
    ) {
        agree_at_each(config, steps);
    }
}
