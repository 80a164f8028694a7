//! The generic cell rate algorithm, on one number.
//!
//! A bucket is the time at which it will be full again (the *theoretical
//! arrival time* in the ATM Forum's traffic management specification, which
//! defines the algorithm). A call moves that time forward by the cost of a
//! call, and passes if the result is at most the capacity of a bucket ahead of
//! the present. So refilling is the passing of time, and a refusal writes
//! nothing.

use std::time::Duration;

use crate::model::policies::rate_limit::Rate;
use crate::model::status::refusal::Quota;
use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::Relaxed;

/// The capacity of a bucket and the cost of a call, in nanoseconds of refill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// The cost of one call; zero means no limit.
    pub(super) step: u64,
    /// The capacity of a full bucket.
    pub(super) capacity: u64,
}

/// What a call took from a bucket: enough to return it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    before: u64,
    pub(super) after: u64,
    /// The time until the call may start, in nanoseconds.
    pub(super) wait: u64,
}

impl Limit {
    /// Creates the limit of a rate; `None` means no limit.
    fn new(rate: Option<Rate>, burst: u32, cost: u32) -> Self {
        let interval = rate.map_or(0, |rate| rate.interval());
        Self {
            step: interval.saturating_mul(u64::from(cost)),
            capacity: interval.saturating_mul(u64::from(burst)),
        }
    }

    /// Takes a call from a bucket that is full at `full_at`, if the call can
    /// start within `longest`. The error is the wait that it would need.
    #[inline]
    pub(super) fn take(self, full_at: u64, now: u64, longest: u64) -> Result<Taken, u64> {
        let after = full_at.max(now).saturating_add(self.step);
        let wait = (after - now).saturating_sub(self.capacity);
        if wait > longest {
            return Err(wait);
        }
        Ok(Taken {
            before: full_at,
            after,
            wait,
        })
    }

    /// Converts the state of a bucket from another limit to this one. The
    /// number of calls taken is kept, up to the capacity. Turns promised to
    /// waiting calls are added to that.
    pub(super) fn rescale(self, full_at: u64, now: u64, from: Self) -> u64 {
        let taken = full_at.saturating_sub(now);
        let promised = taken.saturating_sub(from.capacity);
        let held = scale(taken - promised, from.step, self.step).min(self.capacity);
        now.saturating_add(held)
            .saturating_add(scale(promised, from.step, self.step))
    }

    /// The number of calls left, and the time until there is one more.
    fn left(self, full_at: u64, now: u64) -> (u64, u64) {
        let taken = full_at.saturating_sub(now);
        if taken == 0 || self.step == 0 {
            return (self.capacity.checked_div(self.step).unwrap_or(u64::MAX), 0);
        }
        match self.capacity.checked_sub(taken) {
            Some(free) => {
                let next = self.step - free % self.step;
                (free / self.step, next.min(taken))
            }
            None => (0, taken - self.capacity + self.step),
        }
    }
}

