//! The hash function of the route table.
//!
//! The keys of the table are paths of the program, and peers only look paths
//! up: they cannot fill the table with paths that collide. So the hash needs
//! no secret, it only has to spread short paths well, and one multiplication
//! per eight bytes does that.

use std::hash::Hasher;

/// Hashes the path of a method; see the [module](self).
#[derive(Clone, Debug, Default)]
pub(super) struct PathHasher(u64);

/// An odd number with well mixed bits: the fraction of the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl PathHasher {
    /// Mixes `word` into the state so that every bit of both affects every bit
    /// of the result: the table uses the lowest and the highest bits.
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

    /// Ignores the terminator of a string: the last word has the length.
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
    fn similar_paths_are_spread_over_a_table() {
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
