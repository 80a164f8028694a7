//! What a breaker is set to: data alone, so that it can be a constant, be
//! printed, and be replaced while calls are under way.

mod check;

use std::time::Duration;

use crate::model::policies::{CodeSet, OutcomeClasses};

/// The most failures in a row that can be asked for.
pub(crate) const MAX_FAILURES: u32 = (1 << 24) - 1;
/// The most probes that can be asked for.
pub(crate) const MAX_PROBES: u32 = (1 << 12) - 1;
/// The most calls that a call window holds; each takes 8 bytes.
pub(crate) const MAX_WINDOW_CALLS: u32 = 10_000;

/// The settings of a [`Breaker`](crate::policy::breaker::Breaker).
///
/// It opens at the first of its triggers: so many failures in a row
/// ([`failures`](Self::failures)), so many failures among the calls of a
/// window ([`ratio`](Self::ratio)), so many slow ones
/// ([`slow`](Self::slow)). All limits are reached, not passed: a ratio of 0.5
/// opens at 10 failures in 20 calls.
///
/// ```
/// use std::time::Duration;
/// use kit::policy::breaker::BreakerConfig;
///
/// const PAYMENTS: BreakerConfig = BreakerConfig::new()
///     .ratio(0.25)
///     .min_calls(50)
///     .window(Duration::from_secs(30))
///     .slow(Duration::from_millis(500))
///     .open_range(Duration::from_secs(1), Duration::from_secs(120))
///     .checked();
/// assert_eq!(PAYMENTS.ratio_limit(), Some(0.25));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerConfig {
    failures: Option<u32>,
    ratio: Option<f64>,
    min_calls: u32,
    window: Duration,
    window_calls: Option<u32>,
    slow: Option<Duration>,
    slow_ratio: f64,
    open: Duration,
    open_max: Duration,
    probes: u32,
    classes: OutcomeClasses,
}

impl BreakerConfig {
    /// Half of at least 20 calls in 10 seconds; open for 5 s, then up to 60 s;
    /// 3 probes; [`OutcomeClasses::DEFAULT`].
    pub const fn new() -> Self {
        Self {
            failures: None,
            ratio: Some(0.5),
            min_calls: 20,
            window: Duration::from_secs(10),
            window_calls: None,
            slow: None,
            slow_ratio: 0.8,
            open: Duration::from_secs(5),
            open_max: Duration::from_secs(60),
            probes: 3,
            classes: OutcomeClasses::DEFAULT,
        }
    }

    /// Opens at so many failures in a row and at nothing else; the rest is as
    /// in [`new`](Self::new).
    pub const fn consecutive(failures: u32) -> Self {
        Self {
            failures: Some(failures),
            ratio: None,
            ..Self::new()
        }
    }

    /// Opens at so many failures in a row (1 to 16,777,215). A success starts
    /// the row over; a soft outcome leaves it as it is. Off by default.
    #[must_use]
    pub const fn failures(mut self, failures: u32) -> Self {
        self.failures = Some(failures);
        self
    }

    /// Opens where so many of the window's calls failed: above 0, up to 1.
    /// 0.5 by default.
    #[must_use]
    pub const fn ratio(mut self, ratio: f64) -> Self {
        self.ratio = Some(ratio);
        self
    }

