//! A pseudorandom number generator whose sequence for a seed never changes.
//!
//! SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
//! generators", 2014) computes its nth number independently of the others, so
//! that calls may draw in any order and from any thread. It is implemented here
//! and not taken from a dependency: a seed that once showed a bug must show it
//! after an upgrade too.

/// The sequence of one seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seeded(pub(super) u64);

impl Seeded {
    /// The nth number.
    fn bits(self, nth: u64) -> u64 {
        let state = self
            .0
            .wrapping_add(nth.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The nth number, scaled to `0.0..1.0`.
    pub(super) fn unit(self, nth: u64) -> f64 {
        // A double has 53 bits of precision, and holds each of these exactly.
        (self.bits(nth) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers that the algorithm's authors publish for this seed.
    #[test]
    fn numbers_match_the_published_splitmix64() {
        let numbers: Vec<u64> = (0..5).map(|nth| Seeded(1_234_567).bits(nth)).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(numbers, published);
    }

    #[test]
    fn units_are_uniform_and_below_one() {
        let units: Vec<f64> = (0..100_000).map(|nth| Seeded(0).unit(nth)).collect();
        assert!(units.iter().all(|unit| (0.0..1.0).contains(unit)));
        for tenth in 0..10 {
            let low = f64::from(tenth) / 10.0;
            let within = units.iter().filter(|unit| (low..low + 0.1).contains(*unit));
            let share = within.count() as f64 / 100_000.0;
            assert!((0.095..0.105).contains(&share), "{share} at {low}");
        }
    }
}
