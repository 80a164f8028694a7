//! The values of a hedge policy.

use std::time::Duration;

use crate::model::policies::invalid::checks;

/// The values of a [`Hedge`](crate::policy::hedge::Hedge).
///
/// | value | default |
/// |---|---|
/// | [`extra_load`](Self::extra_load), second tries per call | 0.05 |
/// | [`after`](Self::after) or [`after_percentile`](Self::after_percentile) | the percentile that `extra_load` leaves: p95 |
///
/// ```
/// use std::time::Duration;
/// use kit::policy::hedge::{HedgeConfig, HedgeDelay};
///
/// const EAGER: HedgeConfig = HedgeConfig::new().extra_load(0.1).checked();
/// assert_eq!(EAGER.delay(), HedgeDelay::Percentile(0.9));
///
/// let fixed = HedgeConfig::new().after(Duration::from_millis(20));
/// assert_eq!(fixed.delay(), HedgeDelay::Fixed(Duration::from_millis(20)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HedgeConfig {
    delay: Option<HedgeDelay>,
    extra_load: f64,
}

/// When a call is slow enough for a second try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HedgeDelay {
    /// After this time.
    Fixed(Duration),
    /// When it takes longer than this share of the calls before it, from 0 to
    /// 1; at least a millisecond.
    Percentile(f64),
}

checks!(HedgeConfig, Hedge);

impl HedgeConfig {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            delay: None,
            extra_load: 0.05,
        }
    }

    /// Tries a second time after a fixed time.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = Some(HedgeDelay::Fixed(delay));
        self
    }

    /// Tries a second time when a call takes longer than this share of the
    /// calls before it: 0.95 is p95.
    #[must_use]
    pub const fn after_percentile(mut self, share: f64) -> Self {
        self.delay = Some(HedgeDelay::Percentile(share));
        self
    }

    /// The most second tries per call, to three digits.
    #[must_use]
    pub const fn extra_load(mut self, share: f64) -> Self {
        self.extra_load = share;
        self
    }

    /// When a call is slow enough for a second try.
    pub const fn delay(&self) -> HedgeDelay {
        match self.delay {
            Some(delay) => delay,
            None => HedgeDelay::Percentile(1.0 - self.extra_load),
        }
    }

    /// The most second tries per call.
    pub const fn most_extra_load(&self) -> f64 {
        self.extra_load
    }

    const fn problem(&self) -> Option<&'static str> {
        let problem = if !(self.extra_load > 0.0 && self.extra_load <= 1.0) {
            "`extra_load` must be more than 0 and at most 1"
        } else {
            match self.delay {
                Some(HedgeDelay::Fixed(delay)) if delay.is_zero() => {
                    "`after` must be more than zero"
                }
                Some(HedgeDelay::Percentile(share)) if !(share > 0.0 && share < 1.0) => {
                    "`after` must be a percentile between p0 and p100"
                }
                _ => return None,
            }
        };
        Some(problem)
    }
}

impl Default for HedgeConfig {
    fn default() -> Self {
        Self::new()
    }
}
