//! Adaptive limits against plain models: Netflix's three algorithms, with what
//! their modules say is different here.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{ConcurrencyLimiter, Permit};
use crate::model::code::Code;
use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};

/// A call that has ended.
#[derive(Clone, Copy)]
struct Call {
    seconds: f64,
    inside: usize,
    lost: bool,
}

/// What each algorithm remembers.
enum Memory {
    /// The long average, and how many calls it is of.
    Gradient2 {
        average: f64,
        calls: u32,
    },
    /// The quickest call, the calls since it was first asked for, and after
    /// how many it is asked for anew.
    Vegas {
        quickest: Option<f64>,
        calls: f64,
        round: f64,
    },
    Aimd,
}

struct Model {
    algorithm: AdaptiveLimit,
    memory: Memory,
    limit: f64,
    min: f64,
    max: f64,
}

impl Model {
    fn new(algorithm: AdaptiveLimit, min: u32, max: u32) -> Self {
        let (min, max) = (f64::from(min), f64::from(max));
        Self {
            algorithm,
            memory: match algorithm {
                AdaptiveLimit::Gradient => Memory::Gradient2 {
                    average: 0.0,
                    calls: 0,
                },
                AdaptiveLimit::Vegas => Memory::Vegas {
                    quickest: None,
                    calls: 0.0,
                    round: draw(),
                },
                AdaptiveLimit::Aimd => Memory::Aimd,
            },
            limit: 20_f64.clamp(min, max),
            min,
            max,
        }
    }

    fn bound(&mut self, min: u32, max: u32) {
        (self.min, self.max) = (f64::from(min), f64::from(max));
        self.limit = self.limit.clamp(self.min, self.max);
    }

    fn ended(&mut self, call: Call) {
        let limit = self.limit;
        let in_use = call.inside as f64 >= limit / 2.0;
        let next = match &mut self.memory {
            Memory::Gradient2 { average, calls } => gradient2(limit, call, in_use, average, calls),
            Memory::Vegas {
                quickest,
                calls,
                round,
            } => vegas(limit, call, in_use, quickest, calls, round),
            Memory::Aimd => aimd(limit, call, in_use),
        };
        self.limit = next.clamp(self.min, self.max);
    }
}

/// A fifth of the way to what the gradient says: the long average, half as much
/// again, over the time of this call, between a half and one; and four places
/// to queue. The average is of 600 calls. A lost call says a half.
fn gradient2(limit: f64, call: Call, in_use: bool, average: &mut f64, calls: &mut u32) -> f64 {
    let smoothed = |aim: f64| limit * 0.8 + aim * 0.2;
    if call.lost {
        return smoothed(limit / 2.0);
    }
    if *calls < 10 {
        // A plain mean at first.
        let before = f64::from(*calls);
        *calls += 1;
        *average = (*average * before + call.seconds) / f64::from(*calls);
    } else {
        let share = 2.0 / 601.0;
        *average = *average * (1.0 - share) + call.seconds * share;
    }
    let long = *average;
    // Much slower than now: what the average is of is over.
    if long / 2.0 > call.seconds {
        *average *= 0.95;
    }
    if !in_use {
        return limit;
    }
    let mut gradient = 1.0;
    if call.seconds > 0.0 {
        gradient = (1.5 * long / call.seconds).clamp(0.5, 1.0);
    }
    smoothed(limit * gradient + 4.0)
}

