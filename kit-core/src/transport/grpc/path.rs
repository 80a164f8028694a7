//! How the path of a method is hashed.
//!
//! What is looked up comes from peers, and what is found comes from the
//! program alone: nobody can fill the table with paths that collide. So the
//! hash need not keep a secret, only spread short paths well, and a multiply
//! for every eight bytes does that.

use std::hash::Hasher;

/// Hashes the path of a method.
#[derive(Clone, Debug, Default)]
pub(super) struct PathHasher(u64);

/// An odd number with its bits well mixed: the golden ratio's fraction.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl PathHasher {
    /// Every bit of what was there and of `word` has its part in every bit of
    /// what comes out: the table looks at the lowest bits and at the highest.
    #[inline]
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for PathHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        last[7] = rest.len() as u8;
        self.mix(u64::from_le_bytes(last));
    }

    /// What ends a string: its last word has its length.
    #[inline]
    fn write_u8(&mut self, _: u8) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{BuildHasher as _, BuildHasherDefault};

    use super::*;

    fn hash(path: &str) -> u64 {
        BuildHasherDefault::<PathHasher>::default().hash_one(path)
    }

    #[test]
    fn paths_that_differ_little_are_spread_over_a_table() {
        let paths = (0..1_000).map(|n| format!("/pb.Items{}/Get{}", n / 10, n % 10));
        let hashes: Vec<u64> = paths.map(|path| hash(&path)).collect();
        let distinct = |of: fn(u64) -> u64| {
            let bits: HashSet<u64> = hashes.iter().map(|hash| of(*hash)).collect();
            bits.len()
        };
        // Of 1,000 balls in 2,048 boxes, chance leaves about 790 boxes in use.
        assert!(distinct(|hash| hash % 2_048) > 700);
        assert_eq!(distinct(|hash| hash >> 57), 128);
        assert_eq!(distinct(|hash| hash), 1_000);
    }

    #[test]
    fn the_length_of_a_path_counts() {
        assert_ne!(hash("/a"), hash("/a\0"));
        assert_ne!(hash(""), hash("\0"));
    }
}
