//! Fault injection: calls that are slow, fail or get lost on purpose.

#[cfg(test)]
mod tests;

use std::any::TypeId;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::model::context::Context;
use crate::model::endpoint::{Endpoint, Middleware};
use crate::model::method::{Method, Outcome};
use crate::model::service_error::ServiceError;
use crate::model::status::Status;
use crate::testing::doubles::never::never;
use crate::testing::doubles::seeded::Seeded;

/// A middleware that makes calls slow, makes them fail, or loses them: each
/// with a probability, and the same ones for the same seed.
///
/// Around a server it simulates a bad server, under a client a bad network:
///
/// ```
/// # use kit::prelude::*;
/// # #[kit::service] pub trait Add {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status>;
/// # }
/// # struct Basic;
/// # impl Add for Basic {
/// #     async fn sum(&self, a: i64, b: i64) -> Result<i64, Status> { Ok(a + b) }
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?.block_on(async {
/// use std::sync::Arc;
/// use std::time::Duration;
/// use kit::testing::Faults;
///
/// let faults = Arc::new(
///     Faults::new(42)
///         .delay(0.2, Duration::from_millis(5)..=Duration::from_millis(50))
///         .error(0.1, Status::unavailable("injected"))
///         .drop(0.01),
/// );
/// let add = AddClient::local(Basic).layer(Arc::clone(&faults));
///
/// let mut failed = 0;
/// for n in 0..1000 {
///     let cx = Context::new().with_timeout(Duration::from_secs(1));
///     failed += u64::from(cx.scope(add.sum(n, n)).await.is_err());
/// }
/// let injected = faults.injected();
/// assert_eq!(injected.calls, 1000);
/// assert_eq!(injected.errors + injected.drops, failed);
/// // The same in every run.
/// assert_eq!((injected.delays, injected.errors, injected.drops), (209, 99, 10));
///
/// faults.set_enabled(false);
/// assert_eq!(add.sum(1, 2).await.ok(), Some(3));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A call gets at most one fault, at its start: the messages of a stream are
/// not affected. The fault depends only on the seed and on the number of calls
/// before: calls in a fixed order get the same faults in every run, whatever
/// the number of threads and the duration of a call. When calls race, their
/// order varies, and only the number of faults is the same.
#[derive(Debug)]
pub struct Faults {
    seed: Seeded,
    rules: Vec<Rule>,
    /// The marker types of the methods that get faults; empty means all.
    only: Vec<TypeId>,
    enabled: AtomicBool,
    calls: AtomicU64,
    delays: AtomicU64,
    errors: AtomicU64,
    drops: AtomicU64,
}

#[derive(Debug)]
struct Rule {
    probability: f64,
    fault: Fault,
}

#[derive(Debug)]
enum Fault {
    Delay(Delay),
    Error(Status),
    Drop,
}

/// How long a fault delays a call: a fixed time, or one uniformly distributed
/// between two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    least: Duration,
    most: Duration,
}

/// The number of calls and faults so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Injected {
    /// The calls that were eligible for a fault.
    pub calls: u64,
    /// Those that were delayed.
    pub delays: u64,
    /// Those that failed.
    pub errors: u64,
    /// Those that were lost.
    pub drops: u64,
}

/// The rounding error by which the sum of probabilities may exceed 1.
const ROUNDING: f64 = 1e-9;

impl Faults {
    /// No faults yet, for the calls of every method.
    pub const fn new(seed: u64) -> Self {
        Self {
            seed: Seeded(seed),
            rules: Vec::new(),
            only: Vec::new(),
            enabled: AtomicBool::new(true),
            calls: AtomicU64::new(0),
            delays: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            drops: AtomicU64::new(0),
        }
    }

    /// Delays a share of the calls, on tokio's clock, and then makes them: by
    /// a [`Duration`], or by one in `least..=most`.
    ///
    /// # Panics
    /// The probability is not in `0.0..=1.0`, or is more than 1 with those of
    /// the other faults.
    #[must_use]
    #[track_caller]
    pub fn delay(self, probability: f64, by: impl Into<Delay>) -> Self {
        self.with("delay", probability, Fault::Delay(by.into()))
    }

    /// Fails a share of the calls without making them. A status with the
    /// reason of a domain error arrives as that variant, as over any
    /// transport.
    ///
    /// # Panics
    /// As [`Faults::delay`].
    #[must_use]
    #[track_caller]
    pub fn error(self, probability: f64, status: Status) -> Self {
        self.with("error", probability, Fault::Error(status))
    }

