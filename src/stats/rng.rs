//! Random streams that depend on seed, purpose and replicate alone.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The root of all random streams of one purpose: SHA-256 of the seed and the purpose's name.
#[derive(Debug, Clone, Copy)]
pub struct Purpose([u8; 32]);

impl Purpose {
    /// The purpose `name` (`"interval"`, `"sample/…"`) under a seed.
    pub fn new(seed: u64, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(name.as_bytes());
        Purpose(hash.finalize().into())
    }

    /// The stream of one replicate (or item) of this purpose.
    pub fn stream(&self, replicate: u64) -> Stream {
        // Related seeds give related states; SplitMix parts them.
        let start = self.0.chunks_exact(8).fold(split_mix(replicate), |acc, chunk| {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            split_mix(acc ^ u64::from_le_bytes(word))
        });
        Stream::from_seed(start)
    }

    /// One number of this purpose, to seed something else with.
    pub fn number(&self, replicate: u64) -> u64 {
        self.stream(replicate).next()
    }
}

fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of random numbers (xoshiro256++).
#[derive(Debug, Clone)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// A stream from a number.
    pub fn from_seed(seed: u64) -> Self {
        Stream(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// The next 64 random bits.
    #[expect(clippy::should_implement_trait, reason = "a stream of numbers, not an iterator that ends")]
    pub fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `bound`, each as likely (Lemire 2019). 0 where `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        let threshold = bound.wrapping_neg().checked_rem(bound).unwrap_or(0);
        loop {
            let product = (self.next() >> 32) * u64::from(bound);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_purpose_and_replicate_and_by_nothing_else() {
        let first = |seed, name, replicate| Purpose::new(seed, name).number(replicate);
        assert_eq!(first(1, "interval", 0), first(1, "interval", 0));
        let all = [first(1, "interval", 0), first(2, "interval", 0), first(1, "paired", 0), first(1, "interval", 1)];
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b));
        }
    }

    #[test]
    fn bounded_numbers_are_even() {
        let mut stream = Purpose::new(7, "test").stream(0);
        let mut counts = [0u32; 6];
        for _ in 0..60_000 {
            counts[stream.below(6) as usize] += 1;
        }
        assert!(counts.iter().all(|c| (9_600..10_400).contains(c)), "{counts:?}");
    }
}