/// By how many of the limit wait: six steps up while there is hardly one, one
/// up below alpha, one down above beta. A step is log10 of the limit, alpha
/// three and beta six of them. The quickest call is forgotten after 15 to 30
/// rounds of the limit.
fn vegas(
    limit: f64,
    call: Call,
    in_use: bool,
    quickest: &mut Option<f64>,
    calls: &mut f64,
    round: &mut f64,
) -> f64 {
    let step = limit.log10().max(1.0);
    let (alpha, beta) = (3.0 * step, 6.0 * step);
    if call.lost {
        return limit - step;
    }
    *calls += 1.0;
    if *calls >= 30.0 * limit * *round {
        (*calls, *round) = (0.0, draw());
        *quickest = Some(call.seconds);
        return limit;
    }
    // No time at all is no measurement.
    let known = quickest.filter(|quickest| *quickest > 0.0);
    let best = known.map_or(call.seconds, |known| known.min(call.seconds));
    *quickest = Some(best);
    if !in_use {
        return limit;
    }
    let mut waiting = 0.0;
    if call.seconds > 0.0 {
        waiting = (limit * (1.0 - best / call.seconds)).ceil();
    }
    match waiting {
        few if few <= step => limit + beta,
        some if some < alpha => limit + step,
        many if many > beta => limit - step,
        _ => limit,
    }
}

/// One more for a call, a tenth less for a lost one; whatever took more than
/// five seconds is lost.
fn aimd(limit: f64, call: Call, in_use: bool) -> f64 {
    if call.lost || call.seconds > 5.0 {
        return (limit * 0.9).floor();
    }
    if in_use { limit + 1.0 } else { limit }
}