/// Converts `time` from calls that cost `from` to as many that cost `to`.
fn scale(time: u64, from: u64, to: u64) -> u64 {
    if from == 0 {
        return 0;
    }
    let scaled = u128::from(time) * u128::from(to) / u128::from(from);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// A limit that can change while calls read it.
#[derive(Debug)]
pub(super) struct LiveLimit {
    /// The time in which the rate refills one call.
    interval: AtomicU64,
    /// Burst and cost in one word: a burst is read with the cost that it was
    /// checked against. Any interval is valid with any such pair.
    shape: AtomicU64,
    /// Only for quotas, as is the window.
    count: AtomicU64,
    window: AtomicU64,
}

impl LiveLimit {
    pub(super) fn new(rate: Option<Rate>, burst: u32, cost: u32) -> Self {
        let live = Self {
            interval: AtomicU64::new(0),
            shape: AtomicU64::new(0),
            count: AtomicU64::new(0),
            window: AtomicU64::new(0),
        };
        live.set(rate, burst, cost);
        live
    }

    /// Changes the limit; `None` means no limit.
    pub(super) fn set(&self, rate: Option<Rate>, burst: u32, cost: u32) {
        let interval = rate.map_or(0, |rate| rate.interval());
        self.interval.store(interval, Relaxed);
        self.shape
            .store(u64::from(burst) << 32 | u64::from(cost), Relaxed);
        self.count
            .store(rate.map_or(0, |rate| u64::from(rate.count)), Relaxed);
        let window = rate.map_or(0, |rate| nanoseconds(rate.per));
        self.window.store(window, Relaxed);
    }

    #[inline]
    pub(super) fn get(&self) -> Limit {
        let interval = self.interval.load(Relaxed);
        let shape = self.shape.load(Relaxed);
        Limit {
            step: interval.saturating_mul(shape & 0xffff_ffff),
            capacity: interval.saturating_mul(shape >> 32),
        }
    }

    /// The quota of a bucket, as reported to callers.
    pub(super) fn quota(&self, full_at: u64, now: u64) -> Quota {
        let (remaining, reset) = self.get().left(full_at, now);
        Quota {
            limit: self.count.load(Relaxed),
            window: Duration::from_nanos(self.window.load(Relaxed)),
            remaining,
            reset: Duration::from_nanos(reset),
        }
    }
}

/// One bucket, alone on its cache line, since every call of a method writes it.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(super) struct Bucket {
    /// In nanoseconds. This number is the entire state, and does not order
    /// access to other memory.
    full_at: AtomicU64,
}

impl Bucket {
    #[inline]
    pub(super) fn take(&self, limit: Limit, now: u64, longest: u64) -> Result<Taken, u64> {
        let mut full_at = self.full_at.load(Relaxed);
        loop {
            let taken = limit.take(full_at, now, longest)?;
            match self
                .full_at
                .compare_exchange_weak(full_at, taken.after, Relaxed, Relaxed)
            {
                Ok(_) => return Ok(taken),
                Err(changed) => full_at = changed,
            }
        }
    }

    /// Returns a call to the bucket, unless later calls have taken from it:
    /// their turns were computed after this one, and two of them would start
    /// together.
    pub(super) fn give_back(&self, taken: Taken) -> bool {
        self.full_at
            .compare_exchange(taken.after, taken.before, Relaxed, Relaxed)
            .is_ok()
    }

    /// Changes the limit. A bucket and its limit can't change in one step, so
    /// the step that admits more calls goes first.
    pub(super) fn change(
        &self,
        now: u64,
        live: &LiveLimit,
        rate: Option<Rate>,
        burst: u32,
        cost: u32,
    ) {
        let from = live.get();
        let to = Limit::new(rate, burst, cost);
        if to.step < from.step {
            self.rescale(now, from, to);
            live.set(rate, burst, cost);
        } else {
            live.set(rate, burst, cost);
            self.rescale(now, from, to);
        }
    }

    fn rescale(&self, now: u64, from: Limit, to: Limit) {
        let mut full_at = self.full_at.load(Relaxed);
        while let Err(changed) = self.full_at.compare_exchange_weak(
            full_at,
            to.rescale(full_at, now, from),
            Relaxed,
            Relaxed,
        ) {
            full_at = changed;
        }
    }

    pub(super) fn full_at(&self) -> u64 {
        self.full_at.load(Relaxed)
    }
}

/// Returns a call to a plain bucket, which the caller has locked.
pub(super) fn give_back(full_at: &mut u64, taken: Taken) {
    if *full_at == taken.after {
        *full_at = taken.before;
    }
}

/// Converts a duration to nanoseconds, at most 584 years.
#[inline]
pub(super) fn nanoseconds(time: Duration) -> u64 {
    time.as_secs()
        .saturating_mul(1_000_000_000)
        .saturating_add(u64::from(time.subsec_nanos()))
}
