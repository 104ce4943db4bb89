//! numpy's legacy generator: MT19937 (Matsumoto & Nishimura 1998), seeded with one integer.

const N: usize = 624;
const M: usize = 397;

/// `numpy.random.seed(seed)` and what `numpy.random.choice` draws after it.
#[derive(Debug, Clone)]
pub struct Mt19937 {
    words: [u32; N],
    at: usize,
}

impl Mt19937 {
    /// The generator of a 32-bit seed.
    pub fn new(seed: u32) -> Self {
        let mut words = [seed; N];
        for i in 1..N {
            let before = words[i - 1];
            words[i] = 1_812_433_253u32.wrapping_mul(before ^ before >> 30).wrapping_add(i as u32);
        }
        Mt19937 { words, at: N }
    }

    /// The generator in a state that numpy's `get_state` tells; `None` for what is none.
    pub fn from_state(words: &[u32], at: usize) -> Option<Self> {
        (at <= N).then_some(())?;
        Some(Mt19937 { words: words.try_into().ok()?, at })
    }

    /// The state, as `set_state` takes it: 624 words, and how many of them are used up.
    pub fn state(&self) -> (&[u32], usize) {
        (&self.words, self.at)
    }

    fn refill(&mut self) {
        for i in 0..N {
            let joined = self.words[i] & 0x8000_0000 | self.words[(i + 1) % N] & 0x7fff_ffff;
            let twist = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[i] = self.words[(i + M) % N] ^ joined >> 1 ^ twist;
        }
        self.at = 0;
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.at == N {
            self.refill();
        }
        let mut word = self.words[self.at];
        self.at += 1;
        word ^= word >> 11;
        word ^= word << 7 & 0x9d2c_5680;
        word ^= word << 15 & 0xefc6_0000;
        word ^ word >> 18
    }

    /// A number below `bound` (at least 1) as the legacy `choice` draws it: masked to the bits of `bound - 1`, drawn again
    /// while it is too large. Of a bound of 1 nothing is drawn.
    pub fn below(&mut self, bound: u32) -> u32 {
        let most = bound.saturating_sub(1);
        if most == 0 {
            return 0;
        }
        let mask = u32::MAX >> most.leading_zeros();
        loop {
            let drawn = self.next_u32() & mask;
            if drawn <= most {
                return drawn;
            }
        }
    }
}
