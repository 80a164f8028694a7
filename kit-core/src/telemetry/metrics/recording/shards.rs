//! Assigns each thread the shard that it counts in.

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The number of shards of a series: a shared one, and one each for 64 threads.
pub(crate) const SHARDS: usize = 65;

/// Shards that no live thread uses. Threads can reuse a shard one after another,
/// as it holds only sums.
static FREE: Mutex<FreeShards> = Mutex::new(FreeShards {
    returned: Vec::new(),
    next: 1,
});

struct FreeShards {
    returned: Vec<usize>,
    next: usize,
}

/// The shard of a thread, returned when the thread ends.
struct Lease(Cell<usize>);

impl Drop for Lease {
    fn drop(&mut self) {
        if self.0.get() > 0 {
            free_shards().returned.push(self.0.get());
        }
    }
}

thread_local! {
    static LEASE: Lease = Lease(Cell::new(lease()));
}

#[cold]
fn lease() -> usize {
    let mut free = free_shards();
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
    // An ending thread has already returned its shard.
    LEASE.try_with(|lease| lease.0.get()).unwrap_or(0)
}

fn free_shards() -> MutexGuard<'static, FreeShards> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}
