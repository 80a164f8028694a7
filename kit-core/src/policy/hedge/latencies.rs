//! Recent latencies: a histogram over a sliding window.
//!
//! Ten slices of three seconds each count calls in buckets that are an eighth
//! of an octave wide, from a millisecond (the shortest delay) to a minute and
//! more. So a percentile is exact to 12.5 %, and always rounded up: a second
//! attempt that is sent too late costs nothing.
//!
//! Counting is one addition. A *lap* is three seconds, the time of one slice.
//! In each lap the first caller, decided by one compare-and-swap, sums up the
//! window, stores the percentile for all callers, and clears the oldest slice
//! for the next lap. So the
//! window is the last 24 to 27 seconds, and a thread that counts while a lap
//! begins counts in one slice or the other, neither of which is being cleared.

use std::time::Duration;

use crate::policy::support::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The numbers of slices and buckets; loom needs few of either.
#[cfg(not(kit_loom))]
const SLICES: usize = 10;
#[cfg(kit_loom)]
const SLICES: usize = 3;
#[cfg(not(kit_loom))]
const BUCKETS: usize = 1 + STEPS * 16;
#[cfg(kit_loom)]
const BUCKETS: usize = 2;

/// The number of buckets in an octave.
const STEPS: usize = 1 << STEP_BITS;
const STEP_BITS: u32 = 3;

/// The first octave ends where its latencies need this many bits: it starts at
/// 2²⁰ ns, just over a millisecond.
const FIRST_BITS: u32 = 20;

/// How long a percentile is valid, in nanoseconds.
const REFRESH: u64 = 3_000_000_000;

/// The minimum number of calls in the window for a percentile.
const CALLS_MIN: u64 = 10;

/// The value of `percentile` while there is none.
const NONE: u64 = u64::MAX;

/// A histogram of recent latencies; see the [module](self).
pub(super) struct Latencies {
    slices: [[AtomicU32; BUCKETS]; SLICES],
    /// The number of the current lap of [`REFRESH`] since the policy was
    /// created; the slice follows from it.
    lap: AtomicU64,
    /// The percentile in nanoseconds, or [`NONE`].
    percentile: AtomicU64,
}

impl Latencies {
    pub(super) fn new() -> Self {
        Self {
            slices: std::array::from_fn(|_| std::array::from_fn(|_| AtomicU32::new(0))),
            lap: AtomicU64::new(0),
            percentile: AtomicU64::new(NONE),
        }
    }

