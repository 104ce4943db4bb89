//! numpy's default generator: PCG64 (O'Neill 2014, XSL-RR 128/64), seeded through `SeedSequence`.

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// `numpy.random.default_rng(seed)`, as far as integers and booleans go.
#[derive(Debug, Clone)]
pub struct Pcg64 {
    state: u128,
    increment: u128,
    /// The high half of the last 64 bits, where only the low half was asked for.
    half: Option<u32>,
}

impl Pcg64 {
    /// The generator that numpy makes of a seed below 2^64.
    pub fn new(seed: u64) -> Self {
        let words = seed_sequence(seed);
        let pair = |i: usize| u64::from(words[2 * i]) | u64::from(words[2 * i + 1]) << 32;
        let wide = |i: usize| u128::from(pair(i)) << 64 | u128::from(pair(i + 1));
        let mut made = Pcg64 { state: 0, increment: wide(2) << 1 | 1, half: None };
        made.step();
        made.state = made.state.wrapping_add(wide(0));
        made.step();
        made
    }

    /// The state and the increment, as numpy shows them.
    pub fn state(&self) -> (u128, u128) {
        (self.state, self.increment)
    }

    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.step();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    /// The next 32 bits: the low half of 64 first, then the high one.
    pub fn next_u32(&mut self) -> u32 {
        if let Some(high) = self.half.take() {
            return high;
        }
        let both = self.next_u64();
        self.half = Some((both >> 32) as u32);
        both as u32
    }

    /// A number below `bound` (at least 1), as `choice` and `integers` draw it (Lemire 2019). Of a bound of 1 nothing
    /// is drawn.
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound <= 1 {
            return 0;
        }
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.next_u32()) * u64::from(bound);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// So many booleans in one call, as `integers(2, dtype=bool)` draws them: the bits of 32-bit words from the lowest
    /// up, what is left of the last word thrown away.
    pub fn booleans(&mut self, n: usize) -> Vec<bool> {
        let mut drawn = Vec::with_capacity(n);
        while drawn.len() < n {
            let word = self.next_u32();
            drawn.extend((0..32).map(|bit| word >> bit & 1 == 1).take(n - drawn.len()));
        }
        drawn
    }
}

/// Eight words of `SeedSequence(seed)`: a pool of four hashed words, mixed each into each (numpy's own scheme).
fn seed_sequence(seed: u64) -> [u32; 8] {
    const XOR: (u32, u32) = (0x43b0_d7e5, 0x931e_8875);
    const OUT: (u32, u32) = (0x8b51_f9dd, 0x58f3_8ded);
    fn scramble(value: u32, constant: &mut u32, multiplier: u32) -> u32 {
        let value = value ^ *constant;
        *constant = constant.wrapping_mul(multiplier);
        let value = value.wrapping_mul(*constant);
        value ^ value >> 16
    }
    fn mix(into: u32, from: u32) -> u32 {
        let mixed = into.wrapping_mul(0xca01_f9dd).wrapping_sub(from.wrapping_mul(0x4973_f715));
        mixed ^ mixed >> 16
    }
    let mut constant = XOR.0;
    let mut pool = [seed as u32, (seed >> 32) as u32, 0, 0].map(|word| scramble(word, &mut constant, XOR.1));
    for from in 0..4 {
        for into in (0..4).filter(|&into| into != from) {
            pool[into] = mix(pool[into], scramble(pool[from], &mut constant, XOR.1));
        }
    }
    let mut constant = OUT.0;
    std::array::from_fn(|i| scramble(pool[i % 4], &mut constant, OUT.1))
}
