//! Configuration of hedged requests.

use std::time::Duration;

use crate::model::policies::invalid::checks;

/// Configures a [`Hedge`](crate::policy::hedge::Hedge).
///
/// ```
/// use std::time::Duration;
/// use kit::policy::hedge::{HedgeConfig, HedgeDelay};
///
/// const EAGER: HedgeConfig = HedgeConfig::new().extra_load(0.1).checked();
/// assert_eq!(EAGER.delay(), HedgeDelay::Percentile(0.9));
///
/// let fixed = HedgeConfig::new().after(Duration::from_millis(20));
/// assert_eq!(fixed.after, Some(HedgeDelay::Fixed(Duration::from_millis(20))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct HedgeConfig {
    /// The delay before the second request; `None` uses the percentile that a
    /// share of [`extra_load`](field@Self::extra_load) of the calls exceeds.
    /// Default `None`, which is p95 at the default `extra_load`.
    pub after: Option<HedgeDelay>,
    /// The most second requests per call, above 0 and at most 1, precise to
    /// three decimals. Default 0.05.
    pub extra_load: f64,
}

/// The delay before a call's second request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HedgeDelay {
    /// A fixed delay, above zero.
    Fixed(Duration),
    /// A percentile of the latency of previous calls, above 0 and below 1
    /// (0.95 is p95). The delay is at least 1 ms.
    Percentile(f64),
}

checks!(HedgeConfig, Hedge);

impl HedgeConfig {
    /// Creates a configuration with the defaults.
    pub const fn new() -> Self {
        Self {
            after: None,
            extra_load: 0.05,
        }
    }

    /// Sets [`after`](field@Self::after) to a fixed delay.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.after = Some(HedgeDelay::Fixed(delay));
        self
    }

    /// Sets [`after`](field@Self::after) to a percentile of the latency:
    /// 0.95 is p95.
    #[must_use]
    pub const fn after_percentile(mut self, percentile: f64) -> Self {
        self.after = Some(HedgeDelay::Percentile(percentile));
        self
    }

    /// Sets [`extra_load`](field@Self::extra_load).
    #[must_use]
    pub const fn extra_load(mut self, ratio: f64) -> Self {
        self.extra_load = ratio;
        self
    }

    /// The delay in effect: [`after`](field@Self::after), or else the
    /// percentile `1 - extra_load`.
    pub const fn delay(&self) -> HedgeDelay {
        match self.after {
            Some(delay) => delay,
            None => HedgeDelay::Percentile(1.0 - self.extra_load),
        }
    }

    const fn problem(&self) -> Option<&'static str> {
        let problem = if !(self.extra_load > 0.0 && self.extra_load <= 1.0) {
            "`extra_load` must be more than 0 and at most 1"
        } else {
            match self.after {
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