    /// Counts a call and its latency.
    #[inline]
    pub(super) fn record(&self, took: Duration) {
        let slice = self.lap.load(Ordering::Relaxed) as usize % SLICES;
        self.slices[slice][bucket(took)].fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the latency that `share` of the calls did not exceed, as of the
    /// last refresh; `None` if there were too few calls.
    #[inline]
    pub(super) fn percentile(&self, share: f64, now: u64) -> Option<Duration> {
        let lap = now / REFRESH;
        let seen = self.lap.load(Ordering::Acquire);
        if lap > seen {
            self.refresh(share, seen, lap);
        }
        match self.percentile.load(Ordering::Relaxed) {
            NONE => None,
            nanoseconds => Some(Duration::from_nanos(nanoseconds)),
        }
    }

    #[cold]
    fn refresh(&self, share: f64, seen: u64, lap: u64) {
        let won = self
            .lap
            .compare_exchange(seen, lap, Ordering::AcqRel, Ordering::Relaxed);
        // The other thread of this race refreshes the percentile.
        if won.is_err() {
            return;
        }
        // The slice of this lap was cleared one lap ago, before any call could
        // count in it. This clears the slice of the next lap, and those of
        // laps without calls.
        let first = (seen + 2).max((lap + 2).saturating_sub(SLICES as u64));
        for cleared in first..=lap + 1 {
            for count in &self.slices[cleared as usize % SLICES] {
                count.store(0, Ordering::Relaxed);
            }
        }
        self.percentile.store(self.read(share), Ordering::Relaxed);
    }

    fn read(&self, share: f64) -> u64 {
        let mut sums = [0_u64; BUCKETS];
        for slice in &self.slices {
            for (sum, count) in sums.iter_mut().zip(slice) {
                *sum += u64::from(count.load(Ordering::Relaxed));
            }
        }
        let total: u64 = sums.iter().sum();
        if total < CALLS_MIN {
            return NONE;
        }
        // Rounded down slightly, so that 0.95 of 100 is 95 and not 96.
        let within = (total as f64 * share - 1e-6).ceil() as u64;
        let mut counted = 0;
        let at = sums.iter().position(|sum| {
            counted += sum;
            counted >= within
        });
        at.map_or(NONE, upper_end)
    }

    /// The number of calls in the window.
    #[cfg(all(test, kit_loom))]
    fn calls(&self) -> u32 {
        let counts = self.slices.iter().flatten();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

/// The bucket of a latency.
#[inline]
fn bucket(took: Duration) -> usize {
    let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    let Some(bits) = nanoseconds
        .checked_ilog2()
        .filter(|bits| *bits >= FIRST_BITS)
    else {
        return 0;
    };
    let octave = (bits - FIRST_BITS) as usize;
    let step = (nanoseconds >> (bits - STEP_BITS)) as usize % STEPS;
    (1 + octave * STEPS + step).min(BUCKETS - 1)
}

/// The upper bound of the latencies in a bucket, except in the last.
fn upper_end(bucket: usize) -> u64 {
    let Some(above) = bucket.checked_sub(1) else {
        return 1 << FIRST_BITS;
    };
    let (octave, step) = (above / STEPS, above % STEPS);
    ((STEPS + step + 1) as u64) << (octave as u32 + FIRST_BITS - STEP_BITS)
}

#[cfg(all(test, kit_loom))]
mod loom_tests {
    use loom::sync::Arc;
    use loom::thread;

    use super::*;

    #[test]
    fn loom_hedge_no_call_is_lost_when_a_lap_begins() {
        use std::sync::atomic::AtomicUsize as Plain;

        let executions = std::sync::Arc::new(Plain::new(0));
        let counter = std::sync::Arc::clone(&executions);
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(2);
        builder.check(move || {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let latencies = Arc::new(Latencies::new());
            for _ in 0..CALLS_MIN {
                latencies.record(Duration::ZERO);
            }
            let other = Arc::clone(&latencies);
            let thread = thread::spawn(move || {
                other.record(Duration::ZERO);
                other.percentile(0.5, REFRESH)
            });
            latencies.record(Duration::ZERO);
            latencies.percentile(0.5, REFRESH);
            thread.join().expect("no panic");
            assert_eq!(u64::from(latencies.calls()), CALLS_MIN + 2);
            assert!(latencies.percentile(0.5, REFRESH).is_some());
        });
        let executions = executions.load(std::sync::atomic::Ordering::Relaxed);
        println!("a lap begins: {executions} executions");
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn bucket_ends_at_most_an_eighth_above_its_latencies() {
        for exponent in 0..36 {
            for part in [0, 1, 2, 3, 5, 7, 9, 15] {
                let nanoseconds = (1_u64 << exponent) + (1 << exponent) / 16 * part;
                let end = upper_end(bucket(Duration::from_nanos(nanoseconds)));
                assert!(nanoseconds <= end);
                let least = nanoseconds.max(1 << FIRST_BITS);
                assert!(end <= least + least / 8, "{nanoseconds} in {end}");
            }
        }
    }

    #[test]
    fn latency_above_a_minute_is_in_the_last_bucket() {
        assert_eq!(bucket(Duration::from_secs(69)), BUCKETS - 1);
        assert_eq!(bucket(Duration::MAX), BUCKETS - 1);
    }

    #[test]
    fn no_percentile_with_too_few_calls_or_before_the_first_lap() {
        let latencies = Latencies::new();
        for _ in 0..9 {
            latencies.record(MILLISECOND);
        }
        assert_eq!(latencies.percentile(0.95, REFRESH), None);
        latencies.record(MILLISECOND);
        assert_eq!(latencies.percentile(0.95, 2 * REFRESH - 1), None);
        assert!(latencies.percentile(0.95, 2 * REFRESH).is_some());
    }

    #[test]
    fn percentile_is_at_least_a_millisecond() {
        let latencies = Latencies::new();
        for _ in 0..100 {
            latencies.record(Duration::from_micros(3));
        }
        let percentile = latencies.percentile(0.5, REFRESH).expect("enough calls");
        assert!(percentile >= MILLISECOND);
        assert!(percentile <= MILLISECOND + MILLISECOND / 8);
    }

    #[test]
    fn idle_half_minute_empties_the_window() {
        for laps in [9, 10, 11, 1000] {
            let latencies = Latencies::new();
            for _ in 0..100 {
                latencies.record(MILLISECOND);
            }
            assert!(latencies.percentile(0.95, 8 * REFRESH).is_some());
            assert_eq!(latencies.percentile(0.95, laps * REFRESH), None, "{laps}");
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Record(u64),
        Read,
        Advance(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            20 => (0_u32..40, 0_u64..1 << 20)
                .prop_map(|(shift, low)| Step::Record(low.saturating_mul(1 << shift) >> 4)),
            3 => Just(Step::Read),
            2 => (0_u64..2 * REFRESH).prop_map(Step::Advance),
            1 => (0_u64..15 * REFRESH).prop_map(Step::Advance),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Compares with a model that keeps every latency with its lap, and
        /// sorts them.
        #[test]
        fn percentile_matches_the_model(
            share in 0.01_f64..0.999,
            steps in prop::collection::vec(step(), 400),
        ) {
            let latencies = Latencies::new();
            let mut all: Vec<(u64, u64)> = Vec::new();
            let (mut now, mut lap, mut expected) = (0, 0, None);
            for step in steps {
                match step {
                    Step::Record(nanoseconds) => {
                        latencies.record(Duration::from_nanos(nanoseconds));
                        all.push((lap, nanoseconds));
                    }
                    Step::Advance(time) => now += time,
                    Step::Read => {
                        if now / REFRESH > lap {
                            lap = now / REFRESH;
                            // The eight laps before this one, which is empty.
                            all.retain(|(at, _)| at + 8 >= lap);
                            all.sort_by_key(|(_, nanoseconds)| *nanoseconds);
                            let rank = (all.len() as f64 * share - 1e-6).ceil() as usize;
                            expected = (all.len() >= 10).then(|| all[rank - 1].1);
                        }
                        let percentile = latencies.percentile(share, now);
                        prop_assert_eq!(percentile.is_some(), expected.is_some());
                        if let (Some(percentile), Some(exact)) = (percentile, expected) {
                            let end = upper_end(bucket(Duration::from_nanos(exact)));
                            prop_assert_eq!(percentile, Duration::from_nanos(end));
                        }
                    }
                }
            }
        }
    }
}
