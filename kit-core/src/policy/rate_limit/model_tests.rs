//! The limiter, compared with simple models of its behaviour.

#![allow(clippy::unwrap_used, reason = "a failing test reports it")]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::policy::support::ManualClock;

/// A literal token bucket: it holds a level, and is refilled whenever it is
/// read.
#[derive(Clone, Debug)]
struct Bucket {
    interval: u128,
    burst: u128,
    cost: u128,
    /// In nanoseconds of refill; negative for turns promised to waiting calls.
    level: i128,
    filled_at: Instant,
}

impl Bucket {
    fn new(rate: Rate, burst: u32, cost: u32, now: Instant) -> Self {
        let interval = rate.per.as_nanos().div_ceil(u128::from(rate.count));
        Self {
            interval,
            burst: burst.into(),
            cost: cost.into(),
            level: (interval * u128::from(burst)) as i128,
            filled_at: now,
        }
    }

    fn capacity(&self) -> i128 {
        (self.interval * self.burst) as i128
    }

    fn fill(&mut self, now: Instant) {
        let filled = (now - self.filled_at).as_nanos() as i128;
        self.level = (self.level + filled).min(self.capacity());
        self.filled_at = now;
    }

    /// The wait of a call; an error if it is too long.
    fn take(&mut self, now: Instant, longest: Duration) -> Result<Duration, Duration> {
        self.fill(now);
        let step = (self.interval * self.cost) as i128;
        let wait = Duration::from_nanos((step - self.level).max(0) as u64);
        if wait > longest {
            return Err(wait);
        }
        self.level -= step;
        Ok(wait)
    }

    fn give_back(&mut self) {
        self.level += (self.interval * self.cost) as i128;
    }

    fn change(&mut self, rate: Rate, burst: u32, cost: u32, now: Instant) {
        self.fill(now);
        let missing = self.capacity() - self.level;
        let promised = (missing - self.capacity()).max(0);
        let from = (self.interval * self.cost) as i128;
        let next = Self::new(rate, burst, cost, now);
        let to = (next.interval * next.cost) as i128;
        let held = ((missing - promised) * to / from).min(next.capacity());
        let level = next.capacity() - held - promised * to / from;
        *self = Self { level, ..next };
    }
}

#[derive(Clone, Debug)]
enum Step {
    Call,
    /// Waits at most that long; `true` cancels the reservation at once.
    Reserve(Duration, bool),
    Advance(Duration),
    Change(Rate, u32, u32),
}

fn rate() -> impl Strategy<Value = Rate> {
    let per = prop_oneof![
        Just(Duration::from_millis(1)),
        Just(Duration::from_secs(1)),
        Just(Duration::from_secs(60)),
        Just(Duration::from_nanos(1_000_003)),
    ];
    (1_u32..200, per).prop_map(|(count, per)| Rate::new(count, per))
}

fn limit() -> impl Strategy<Value = (Rate, u32, u32)> {
    (rate(), 1_u32..20, 1_u32..4).prop_map(|(rate, burst, cost)| (rate, burst.max(cost), cost))
}

const DAY: Duration = Duration::from_secs(86_400);

/// A step, with an occasional jump of time. A limiter counts 292 years, so the
/// number of steps bounds the length of a jump.
fn step(jump: Duration) -> impl Strategy<Value = Step> {
    let time = prop_oneof![
        8 => (0_u64..50_000_000).prop_map(Duration::from_nanos),
        2 => (0_u64..120_000).prop_map(Duration::from_millis),
        1 => Just(jump),
    ];
    prop_oneof![
        12 => Just(Step::Call),
        6 => ((0_u64..3_000), any::<bool>())
            .prop_map(|(longest, cancel)| Step::Reserve(Duration::from_millis(longest), cancel)),
        8 => time.prop_map(Step::Advance),
        1 => limit().prop_map(|(rate, burst, cost)| Step::Change(rate, burst, cost)),
    ]
}