    /// No ratio before the window has that many calls, or is full where it
    /// holds fewer. 20 by default, at least 1.
    #[must_use]
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.min_calls = calls;
        self
    }

    /// The window is the last so long: 100 ms to 1 h; 10 s by default. It
    /// slides in 16 steps, and takes the place of a call window.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self.window_calls = None;
        self
    }

    /// The window is the last so many calls, 1 to 10,000, however old they
    /// are. It takes the place of a time window.
    #[must_use]
    pub const fn window_calls(mut self, calls: u32) -> Self {
        self.window_calls = Some(calls);
        self
    }

    /// A call that takes that long or longer is slow, whatever its outcome.
    /// Slow calls open by [`slow_ratio`](Self::slow_ratio), and a slow probe
    /// has failed. Off by default.
    #[must_use]
    pub const fn slow(mut self, slow: Duration) -> Self {
        self.slow = Some(slow);
        self
    }

    /// Opens where so many of the window's calls were slow: above 0, up to 1.
    /// 0.8 by default; it means something with [`slow`](Self::slow) alone.
    #[must_use]
    pub const fn slow_ratio(mut self, ratio: f64) -> Self {
        self.slow_ratio = ratio;
        self
    }

    /// Stays open exactly that long each time; up to a day.
    #[must_use]
    pub const fn open(self, open: Duration) -> Self {
        self.open_range(open, open)
    }

    /// Stays open for `first`, then for twice as long each time its probes
    /// fail, up to `longest`; 5 s to 60 s by default, a day at most. From the
    /// second time on the wait has equal jitter: between half of it and all.
    ///
    /// It starts over at `first` once the breaker has stayed closed for as
    /// long as it was last open.
    #[must_use]
    pub const fn open_range(mut self, first: Duration, longest: Duration) -> Self {
        self.open = first;
        self.open_max = longest;
        self
    }

    /// Closes after so many calls have succeeded while half open, and lets no
    /// more than that through at once. 3 by default, 1 to 4,095.
    ///
    /// A probe holds its place until its call ends, however long that takes:
    /// where all of them hang, nothing else is let through. Give calls a
    /// timeout; a probe that meets it has failed, and the breaker opens again.
    #[must_use]
    pub const fn probes(mut self, probes: u32) -> Self {
        self.probes = probes;
        self
    }

    /// How the ends of calls count; [`OutcomeClasses::DEFAULT`] by default.
    #[must_use]
    pub const fn classes(mut self, classes: OutcomeClasses) -> Self {
        self.classes = classes;
        self
    }

    /// These codes are failures, in place of those that were.
    #[must_use]
    pub const fn failures_on(mut self, codes: CodeSet) -> Self {
        self.classes = self.classes.failures(codes);
        self
    }
}

/// What was set.
impl BreakerConfig {
    /// How many failures in a row open it.
    pub const fn failures_limit(&self) -> Option<u32> {
        self.failures
    }

    /// Which share of failures opens it.
    pub const fn ratio_limit(&self) -> Option<f64> {
        self.ratio
    }

    /// How many calls a window needs before its ratios count: the value that
    /// was set, or the size of a call window that holds fewer.
    pub const fn min_calls_needed(&self) -> u32 {
        match self.window_calls {
            Some(calls) if calls < self.min_calls => calls,
            _ => self.min_calls,
        }
    }

    /// How long the window is, where it is one of time.
    pub const fn window_time(&self) -> Option<Duration> {
        match self.window_calls {
            Some(_) => None,
            None => Some(self.window),
        }
    }

    /// How many calls the window holds, where it is one of calls.
    pub const fn window_size(&self) -> Option<u32> {
        self.window_calls
    }

    /// From how long on a call is slow.
    pub const fn slow_time(&self) -> Option<Duration> {
        self.slow
    }

    /// Which share of slow calls opens it.
    pub const fn slow_limit(&self) -> f64 {
        self.slow_ratio
    }

    /// How long it is open the first time.
    pub const fn open_first(&self) -> Duration {
        self.open
    }

    /// How long it is open at most.
    pub const fn open_longest(&self) -> Duration {
        self.open_max
    }

    /// How many probes must succeed.
    pub const fn probes_needed(&self) -> u32 {
        self.probes
    }

    /// How the ends of calls count.
    pub const fn outcome_classes(&self) -> OutcomeClasses {
        self.classes
    }

    /// The same length, whether or not the window is one of time.
    pub(crate) const fn bucketed(&self) -> Duration {
        self.window
    }
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self::new()
    }
}
