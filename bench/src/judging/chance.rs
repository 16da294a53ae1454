//! Numbers that look like chance and are the same on every machine (SplitMix64). For made data only; decides nothing.

/// A stream of numbers from a seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// A stream of its own for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `from` up to but not `until`; `from` when there is none.
    pub fn within(&mut self, from: i64, until: i64) -> i64 {
        let span = u64::try_from(until - from).unwrap_or(0).max(1);
        from + i64::try_from(self.next_number() % span).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, of_hundred: i64) -> bool {
        self.within(0, 100) < of_hundred
    }

    /// One of them; `None` of none.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.within(0, i64::try_from(of.len()).unwrap_or(0))).unwrap_or(0))
    }

    /// Several of them, without repeats, in their order: at least one when there is any.
    pub fn some<T: Copy>(&mut self, of: &[T], count: i64) -> Vec<T> {
        let mut left = usize::try_from(count).unwrap_or(1).clamp(1, of.len().max(1));
        let mut taken = Vec::new();
        for (n, one) in of.iter().enumerate() {
            let rest = i64::try_from(of.len() - n).unwrap_or(1);
            if left > 0 && self.within(0, rest) < i64::try_from(left).unwrap_or(0) {
                taken.push(*one);
                left -= 1;
            }
        }
        taken
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        u64::try_from((u128::from(self.next_number()) * u128::from(n)) >> 64).unwrap_or(0)
    }

    /// A number from `-n` to `n`.
    pub fn about(&mut self, n: u32) -> i64 {
        i64::try_from(self.below(u64::from(n) * 2 + 1)).unwrap_or(0) - i64::from(n)
    }

    /// One of several by their weights: its position.
    pub fn pick(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum::<u64>().max(1));
        for (at, weight) in weights.iter().enumerate() {
            if left < *weight {
                return at;
            }
            left -= weight;
        }
        0
    }
}
