//! The processor's use, measured once a process however many ask.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::policy::support::clock::Clock;
use crate::policy::support::sync::atomic::AtomicU64;
use crate::policy::support::sync::atomic::Ordering::Relaxed;
use crate::policy::support::sync::{Mutex, lock};

/// The least time between two measurements.
const INTERVAL: Duration = Duration::from_millis(250);

/// What is left of an average after one interval: it follows in some five
/// seconds, so that a collection of garbage is no overload.
const DECAY: f64 = 0.95;

/// A moving average of how busy the processors are, from 0 to 1.
///
/// No thread measures: of the calls that ask, one each 250 ms reads the files,
/// and all others take what is there.
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
    /// When to measure next, in nanoseconds since the start.
    due: AtomicU64,
    /// The average's bits; not a number before the first measurement.
    average: AtomicU64,
    source: Mutex<Source>,
}

struct Source {
    measure: Box<dyn FnMut(Instant) -> Option<f64> + Send>,
    measured_at: Instant,
}

/// Reads the processors' load, which is the operating system's to know. The
/// reader is submitted by a layer that may do I/O, as the program is linked.
pub(crate) struct ProcessorMeter {
    /// Opens a reader; its argument is the start that times are measured from.
    pub(crate) open: fn(Instant) -> ReadLoad,
}

/// Gives the share, from 0 to 1, that was busy since the last reading.
pub(crate) type ReadLoad = Box<dyn FnMut(Instant) -> Option<f64> + Send>;

inventory::collect!(ProcessorMeter);

impl CpuMeter {
    /// The meter of this process: of its cgroup's quota where there is one,
    /// else of the machine. Where there is no `/proc` it knows nothing.
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

    /// A meter of something else: `measure` tells the share that was busy since
    /// it was last asked, or `None` where it does not know.
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

    /// The average now; `None` where nothing is known, or not yet.
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
        // Whoever moves the time on measures; the others go on.
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
            // After a quiet time one measurement stands for many.
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
