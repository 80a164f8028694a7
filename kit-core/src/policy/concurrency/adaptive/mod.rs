//! Adaptive limits, from the latency of calls and the calls that are lost.
//!
//! They are pure functions of their samples, after those of Netflix's
//! concurrency-limits. A limit grows only while at least half of it is in use:
//! without that load, latencies are no evidence about the limit.

mod aimd;
mod gradient;
mod sample;
mod vegas;

use crate::model::policies::concurrency::AdaptiveLimit;
use aimd::Aimd;
use gradient::Gradient;
pub(super) use sample::Sample;
use vegas::Vegas;

/// The initial limit, within the bounds.
const INITIAL: u32 = 20;

/// An algorithm with its state, and the current limit.
#[derive(Clone, Debug)]
pub(super) struct Adaptive {
    algorithm: Algorithm,
    bounds: Bounds,
    limit: f64,
}

#[derive(Clone, Debug)]
enum Algorithm {
    Gradient(Gradient),
    Vegas(Vegas),
    Aimd(Aimd),
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    min: u32,
    max: u32,
}

impl Bounds {
    fn clamp(self, limit: f64) -> f64 {
        limit.clamp(f64::from(self.min), f64::from(self.max))
    }
}

impl Adaptive {
    pub(super) fn new(algorithm: AdaptiveLimit, (min, max): (u32, u32)) -> Self {
        let bounds = Bounds { min, max };
        Self {
            algorithm: match algorithm {
                AdaptiveLimit::Gradient => Algorithm::Gradient(Gradient::default()),
                AdaptiveLimit::Vegas => Algorithm::Vegas(Vegas::default()),
                AdaptiveLimit::Aimd => Algorithm::Aimd(Aimd),
            },
            bounds,
            limit: bounds.clamp(f64::from(INITIAL)),
        }
    }

    /// Changes the bounds; the state of the algorithm is kept.
    pub(super) fn bound(&mut self, (min, max): (u32, u32)) {
        self.bounds = Bounds { min, max };
        self.limit = self.bounds.clamp(self.limit);
    }

    /// Returns the limit after one more call.
    pub(super) fn next(&mut self, sample: Sample) -> u32 {
        let next = match &mut self.algorithm {
            Algorithm::Gradient(gradient) => gradient.next(self.limit, sample),
            Algorithm::Vegas(vegas) => vegas.next(self.limit, sample),
            Algorithm::Aimd(aimd) => aimd.next(self.limit, sample),
        };
        self.limit = self.bounds.clamp(next);
        self.limit()
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit as u32
    }
}

#[cfg(all(test, not(kit_loom)))]
mod tests {
    use std::time::Duration;

    use super::*;

    const ALL: [AdaptiveLimit; 3] = [
        AdaptiveLimit::Gradient,
        AdaptiveLimit::Vegas,
        AdaptiveLimit::Aimd,
    ];

    fn sample(took: u64, in_flight: u32) -> Sample {
        Sample {
            took: Duration::from_millis(took),
            in_flight,
            dropped: false,
        }
    }

    /// The limit after `calls` calls, each with every place in use.
    fn after(adaptive: &mut Adaptive, calls: usize, took: impl Fn(u32) -> u64) -> u32 {
        for _ in 0..calls {
            let limit = adaptive.limit();
            adaptive.next(sample(took(limit), limit));
        }
        adaptive.limit()
    }

    #[test]
    fn limit_starts_at_twenty_within_its_bounds() {
        for algorithm in ALL {
            assert_eq!(Adaptive::new(algorithm, (4, 200)).limit(), 20);
            assert_eq!(Adaptive::new(algorithm, (4, 10)).limit(), 10);
            assert_eq!(Adaptive::new(algorithm, (50, 100)).limit(), 50);
        }
    }

    #[test]
    fn limit_does_not_grow_below_half_use() {
        for algorithm in ALL {
            let mut adaptive = Adaptive::new(algorithm, (4, 200));
            for _ in 0..1_000 {
                assert_eq!(adaptive.next(sample(10, 9)), 20, "{algorithm:?}");
            }
        }
    }

    #[test]
    fn limit_grows_to_its_bound_while_calls_stay_fast() {
        for algorithm in ALL {
            let mut adaptive = Adaptive::new(algorithm, (4, 200));
            assert_eq!(after(&mut adaptive, 1_000, |_| 10), 200, "{algorithm:?}");
        }
    }

    /// A server with a capacity of 50: beyond, latency grows in proportion.
    fn crowded(limit: u32) -> u64 {
        100 * u64::from(limit.max(50)) / 50
    }

    #[test]
    fn vegas_settles_at_the_capacity_of_the_server() {
        let mut adaptive = Adaptive::new(AdaptiveLimit::Vegas, (4, 1_000));
        let settled = after(&mut adaptive, 600, crowded);
        assert!((50..=75).contains(&settled), "{settled}");
    }

    #[test]
    fn gradient_resists_an_overload_and_drifts_if_it_lasts() {
        let mut adaptive = Adaptive::new(AdaptiveLimit::Gradient, (4, 1_000));
        let limit = after(&mut adaptive, 300, crowded);
        assert!((50..=160).contains(&limit), "{limit}");
        assert_eq!(after(&mut adaptive, 10_000, crowded), 1_000);
    }

    #[test]
    fn limit_falls_to_its_bound() {
        for algorithm in ALL {
            let mut adaptive = Adaptive::new(algorithm, (4, 200));
            after(&mut adaptive, 100, |_| 10);
            for call in 0..500 {
                let limit = adaptive.limit();
                adaptive.next(Sample {
                    // Slower each time, so that no average adapts.
                    took: Duration::from_millis(20 + call * call),
                    in_flight: limit,
                    dropped: true,
                });
            }
            assert_eq!(adaptive.limit(), 4, "{algorithm:?}");
        }
    }

    #[test]
    fn changed_bounds_keep_the_state() {
        for algorithm in ALL {
            let mut adaptive = Adaptive::new(algorithm, (4, 200));
            after(&mut adaptive, 1_000, |_| 10);
            adaptive.bound((4, 300));
            assert_eq!(adaptive.limit(), 200);
            adaptive.bound((4, 100));
            assert_eq!(adaptive.limit(), 100);
        }
    }
}
