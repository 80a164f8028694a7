//! The least that each policy can be: a few atomics, one purpose, nothing to
//! set, watch or change. What stands above these figures is what the rest
//! costs.

use std::future::{Ready, ready};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::Case;
use crate::run::{Measured, Run, Ticks};

pub(crate) fn find(case: &str) -> Option<Case> {
    Some(match case {
        "clock" => clock,
        "call" => |run| run.futures(|| async || call(21).await == Ok(42)),
        "breaker-ok" => breaker_ok,
        "breaker-refuses" => breaker_refuses,
        "rate-ok" => rate_ok,
        "rate-refuses" => rate_refuses,
        "concurrency" => concurrency,
        "budget" => budget,
        "chain" => chain,
        _ => return None,
    })
}

/// One look at the clock, which policies before a call take and these don't.
fn clock(run: Run) -> Measured {
    run.calls(|| {
        let start = Instant::now();
        move || Instant::now() >= start
    })
}

fn call(n: i64) -> Ready<Result<i64, ()>> {
    ready(Ok(2 * n))
}

/// Open until a time, if that isn't zero; failures and calls in one word.
struct Breaker {
    start: Instant,
    open_until: AtomicU64,
    counts: AtomicU64,
}

impl Breaker {
    const FAILURE: u64 = 1 << 32;

    fn new() -> Self {
        Self {
            start: Instant::now(),
            open_until: AtomicU64::new(0),
            counts: AtomicU64::new(0),
        }
    }

    #[inline]
    fn admits(&self, now: Instant) -> bool {
        let open_until = self.open_until.load(Ordering::Acquire);
        open_until == 0 || nanoseconds(self.start, now) >= open_until
    }

    #[inline]
    fn record(&self, failed: bool, now: Instant) {
        let one = 1 + u64::from(failed) * Self::FAILURE;
        let counts = self.counts.fetch_add(one, Ordering::Relaxed) + one;
        let (failures, calls) = (counts >> 32, counts & (Self::FAILURE - 1));
        if failed && calls >= 20 && 2 * failures >= calls {
            let second = nanoseconds(self.start, now) + 1_000_000_000;
            self.open_until.store(second, Ordering::Release);
        }
    }
}

#[inline]
fn nanoseconds(start: Instant, now: Instant) -> u64 {
    now.saturating_duration_since(start).as_nanos() as u64
}

fn breaker_ok(run: Run) -> Measured {
    let breaker = &Breaker::new();
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || {
            let now = ticks.next();
            let admits = breaker.admits(now);
            if admits {
                breaker.record(false, now);
            }
            admits
        }
    })
}

fn breaker_refuses(run: Run) -> Measured {
    let breaker = &Breaker::new();
    breaker.open_until.store(u64::MAX, Ordering::Release);
    run.calls(|| {
        let mut ticks = Ticks::new();
        move || !breaker.admits(ticks.next())
    })
}

/// The generic cell rate algorithm on one word.
struct Rate {
    start: Instant,
    period: u64,
    tolerance: u64,
    due: AtomicU64,
}

impl Rate {
    fn new(period: Duration, burst: u64) -> Self {
        let period = period.as_nanos() as u64;
        Self {
            start: Instant::now(),
            period,
            tolerance: period * (burst - 1),
            due: AtomicU64::new(0),
        }
    }

    #[inline]
    fn admits(&self, now: Instant) -> bool {
        let now = nanoseconds(self.start, now);
        let mut due = self.due.load(Ordering::Relaxed);
        loop {
            if now + self.tolerance < due {
                return false;
            }
            let next = due.max(now) + self.period;
            match self
                .due
                .compare_exchange_weak(due, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return true,
                Err(seen) => due = seen,
            }
        }
    }
}

fn rate_ok(run: Run) -> Measured {
    let rate = &Rate::new(Duration::from_nanos(1), 1_000_000_000);
    run.calls(|| {
        let mut ticks = Ticks::every(Duration::from_nanos(1));
        move || rate.admits(ticks.next())
    })
}

fn rate_refuses(run: Run) -> Measured {
    let rate = &Rate::new(Duration::from_secs(86_400), 1);
    let mut ticks = Ticks::new();
    assert!(rate.admits(ticks.next()));
    run.calls(|| {
        let mut ticks = ticks;
        move || !rate.admits(ticks.next())
    })
}

struct Places {
    in_flight: AtomicU32,
    limit: u32,
}

struct Place<'a>(&'a Places);

impl Places {
    #[inline]
    fn take(&self) -> Option<Place<'_>> {
        let place = Place(self);
        let before = self.in_flight.fetch_add(1, Ordering::Acquire);
        (before < self.limit).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Release);
    }
}

fn concurrency(run: Run) -> Measured {
    let places = &Places {
        in_flight: AtomicU32::new(0),
        limit: 100,
    };
    run.calls(|| || places.take().is_some())
}

/// Tokens that never age.
#[derive(Default)]
struct Budget(AtomicU64);

impl Budget {
    const RETRY: u64 = 10;

    #[inline]
    fn earn(&self, tokens: u64) {
        self.0.fetch_add(tokens, Ordering::Relaxed);
    }

    fn spend(&self) -> bool {
        let spent = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| {
                tokens.checked_sub(Self::RETRY)
            });
        spent.is_ok()
    }
}

fn budget(run: Run) -> Measured {
    let budget = &Budget::default();
    run.calls(|| {
        || {
            budget.earn(Budget::RETRY);
            budget.spend()
        }
    })
}

/// All of them before one call: a look at the clock for the deadline, one for
/// the breaker and the rate, one for how it ended.
fn chain(run: Run) -> Measured {
    let breaker = &Breaker::new();
    let rate = &Rate::new(Duration::from_nanos(1), 1_000_000_000);
    let places = &Places {
        in_flight: AtomicU32::new(0),
        limit: 100,
    };
    let budget = &Budget::default();
    run.futures(|| {
        async || {
            let deadline = Instant::now() + Duration::from_secs(2);
            budget.earn(2);
            for _attempt in 0..3 {
                let now = Instant::now();
                if now >= deadline || !breaker.admits(now) || !rate.admits(now) {
                    return false;
                }
                let Some(_place) = places.take() else {
                    return false;
                };
                let outcome = call(21).await;
                breaker.record(outcome.is_err(), Instant::now());
                match outcome {
                    Ok(answer) => return answer == 42,
                    Err(()) if budget.spend() => {}
                    Err(()) => return false,
                }
            }
            false
        }
    })
}
