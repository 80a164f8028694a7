//! The series of all methods of the process, by side, service and method.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::series::Series;
use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::side::Side;
use crate::telemetry::metrics::snapshot::MethodSnapshot;

type Key = (Side, &'static str, &'static str);

static SERIES: Mutex<BTreeMap<Key, Arc<Series>>> = Mutex::new(BTreeMap::new());

/// The series of a method, shared by every caller in the process.
pub(crate) fn bind(side: Side, meta: &'static MethodMeta) -> Arc<Series> {
    let key = (side, meta.service, meta.wire_name);
    Arc::clone(lock(&SERIES).entry(key).or_default())
}

/// A snapshot of every method that is served or called in this process, ordered
/// by side, service and method.
pub fn snapshot() -> Vec<MethodSnapshot> {
    lock(&SERIES)
        .iter()
        .map(|(&(side, service, method), series)| {
            let totals = series.totals();
            let ended: u64 = totals.codes.iter().sum();
            MethodSnapshot {
                side,
                service,
                method,
                calls: Code::ALL
                    .into_iter()
                    .zip(totals.codes)
                    .filter(|(_, calls)| *calls > 0)
                    .collect(),
                durations: totals.buckets,
                duration_sum: Duration::from_nanos(totals.nanoseconds),
                in_flight: totals.started.saturating_sub(ended),
            }
        })
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
