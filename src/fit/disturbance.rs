//! Disturbances that turn clean latents into noisy or distorted ones.

use super::pairs::Pair;

/// A change of the latents of a [disturbed](super::Fit::disturbed) copy.
///
/// ```
/// use latent_preview::fit::Disturbance;
///
/// let half_way = Disturbance::Noise { signal: 0.5 };
/// let too_much_guidance = Disturbance::Gain(1.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Disturbance {
    /// `sqrt(signal) x + sqrt(1 - signal) noise`, as in the middle of sampling. The noise is
    /// the same in every run.
    Noise {
        /// The share of the latents' variance, 0 to 1. Values outside are clamped; NaN counts
        /// as 1.
        signal: f64,
    },
    /// More or less contrast around each channel's mean in the image. Too much guidance has
    /// this effect. 1 changes nothing; NaN and infinities count as 1.
    Gain(f64),
}

impl Disturbance {
    pub(super) fn apply(self, pair: &mut Pair, noise: &mut Noise) {
        match self {
            Self::Noise { signal } => {
                let signal = if signal.is_nan() {
                    1.0
                } else {
                    signal.clamp(0.0, 1.0)
                };
                let (kept, added) = (libm::sqrt(signal), libm::sqrt(1.0 - signal));
                for sample in &mut pair.latents {
                    *sample = (kept * f64::from(*sample) + added * noise.normal()) as f32;
                }
            }
            Self::Gain(gain) if gain.is_finite() => {
                let pixels = pair.target.len();
                for plane in pair.latents.chunks_exact_mut(pixels) {
                    let sum: f64 = plane.iter().map(|&sample| f64::from(sample)).sum();
                    let mean = sum / pixels as f64;
                    for sample in plane {
                        *sample = (mean + gain * (f64::from(*sample) - mean)) as f32;
                    }
                }
            }
            Self::Gain(_) => {}
        }
    }
}

/// A generator of uniform 64-bit numbers (SplitMix64, Steele, Lea and Flood 2014), which the
/// Box-Muller transform makes normal.
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

    /// One of `0..count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    /// A value above 0 and at most 1.
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// A normal value with mean 0 and variance 1.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.uniform()));
        radius * libm::cos(core::f64::consts::TAU * self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::{Disturbance, Noise};
    use crate::fit::pairs::Pair;

    fn disturbed(disturbance: Disturbance, latents: &[f32], pixels: usize) -> Vec<f32> {
        let mut pair = Pair {
            height: 1,
            width: pixels,
            latents: latents.to_vec(),
            target: vec![[0.0; 3]; pixels],
        };
        disturbance.apply(&mut pair, &mut Noise::new(2));
        pair.latents
    }

    #[test]
    fn a_gain_is_about_the_mean_of_each_channel() {
        let latents = [1.0, 3.0, 8.0, 10.0, 10.0, 13.0];
        let gained = disturbed(Disturbance::Gain(2.5), &latents, 3);
        assert_eq!(gained, [-3.5, 1.5, 14.0, 8.5, 8.5, 16.0]);
        for none in [1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(disturbed(Disturbance::Gain(none), &latents, 3), latents);
        }
    }

    #[test]
    fn noise_leaves_the_signal_its_share_of_the_variance() {
        let mut noise = Noise::new(1);
        let latents: Vec<_> = (0..20_000).map(|_| noise.normal() as f32).collect();
        let noisy = |signal| disturbed(Disturbance::Noise { signal }, &latents, 20_000);
        let product = |a: &[f32], b: &[f32]| {
            let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
            products.sum::<f64>() / 20_000.0
        };
        for (signal, share) in [(-1.0, 0.0), (0.0, 0.0), (0.2, 0.2), (0.7, 0.7)] {
            let noisy = noisy(signal);
            assert!((product(&noisy, &noisy) - 1.0).abs() < 0.05, "{signal}");
            let kept = product(&noisy, &latents);
            assert!((kept - libm::sqrt(share)).abs() < 0.05, "{signal}: {kept}");
        }
        for all in [1.0, 2.0, f64::NAN] {
            assert_eq!(noisy(all), latents);
        }
    }

    #[test]
    fn each_of_a_count_is_as_likely() {
        let mut noise = Noise::new(3);
        let mut times = [0; 5];
        (0..10_000).for_each(|_| times[noise.below(5)] += 1);
        assert!(
            times.iter().all(|&times| (1_850..2_150).contains(&times)),
            "{times:?}"
        );
    }

    /// The first outputs of the authors' generator for this seed.
    #[test]
    fn the_generator_is_splitmix64() {
        let mut noise = Noise::new(1_234_567);
        let first = [(); 3].map(|()| noise.next());
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(first, expected);
    }

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
