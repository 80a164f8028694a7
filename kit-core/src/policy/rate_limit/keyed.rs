//! A bucket for each key, in memory that never grows.
//!
//! Keys come from outside, so whoever sends many must neither fill the memory
//! nor push the others out. A key is its 64-bit hash under a secret of the
//! process (SipHash), so that one costs 16 bytes however long it is, a call
//! allocates nothing, and nobody can choose two keys that meet; among 10,000
//! keys, two meet once in 370 billion processes, and share a limit then.
//!
//! Keys share sets of 16, each under a lock of its own that is held for a few
//! instructions. In a full set a new key takes the place of the one
//! whose bucket is nearest to full, which is the one that loses least by being
//! forgotten. A key of a flood has called once and goes first; to be forgotten,
//! one that has used up its limit needs fifteen others that used up more.

use std::hash::{BuildHasher, RandomState};

use super::gcra::{Limit, Taken, give_back};
use crate::policy::support::sync::Mutex;

const WAYS: usize = 16;

#[derive(Debug)]
pub(super) struct Keys {
    sets: Box<[Mutex<Set>]>,
    secret: RandomState,
}

#[derive(Debug)]
struct Set {
    /// An empty place is a bucket that was full at time zero, whose ever it is.
    hashes: [u64; WAYS],
    full_at: [u64; WAYS],
    /// How many places this set has; the sum over all sets is `max_keys`.
    ways: usize,
    /// The limit that the buckets are of.
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
        // Not `Hash for [u8]`, which adds the length: a key is all there is.
        hasher.write(key);
        hasher.finish()
    }

    /// Takes a call from the bucket of a key, and by `also` from others while
    /// nobody else can take from this one. Nothing is taken where either
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

    /// Gives a call back, where no other of the key came after it.
    #[cold]
    pub(super) fn give_back(&self, hash: u64, limit: Limit, now: u64, taken: Taken) {
        self.with_set(hash, limit, now, |set| {
            if let Some(place) = set.place(hash) {
                give_back(&mut set.full_at[place], taken);
            }
        });
    }

    /// Takes every bucket over to a limit. A set that is looked at before its
    /// turn comes has been taken over by that.
    pub(super) fn rescale(&self, limit: Limit, now: u64) {
        for set in &self.sets {
            let mut set = lock(set);
            if set.limit != limit {
                set.rescale(limit, now);
            }
        }
    }

    /// When the bucket of a key is full.
    pub(super) fn full_at(&self, hash: u64, limit: Limit, now: u64) -> u64 {
        self.with_set(hash, limit, now, |set| {
            set.place(hash).map_or(0, |place| set.full_at[place])
        })
    }

    /// How many keys have a bucket that is not full.
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
        // The high bits of a product are an even choice of the sets.
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
        // Every place is looked at, without a branch each: that is quicker
        // than to stop at the first.
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
