//! The processor load, measured once for the whole process.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::policy::support::clock::Clock;
use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::Relaxed;
use crate::policy::support::sync::{Mutex, lock};

/// The minimum time between two measurements.
const INTERVAL: Duration = Duration::from_millis(250);

/// The share of the old average that is kept after one interval. The average
/// follows the load in about five seconds, so that a short peak such as a
/// garbage collection does not count as an overload.
const DECAY: f64 = 0.95;

/// A moving average of the processor load, from 0 to 1.
///
/// No background thread measures: one reader each 250 ms reads the files, and
/// all others take the present average.
///
/// ```
/// use std::time::{Duration, Instant};
/// use kit::policy::shed::CpuMeter;
///
/// let meter = CpuMeter::of(|| Some(0.5));
/// assert_eq!(meter.share(Instant::now()), Some(0.5));
/// ```
#[derive(Clone)]
pub struct CpuMeter(Arc<Inner>);

struct Inner {
    start: Instant,
    /// The time of the next measurement, in nanoseconds since the start.
    due: AtomicU64,
    /// The bits of the average; NaN before the first measurement.
    average: AtomicU64,
    source: Mutex<Source>,
}

struct Source {
    measure: Box<dyn FnMut(Instant) -> Option<f64> + Send>,
    measured_at: Instant,
}

/// A reader of the processor load, which only the operating system knows. It
/// is registered at link time by a layer that may do I/O.
pub(crate) struct ProcessorMeter {
    /// Opens a reader; the argument is the start that times are relative to.
    pub(crate) open: fn(Instant) -> ReadLoad,
}

/// Returns the share, from 0 to 1, that was busy since the last reading.
pub(crate) type ReadLoad = Box<dyn FnMut(Instant) -> Option<f64> + Send>;

inventory::collect!(ProcessorMeter);

impl CpuMeter {
    /// Returns the meter of this process: of its cgroup's quota if there is
    /// one, otherwise of the machine. Without `/proc` it has no readings.
    pub fn process() -> Self {
        static PROCESS: OnceLock<CpuMeter> = OnceLock::new();
        let meter = PROCESS.get_or_init(|| {
            let start = Instant::now();
            let mut sources = inventory::iter::<ProcessorMeter>.into_iter();
            let mut reader = sources.next().map(|source| (source.open)(start));
            Self::measured(start, move |now| reader.as_mut()?(now))
        });
        meter.clone()
    }

    /// Creates a meter with a source of its own: `measure` returns the share
    /// that was busy since its last call, or `None` if it is unknown.
    pub fn of(mut measure: impl FnMut() -> Option<f64> + Send + 'static) -> Self {
        Self::measured(Clock::default().now(), move |_| measure())
    }

    fn measured(
        start: Instant,
        measure: impl FnMut(Instant) -> Option<f64> + Send + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            start,
            due: AtomicU64::new(0),
            average: AtomicU64::new(f64::NAN.to_bits()),
            source: Mutex::new(Source {
                measure: Box::new(measure),
                measured_at: start,
            }),
        }))
    }

    /// Returns the average; `None` if it is unknown, or not known yet.
    #[inline]
    pub fn share(&self, now: Instant) -> Option<f64> {
        let since_start = now.saturating_duration_since(self.0.start).as_nanos() as u64;
        let due = self.0.due.load(Relaxed);
        if since_start >= due {
            self.measure(now, since_start, due);
        }
        let average = f64::from_bits(self.0.average.load(Relaxed));
        (!average.is_nan()).then_some(average)
    }

    #[cold]
    fn measure(&self, now: Instant, since_start: u64, due: u64) {
        let next = since_start + INTERVAL.as_nanos() as u64;
        // The thread that advances the due time measures; others skip it.
        if self
            .0
            .due
            .compare_exchange(due, next, Relaxed, Relaxed)
            .is_err()
        {
            return;
        }
        let mut source = lock(&self.0.source);
        let Some(share) = (source.measure)(now) else {
            source.measured_at = now;
            return;
        };
        let average = f64::from_bits(self.0.average.load(Relaxed));
        let average = if average.is_nan() {
            share
        } else {
            // After an idle time, one measurement counts for many intervals.
            let elapsed = now.saturating_duration_since(source.measured_at);
            let kept = DECAY.powf(elapsed.as_secs_f64() / INTERVAL.as_secs_f64());
            average * kept + share * (1.0 - kept)
        };
        source.measured_at = now;
        self.0.average.store(average.to_bits(), Relaxed);
    }
}

impl Default for CpuMeter {
    fn default() -> Self {
        Self::process()
    }
}

impl fmt::Debug for CpuMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let average = f64::from_bits(self.0.average.load(Relaxed));
        f.debug_tuple("CpuMeter").field(&average).finish()
    }
}