fn configured((rate, burst, cost): (Rate, u32, u32)) -> RateLimitConfig {
    RateLimitConfig::new(rate).burst(burst).cost(cost)
}

/// Runs the same steps on the limiter and the model, and compares them.
fn matches_a_bucket(first: (Rate, u32, u32), steps: Vec<Step>) -> Result<(), TestCaseError> {
    let clock = ManualClock::new();
    let limiter = RateLimiter::with_clock(configured(first), clock.clock());
    let mut model = Bucket::new(first.0, first.1, first.2, clock.now());
    for step in steps {
        let now = clock.now();
        match step {
            Step::Call => {
                let outcome = limiter.admit(now).map_err(|refusal| refusal.retry_after());
                let expected = model.take(now, Duration::ZERO);
                prop_assert_eq!(outcome, expected.map(drop).map_err(Some));
            }
            Step::Reserve(longest, cancel) => {
                let outcome = limiter.reserve(now, longest);
                let expected = model.take(now, longest).ok();
                prop_assert_eq!(outcome.as_ref().ok().map(Reservation::wait), expected);
                if expected.is_some() && cancel {
                    model.give_back();
                } else if let Ok(reservation) = outcome {
                    reservation.start();
                }
            }
            Step::Advance(time) => clock.advance(time),
            Step::Change(rate, burst, cost) => {
                prop_assert_eq!(limiter.configure(configured((rate, burst, cost))), Ok(()));
                model.change(rate, burst, cost, now);
            }
        }
    }
    Ok(())
}

