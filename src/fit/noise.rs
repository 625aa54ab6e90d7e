//! Normally distributed numbers, the same in every run.

/// A generator of uniform 64-bit numbers (SplitMix64, Steele, Lea and Flood 2014)
/// made normal by the Box-Muller transform.
pub(super) struct Noise(u64);

impl Noise {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// More than 0, at most 1.
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Of mean 0 and variance 1.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.uniform()));
        radius * libm::cos(core::f64::consts::TAU * self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn moments_are_those_of_a_normal_distribution() {
        let mut noise = Noise::new(1);
        let values: alloc::vec::Vec<_> = (0..100_000).map(|_| noise.normal()).collect();
        let moment = |power| values.iter().map(|v| v.powi(power)).sum::<f64>() / 100_000.0;
        for (power, expected) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)] {
            assert!((moment(power) - expected).abs() < 0.05, "{power}");
        }
    }
}