/// From a half to one.
fn draw() -> f64 {
    0.5 + fastrand::f64() / 2.0
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many calls ask for a place.
    Begin(usize),
    /// Some of those that run end so: after that many nanoseconds, or now.
    End(usize, usize, Code, Option<u64>),
    GiveUp(usize),
    /// The clock goes on, or back.
    Pass(i64),
    Adapt(AdaptiveLimit, u32, u32),
    Fix(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let code = prop_oneof![
        60 => Just(Code::Ok),
        4 => Just(Code::NotFound),
        3 => Just(Code::Unavailable),
        2 => Just(Code::DeadlineExceeded),
        2 => Just(Code::ResourceExhausted),
        2 => Just(Code::Internal),
        1 => Just(Code::Cancelled),
    ];
    // From a microsecond to some seconds, and none at all.
    let took = prop_oneof![
        10 => (10_f64..20.0).prop_map(|power| power.exp2() as u64),
        10 => 8_000_000_u64..12_000_000,
        4 => (10_f64..34.0).prop_map(|power| power.exp2() as u64),
        1 => Just(0),
    ];
    let took = prop::option::weighted(0.95, took);
    let algorithm = prop::sample::select(vec![
        AdaptiveLimit::Gradient,
        AdaptiveLimit::Vegas,
        AdaptiveLimit::Aimd,
    ]);
    let bounds = (1_u32..12, prop_oneof![4 => 0_u32..60, 1 => 0_u32..1000]);
    prop_oneof![
        60 => (1_usize..40).prop_map(Step::Begin),
        120 => (any::<usize>(), 1_usize..6, code, took)
            .prop_map(|(which, count, code, took)| Step::End(which, count, code, took)),
        10 => any::<usize>().prop_map(Step::GiveUp),
        10 => (-1_000_000_i64..10_000_000).prop_map(Step::Pass),
        1 => (-100_000_000_000_i64..1_000_000_000_000_000).prop_map(Step::Pass),
        2 => (algorithm, bounds)
            .prop_map(|(algorithm, (min, more))| Step::Adapt(algorithm, min, min + more)),
        1 => (1_u32..30).prop_map(Step::Fix),
    ]
}

/// A limiter and its model that take the same steps.
struct Both<'a> {
    limiter: &'a ConcurrencyLimiter,
    start: Instant,
    /// In nanoseconds since the start.
    now: u64,
    /// Those that run, and when they began under an adaptive limit.
    running: Vec<(Permit<'a>, Option<u64>)>,
    /// `Err` is a fixed limit.
    model: Result<Model, u32>,
}

impl Both<'_> {
    fn limit(&self) -> u32 {
        match &self.model {
            Ok(model) => model.limit.floor() as u32,
            Err(fixed) => *fixed,
        }
    }

    fn at(&self, now: u64) -> Instant {
        self.start + Duration::from_nanos(now)
    }

    fn begin(&mut self) -> Result<(), TestCaseError> {
        let has_room = self.running.len() < self.limit() as usize;
        let admitted = self.limiter.admit(self.at(self.now));
        prop_assert_eq!(admitted.is_ok(), has_room);
        if let Ok(permit) = admitted {
            self.running
                .push((permit, self.model.is_ok().then_some(self.now)));
        }
        Ok(())
    }

    fn end(
        &mut self,
        which: usize,
        code: Code,
        took: Option<u64>,
        seed: u64,
    ) -> Result<(), TestCaseError> {
        let inside = self.running.len();
        if inside == 0 {
            return Ok(());
        }
        let (permit, began) = self.running.remove(which % inside);
        let end = match (took, began) {
            (Some(took), Some(began)) => began.saturating_add(took),
            _ => self.now,
        };
        fastrand::seed(seed);
        permit.record(code, self.at(end));
        fastrand::seed(seed);
        let lost = match code {
            Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted => true,
            Code::Internal | Code::Cancelled => return self.agree(),
            _ => false,
        };
        if let (Ok(model), Some(began)) = (&mut self.model, began) {
            // Where the clock went back it took no time.
            let took = Duration::from_nanos(end.saturating_sub(began));
            model.ended(Call {
                seconds: took.as_secs_f64(),
                inside,
                lost,
            });
        }
        self.agree()
    }

    fn adapt(&mut self, algorithm: AdaptiveLimit, min: u32, max: u32) {
        match &mut self.model {
            Ok(model) if model.algorithm == algorithm => model.bound(min, max),
            model => *model = Ok(Model::new(algorithm, min, max)),
        }
    }

    fn agree(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.limiter.limit(), self.limit());
        prop_assert_eq!(self.limiter.in_flight() as usize, self.running.len());
        Ok(())
    }

    fn take(&mut self, number: u64, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Begin(count) => {
                for _ in 0..count {
                    self.begin()?;
                }
            }
            Step::End(which, count, code, took) => {
                for call in 0..count {
                    self.end(which, code, took, number << 8 | call as u64)?;
                }
            }
            Step::GiveUp(which) => {
                if !self.running.is_empty() {
                    drop(self.running.remove(which % self.running.len()));
                }
            }
            Step::Pass(time) => self.now = self.now.saturating_add_signed(time),
            Step::Adapt(algorithm, min, max) => {
                let config = ConcurrencyConfig::adaptive().algorithm(algorithm);
                fastrand::seed(number);
                let configured = self.limiter.configure(config.min(min).max(max));
                prop_assert_eq!(configured, Ok(()));
                fastrand::seed(number);
                self.adapt(algorithm, min, max);
            }
            Step::Fix(limit) => {
                let configured = self.limiter.configure(ConcurrencyConfig::new(limit));
                prop_assert_eq!(configured, Ok(()));
                self.model = Err(limit);
            }
        }
        self.agree()
    }
}

/// The limiter and the model say the same after every step.
fn agree_at_each(steps: Vec<Step>) -> Result<(), TestCaseError> {
    fastrand::seed(0);
    let config = ConcurrencyConfig::adaptive();
    let limiter = ConcurrencyLimiter::new(config);
    let mut both = Both {
        limiter: &limiter,
        start: Instant::now(),
        now: 1_000_000_000_000,
        running: Vec::new(),
        model: Ok(Model::new(AdaptiveLimit::Gradient, 4, 200)),
    };
    for (number, step) in steps.into_iter().enumerate() {
        both.take(number as u64, step)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 64 × 400 steps.
    #[test]
    fn adaptive_limits_are_what_their_models_say(
        steps in prop::collection::vec(step(), 400),
    ) {
        agree_at_each(steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn adaptive_limits_are_what_their_models_say_for_ten_thousand_steps(
        steps in prop::collection::vec(step(), 10_000),
    ) {
        agree_at_each(steps)?;
    }
}
