//! A bucket for each key, in bounded memory.
//!
//! Keys come from clients, so a client that sends many must neither fill the
//! memory nor evict the others. A key is its 64-bit hash under a secret of the
//! process (SipHash). So a key costs 16 bytes whatever its length, a call
//! allocates nothing, and a client can't choose two keys that collide. Among
//! 10,000 keys, two collide in one of 370 billion processes, and then share a
//! limit.
//!
//! Keys share sets of 16, each under a lock of its own that is held for a few
//! instructions. In a full set a new key evicts the one whose bucket is
//! nearest to full, which loses least. A key of a flood has called once and is
//! evicted first; a key that has used up its limit is evicted only if the
//! fifteen others of its set have used up more.

use std::hash::{BuildHasher, RandomState};

use super::gcra::{Limit, Taken, give_back};
use crate::policy::support::sync::Mutex;

/// The number of places in a set.
const WAYS: usize = 16;

/// The buckets of all keys.
#[derive(Debug)]
pub(super) struct Keys {
    sets: Box<[Mutex<Set>]>,
    secret: RandomState,
}

#[derive(Debug)]
struct Set {
    /// An empty place is a bucket that was full at time zero, with any hash.
    hashes: [u64; WAYS],
    full_at: [u64; WAYS],
    /// The number of places in this set; the sum over all sets is `max_keys`.
    ways: usize,
    /// The limit of the buckets.
    limit: Limit,
}

impl Keys {
    pub(super) fn new(max_keys: u32, limit: Limit) -> Self {
        let max_keys = max_keys as usize;
        let count = max_keys.div_ceil(WAYS);
        let set = |index| Set {
            hashes: [0; WAYS],
            full_at: [0; WAYS],
            ways: max_keys / count + usize::from(index < max_keys % count),
            limit,
        };
        Self {
            sets: (0..count).map(|index| Mutex::new(set(index))).collect(),
            secret: RandomState::new(),
        }
    }

    #[inline]
    pub(super) fn hash(&self, key: &[u8]) -> u64 {
        use std::hash::Hasher;
        let mut hasher = self.secret.build_hasher();
        // Not `Hash for [u8]`, which adds the length: the key is hashed alone.
        hasher.write(key);
        hasher.finish()
    }

    /// Takes a call from the bucket of a key, and by `also` from the total
    /// while the lock on the key's bucket is held. Nothing is taken if either
    /// refuses.
    #[inline]
    pub(super) fn take<T, E>(
        &self,
        hash: u64,
        limit: Limit,
        now: u64,
        longest: u64,
        also: impl FnOnce() -> Result<T, E>,
        refuse: impl FnOnce(u64, u64) -> E,
    ) -> Result<(Taken, T), E> {
        self.with_set(hash, limit, now, |set| {
            let place = set.place(hash);
            let full_at = place.map_or(0, |place| set.full_at[place]);
            let taken = limit
                .take(full_at, now, longest)
                .map_err(|wait| refuse(full_at, wait))?;
            let also = also()?;
            let place = place.unwrap_or_else(|| set.fullest());
            set.hashes[place] = hash;
            set.full_at[place] = taken.after;
            Ok((taken, also))
        })
    }

    /// Returns a call, unless a later one of the key has taken from the bucket.
    #[cold]
    pub(super) fn give_back(&self, hash: u64, limit: Limit, now: u64, taken: Taken) {
        self.with_set(hash, limit, now, |set| {
            if let Some(place) = set.place(hash) {
                give_back(&mut set.full_at[place], taken);
            }
        });
    }

    /// Converts every bucket to another limit. A set that a call reads before
    /// its turn in the loop has been converted by that call.
    pub(super) fn rescale(&self, limit: Limit, now: u64) {
        for set in &self.sets {
            let mut set = lock(set);
            if set.limit != limit {
                set.rescale(limit, now);
            }
        }
    }

    /// The time at which the bucket of a key is full.
    pub(super) fn full_at(&self, hash: u64, limit: Limit, now: u64) -> u64 {
        self.with_set(hash, limit, now, |set| {
            set.place(hash).map_or(0, |place| set.full_at[place])
        })
    }

    /// The number of keys with a bucket that is not full.
    pub(super) fn count(&self, now: u64) -> usize {
        let in_set = |set: &Mutex<Set>| {
            let set = lock(set);
            let places = &set.full_at[..set.ways];
            places.iter().filter(|full_at| **full_at > now).count()
        };
        self.sets.iter().map(in_set).sum()
    }

    #[inline]
    fn with_set<R>(
        &self,
        hash: u64,
        limit: Limit,
        now: u64,
        work: impl FnOnce(&mut Set) -> R,
    ) -> R {
        // The high bits of the product distribute hashes evenly over the sets.
        let index = (u128::from(hash) * self.sets.len() as u128) >> 64;
        let mut set = lock(&self.sets[index as usize]);
        if set.limit != limit {
            set.rescale(limit, now);
        }
        work(&mut set)
    }
}

impl Set {
    #[inline]
    fn place(&self, hash: u64) -> Option<usize> {
        // Compares every place without a branch for each, which is faster than
        // stopping at the first match.
        let mut found = 0_u32;
        for (place, known) in self.hashes.iter().enumerate() {
            found |= u32::from(*known == hash) << place;
        }
        (found != 0)
            .then(|| found.trailing_zeros() as usize)
            .filter(|place| *place < self.ways)
    }

    fn fullest(&self) -> usize {
        let places = 0..self.ways;
        places.min_by_key(|place| self.full_at[*place]).unwrap_or(0)
    }

    #[cold]
    fn rescale(&mut self, limit: Limit, now: u64) {
        for full_at in &mut self.full_at {
            *full_at = limit.rescale(*full_at, now, self.limit);
        }
        self.limit = limit;
    }
}

/// A panic can't leave a set half written: nothing in it panics.
#[inline]
fn lock(set: &Mutex<Set>) -> impl std::ops::DerefMut<Target = Set> + '_ {
    set.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