/// Compares with a model for each key and one for the total.
fn matches_buckets(
    first: (Rate, u32, u32),
    total: Option<Rate>,
    steps: Vec<(u8, Step)>,
) -> Result<(), TestCaseError> {
    let keyed = |limit| configured(limit).key(RateLimitKey::Peer).max_keys(2_000);
    let total = total.filter(|rate| rate.count >= 4);
    let with_total = |config: RateLimitConfig| match total {
        Some(rate) => config.total(rate),
        None => config,
    };
    let clock = ManualClock::new();
    let limiter = RateLimiter::with_clock(with_total(keyed(first)), clock.clock());
    let mut limit = first;
    let mut models = HashMap::new();
    let mut model_of_total = total.map(|rate| Bucket::new(rate, rate.count, first.2, clock.now()));
    for (key, step) in steps {
        let now = clock.now();
        let model = models
            .entry(key)
            .or_insert_with(|| Bucket::new(limit.0, limit.1, limit.2, now));
        let mut take = |longest| {
            let mut each = model.clone();
            let wait = each.take(now, longest).ok()?;
            let all = match &mut model_of_total {
                Some(total) => total.take(now, longest).ok()?,
                None => Duration::ZERO,
            };
            *model = each;
            Some(wait.max(all))
        };
        match step {
            Step::Call => {
                let outcome = limiter.admit_key(&[key], now).is_ok();
                prop_assert_eq!(outcome, take(Duration::ZERO).is_some());
            }
            Step::Reserve(longest, cancel) => {
                let outcome = limiter.reserve_key(&[key], now, longest);
                let expected = take(longest);
                prop_assert_eq!(outcome.as_ref().ok().map(Reservation::wait), expected);
                if expected.is_some() && cancel {
                    model.give_back();
                    if let Some(total) = &mut model_of_total {
                        total.give_back();
                    }
                } else if let Ok(reservation) = outcome {
                    reservation.start();
                }
            }
            Step::Advance(time) => clock.advance(time),
            Step::Change(rate, burst, cost) => {
                limit = (rate, burst, cost);
                prop_assert_eq!(limiter.configure(with_total(keyed(limit))), Ok(()));
                for model in models.values_mut() {
                    model.change(rate, burst, cost, now);
                }
                if let (Some(model), Some(rate)) = (&mut model_of_total, total) {
                    model.change(rate, rate.count, cost, now);
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 64 × 400 steps.
    #[test]
    fn limiter_matches_a_bucket(
        first in limit(),
        steps in prop::collection::vec(step(400 * DAY), 400),
    ) {
        matches_a_bucket(first, steps)?;
    }

    /// 64 × 400 calls, some with a time that is earlier than others'.
    #[test]
    fn no_interval_has_more_calls_than_its_burst_and_its_rate(
        first in limit(),
        calls in prop::collection::vec((0_u64..100_000_000, 0_u64..20_000_000), 400),
    ) {
        let clock = ManualClock::new();
        let start = clock.now();
        let config = configured((first.0, first.1, 1));
        let limiter = RateLimiter::with_clock(config, clock.clock());
        let interval = first.0.per.as_nanos().div_ceil(u128::from(first.0.count));
        let mut passed = Vec::new();
        for (advance, late) in calls {
            clock.advance(Duration::from_nanos(advance));
            let now = clock.now().checked_sub(Duration::from_nanos(late)).unwrap_or(start);
            if limiter.admit(now).is_ok() {
                passed.push(now.saturating_duration_since(start).as_nanos());
            }
        }
        passed.sort_unstable();
        for (index, from) in passed.iter().enumerate() {
            for (count, until) in (1_u128..).zip(&passed[index..]) {
                prop_assert!(count <= u128::from(first.1) + (until - from).div_ceil(interval));
            }
        }
    }

    /// 64 × 400 steps of 40 keys, fewer than the limit of keys.
    #[test]
    fn each_key_matches_a_bucket_of_its_own(
        first in limit(),
        total in prop::option::of(rate()),
        steps in prop::collection::vec((0_u8..40, step(400 * DAY)), 400),
    ) {
        matches_buckets(first, total, steps)?;
    }

    /// 64 × 400 calls of 60 keys with room for 8: all are in one set, so which
    /// key is evicted is known.
    #[test]
    fn fullest_bucket_is_evicted(
        (rate, burst, _) in limit(),
        calls in prop::collection::vec((0_u8..60, 0_u64..5_000_000), 400),
    ) {
        let clock = ManualClock::new();
        let config = configured((rate, burst, 1)).key(RateLimitKey::Peer).max_keys(8);
        let limiter = RateLimiter::with_clock(config, clock.clock());
        let mut models: HashMap<u8, Bucket> = HashMap::new();
        for (key, advance) in calls {
            clock.advance(Duration::from_nanos(advance));
            let now = clock.now();
            for model in models.values_mut() {
                model.fill(now);
            }
            models.retain(|known, model| *known == key || model.level < model.capacity());
            let mut own = models
                .remove(&key)
                .unwrap_or_else(|| Bucket::new(rate, burst, 1, now));
            let passes = own.take(now, Duration::ZERO).is_ok();
            prop_assert_eq!(limiter.admit_key(&[key], now).is_ok(), passes);
            // Of two equally full buckets the limiter may evict either.
            if models.len() == 8 {
                let most = models.values().map(|model| model.level).max();
                let fullest: Vec<u8> = models
                    .iter()
                    .filter(|(_, model)| Some(model.level) == most)
                    .map(|(key, _)| *key)
                    .collect();
                let kept = |key: &u8| {
                    limiter.quota_of(&[*key], now).remaining < u64::from(burst)
                };
                let evicted: Vec<u8> = models.keys().copied().filter(|key| !kept(key)).collect();
                prop_assert!(evicted.iter().all(|key| fullest.contains(key)));
                for key in evicted {
                    models.remove(&key);
                }
            }
            models.insert(key, own);
            prop_assert!(limiter.keys(now) <= 8);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn limiter_matches_a_bucket_for_ten_thousand_steps(
        first in limit(),
        steps in prop::collection::vec(step(40 * DAY), 10_000),
    ) {
        matches_a_bucket(first, steps)?;
    }

    #[test]
    fn each_key_matches_a_bucket_for_ten_thousand_steps(
        first in limit(),
        total in prop::option::of(rate()),
        steps in prop::collection::vec((0_u8..40, step(40 * DAY)), 10_000),
    ) {
        matches_buckets(first, total, steps)?;
    }
}