    /// Loses a share of the calls: they are not made and get no response, and
    /// end at their deadline or when their callers give up. One with neither
    /// waits forever.
    ///
    /// # Panics
    /// As [`Faults::delay`].
    #[must_use]
    #[track_caller]
    pub fn drop(self, probability: f64) -> Self {
        self.with("drop", probability, Fault::Drop)
    }

    #[track_caller]
    fn with(mut self, name: &str, probability: f64, fault: Fault) -> Self {
        assert!(
            (0.0..=1.0).contains(&probability),
            "`{name}`: a probability must be from 0 to 1, not {probability}"
        );
        self.rules.push(Rule { probability, fault });
        let total: f64 = self.rules.iter().map(|rule| rule.probability).sum();
        assert!(
            total <= 1.0 + ROUNDING,
            "`{name}`: the probabilities of all faults must be at most 1 together, not {total}"
        );
        self
    }

    /// Restricts faults to the calls of `M`; may be repeated to add methods:
    /// `.only::<add::Sum>().only::<add::Concat>()`. Calls of other methods are
    /// not counted.
    #[must_use]
    pub fn only<M: Method>(mut self) -> Self {
        self.only.push(TypeId::of::<M>());
        self
    }

    /// Disables all faults, or enables them again; they start enabled. While
    /// they are disabled, calls pass and are not counted, so that the sequence
    /// continues from the same place.
    pub fn set_enabled(&self, enabled: bool) {
        self.enabled.store(enabled, Relaxed);
    }

    /// Whether faults are enabled.
    pub fn is_enabled(&self) -> bool {
        self.enabled.load(Relaxed)
    }

    /// The number of calls and faults so far.
    pub fn injected(&self) -> Injected {
        Injected {
            calls: self.calls.load(Relaxed),
            delays: self.delays.load(Relaxed),
            errors: self.errors.load(Relaxed),
            drops: self.drops.load(Relaxed),
        }
    }

    /// The effect on the next call of a method.
    fn next(&self, method: TypeId) -> Effect<'_> {
        let selected = self.only.is_empty() || self.only.contains(&method);
        if !selected || !self.is_enabled() {
            return Effect::Pass;
        }
        let call = self.calls.fetch_add(1, Relaxed);
        // Each call has two numbers of the sequence, whether it needs both or not.
        let mut drawn = self.seed.unit(call.wrapping_mul(2));
        for rule in &self.rules {
            if drawn < rule.probability {
                return self.inject(&rule.fault, call);
            }
            drawn -= rule.probability;
        }
        Effect::Pass
    }

    fn inject<'a>(&'a self, fault: &'a Fault, call: u64) -> Effect<'a> {
        let (count, effect) = match fault {
            Fault::Delay(delay) => {
                let unit = self.seed.unit(call.wrapping_mul(2).wrapping_add(1));
                (&self.delays, Effect::Delay(delay.at(unit)))
            }
            Fault::Error(status) => (&self.errors, Effect::Fail(status)),
            Fault::Drop => (&self.drops, Effect::Drop),
        };
        count.fetch_add(1, Relaxed);
        effect
    }
}

/// The effect of the faults on a call.
#[derive(Debug)]
enum Effect<'a> {
    Pass,
    Delay(Duration),
    Fail(&'a Status),
    Drop,
}

impl<M: Method> Middleware<M> for Faults {
    async fn call<E: Endpoint<M>>(
        &self,
        cx: &Context,
        request: M::Request,
        next: &E,
    ) -> Outcome<M> {
        match self.next(TypeId::of::<M>()) {
            Effect::Pass => {}
            Effect::Delay(time) => tokio::time::sleep(time).await,
            Effect::Fail(status) => return Err(M::Error::from_status(status.clone())),
            Effect::Drop => return never::<M>(cx).await,
        }
        next.call(cx, request).await
    }
}

impl Delay {
    /// The delay at a fraction of the way from the least to the most.
    fn at(self, fraction: f64) -> Duration {
        self.least + (self.most - self.least).mul_f64(fraction)
    }
}

impl From<Duration> for Delay {
    fn from(time: Duration) -> Self {
        Self {
            least: time,
            most: time,
        }
    }
}

impl From<RangeInclusive<Duration>> for Delay {
    /// # Panics
    /// The range ends before it begins.
    #[track_caller]
    fn from(range: RangeInclusive<Duration>) -> Self {
        let (least, most) = range.into_inner();
        assert!(
            least <= most,
            "`delay`: a range must end where it begins or later, not {least:?}..={most:?}"
        );
        Self { least, most }
    }
}
