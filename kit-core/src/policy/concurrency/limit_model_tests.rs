//! Adaptive limits, compared with simple models: Netflix's three algorithms,
//! with the differences that their modules state.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{ConcurrencyLimiter, Permit};
use crate::model::code::Code;
use crate::model::policies::concurrency::{AdaptiveLimit, ConcurrencyConfig};

/// A completed call.
#[derive(Clone, Copy)]
struct Call {
    seconds: f64,
    in_flight: usize,
    lost: bool,
}

/// The state of each algorithm.
enum Memory {
    /// The long average, and its number of calls.
    Gradient2 {
        average: f64,
        calls: u32,
    },
    /// The shortest time, the calls since it was last reset, and the jitter of
    /// the next reset.
    Vegas {
        shortest: Option<f64>,
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
                    shortest: None,
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

    fn complete(&mut self, call: Call) {
        let limit = self.limit;
        let in_use = call.in_flight as f64 >= limit / 2.0;
        let next = match &mut self.memory {
            Memory::Gradient2 { average, calls } => gradient2(limit, call, in_use, average, calls),
            Memory::Vegas {
                shortest,
                calls,
                round,
            } => vegas(limit, call, in_use, shortest, calls, round),
            Memory::Aimd => aimd(limit, call, in_use),
        };
        self.limit = next.clamp(self.min, self.max);
    }
}

/// A fifth of the way to the target of the gradient: the long average times
/// 1.5, divided by the time of this call, between a half and one; and four
/// more calls, which queue. The average is of 600 calls. A lost call has the
/// target of a half.
fn gradient2(limit: f64, call: Call, in_use: bool, average: &mut f64, calls: &mut u32) -> f64 {
    let smoothed = |target: f64| limit * 0.8 + target * 0.2;
    if call.lost {
        return smoothed(limit / 2.0);
    }
    if *calls < 10 {
        // At first a plain mean.
        let before = f64::from(*calls);
        *calls += 1;
        *average = (*average * before + call.seconds) / f64::from(*calls);
    } else {
        let share = 2.0 / 601.0;
        *average = *average * (1.0 - share) + call.seconds * share;
    }
    let long = *average;
    // Much slower than now: the load that the average measured is over.
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

/// By the estimated number of waiting calls: up six steps for at most one
/// step, up one below alpha, down one above beta. A step is log10 of the limit,
/// alpha three and beta six of them. The shortest time is reset after 15 to 30
/// calls per unit of the limit.
fn vegas(
    limit: f64,
    call: Call,
    in_use: bool,
    shortest: &mut Option<f64>,
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
        *shortest = Some(call.seconds);
        return limit;
    }
    // A time of zero is not a measurement.
    let known = shortest.filter(|shortest| *shortest > 0.0);
    let best = known.map_or(call.seconds, |known| known.min(call.seconds));
    *shortest = Some(best);
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

/// Plus one for a call, minus a tenth for a lost one; a call of more than five
/// seconds is lost.
fn aimd(limit: f64, call: Call, in_use: bool) -> f64 {
    if call.lost || call.seconds > 5.0 {
        return (limit * 0.9).floor();
    }
    if in_use { limit + 1.0 } else { limit }
}

/// Draws a jitter from a half to one.
fn draw() -> f64 {
    0.5 + fastrand::f64() / 2.0
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// That many calls request a permit.
    Begin(usize),
    /// Some running calls complete: after that many nanoseconds, or now.
    End(usize, usize, Code, Option<u64>),
    GiveUp(usize),
    /// The clock advances, or goes back.
    Advance(i64),
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
    // From a microsecond to some seconds, and zero.
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
        10 => (-1_000_000_i64..10_000_000).prop_map(Step::Advance),
        1 => (-100_000_000_000_i64..1_000_000_000_000_000).prop_map(Step::Advance),
        2 => (algorithm, bounds)
            .prop_map(|(algorithm, (min, more))| Step::Adapt(algorithm, min, min + more)),
        1 => (1_u32..30).prop_map(Step::Fix),
    ]
}

/// A limiter and its model.
struct Both<'a> {
    limiter: &'a ConcurrencyLimiter,
    start: Instant,
    /// In nanoseconds since the start.
    now: u64,
    /// The running calls, and their start times under an adaptive limit.
    running: Vec<(Permit<'a>, Option<u64>)>,
    /// `Err` for a fixed limit.
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
        let in_flight = self.running.len();
        if in_flight == 0 {
            return Ok(());
        }
        let (permit, started) = self.running.remove(which % in_flight);
        let end = match (took, started) {
            (Some(took), Some(started)) => started.saturating_add(took),
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
        if let (Ok(model), Some(started)) = (&mut self.model, started) {
            // If the clock went back, the call took no time.
            let took = Duration::from_nanos(end.saturating_sub(started));
            model.complete(Call {
                seconds: took.as_secs_f64(),
                in_flight,
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
            Step::Advance(time) => self.now = self.now.saturating_add_signed(time),
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

/// Runs the same steps on the limiter and the model, and compares them.
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
    fn adaptive_limits_match_their_models(
        steps in prop::collection::vec(step(), 400),
    ) {
        agree_at_each(steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn adaptive_limits_match_their_models_for_ten_thousand_steps(
        steps in prop::collection::vec(step(), 10_000),
    ) {
        agree_at_each(steps)?;
    }
}
