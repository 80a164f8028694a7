//! Every series of the process, and the shard that each thread counts in.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::code::Code;
use crate::model::descriptor::MethodMeta;
use crate::model::side::Side;
use crate::telemetry::metrics::series::Series;
use crate::telemetry::metrics::snapshot::MethodSnapshot;
use crate::telemetry::metrics::text::Collector;

/// Shards of a series: a shared one, and one for each of so many threads.
pub(crate) const SHARDS: usize = 65;

type Key = (Side, &'static str, &'static str);

static SERIES: Mutex<BTreeMap<Key, Arc<Series>>> = Mutex::new(BTreeMap::new());
static COLLECTORS: Mutex<Vec<Box<dyn Collector>>> = Mutex::new(Vec::new());
/// Shards that no living thread has. One thread after another may have the
/// same: what stands in a shard are sums.
static FREE: Mutex<FreeShards> = Mutex::new(FreeShards {
    returned: Vec::new(),
    next: 1,
});

/// The series of a method: the same for all who ask.
pub(crate) fn bind(side: Side, meta: &'static MethodMeta) -> Arc<Series> {
    let key = (side, meta.service, meta.wire_name);
    Arc::clone(lock(&SERIES).entry(key).or_default())
}

pub(crate) fn register(collector: Box<dyn Collector>) {
    lock(&COLLECTORS).push(collector);
}

/// Lets every collector add its text.
pub(crate) fn collect(text: &mut String) {
    for collector in lock(&COLLECTORS).iter() {
        collector.collect(text);
    }
}

pub(crate) fn snapshot() -> Vec<MethodSnapshot> {
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
                in_flight: totals.begun.saturating_sub(ended),
            }
        })
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct FreeShards {
    returned: Vec<usize>,
    next: usize,
}

/// A thread's hold on a shard.
struct Lease(Cell<usize>);

impl Drop for Lease {
    fn drop(&mut self) {
        if self.0.get() > 0 {
            lock(&FREE).returned.push(self.0.get());
        }
    }
}

thread_local! {
    static LEASE: Lease = Lease(Cell::new(lease()));
}

#[cold]
fn lease() -> usize {
    let mut free = lock(&FREE);
    if let Some(shard) = free.returned.pop() {
        return shard;
    }
    if free.next == SHARDS {
        return 0;
    }
    free.next += 1;
    free.next - 1
}

/// The shard that this thread counts in: its own, or the shared first one.
#[inline]
pub(crate) fn shard_of_thread() -> usize {
    // A thread that is ending has given its shard back.
    LEASE.try_with(|lease| lease.0.get()).unwrap_or(0)
}
