//! Where the channels of a run of pixels are loaded from.

use fearless_simd::prelude::*;

use super::decode::{MAX_PAIR, Pair, Sample, pair_len};
use super::grid::Grid;
use super::sink::BLOCK;

/// Samples that are gathered at a time.
const GATHERED: usize = 4096;

/// Where channels are loaded from.
pub(super) trait Source {
    type Sample: Sample;

    /// Loads pixels `first..first + pair_len` of channel `c`.
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S>;
}

/// Contiguous planes, `stride` apart.
pub(super) struct Planes<'a, T> {
    pub(super) samples: &'a [T],
    pub(super) stride: usize,
}

impl<T: Sample> Source for Planes<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S> {
        let start = c * self.stride + first;
        T::load(simd, &self.samples[start..start + pair_len::<S>()])
    }
}

/// The weighted sum of two stacks of planes.
pub(super) struct Mixed<'a, T> {
    pub(super) planes: [Planes<'a, T>; 2],
    pub(super) weights: [f32; 2],
}

impl<T: Sample> Source for Mixed<'_, T> {
    type Sample = T;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S> {
        let x = self.planes[0].load(simd, c, first);
        let y = self.planes[1].load(simd, c, first);
        let x_weight = S::f32s::splat(simd, self.weights[0]);
        let y_weight = S::f32s::splat(simd, self.weights[1]);
        [
            y[0].mul_add(y_weight, x[0] * x_weight),
            y[1].mul_add(y_weight, x[1] * x_weight),
        ]
    }
}

/// Samples anywhere, picked one by one: for more channels than can be gathered, which no
/// known format has. So this is compiled once, whatever the grid.
pub(super) struct Scattered<'a> {
    /// A channel of a pixel.
    pub(super) sample: &'a dyn Fn(usize, usize) -> f32,
    pub(super) first: usize,
    pub(super) count: usize,
}

impl Source for Scattered<'_> {
    type Sample = f32;

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize) -> Pair<S> {
        let mut picked = [0.0; MAX_PAIR];
        for (pixel, sample) in (self.first + first..)
            .zip(&mut picked)
            .take(self.count - first)
        {
            *sample = (self.sample)(c, pixel);
        }
        f32::load(simd, &picked[..pair_len::<S>()])
    }
}

/// Short planes that samples of any layout are copied into.
pub(super) struct Gathered<T> {
    pub(super) samples: [T; GATHERED],
}

impl<T: Sample> Gathered<T> {
    pub(super) fn new() -> Self {
        Self {
            samples: [T::ZERO; GATHERED],
        }
    }

    /// Pixels that fit for each channel, in whole pairs of vectors; 0 if none do.
    pub(super) fn pixels_per_plane<S: Simd>(channels: usize) -> usize {
        let fit = (GATHERED / channels).min(BLOCK);
        fit - fit % pair_len::<S>()
    }

    /// Copies `count` pixels from `first` on into planes `stride` apart.
    pub(super) fn fill<S: Simd, G: Grid<Sample = T>>(
        &mut self,
        simd: S,
        grid: G,
        first: usize,
        count: usize,
        stride: usize,
    ) -> Planes<'_, T> {
        grid.gather(simd, first, count, &mut self.samples, stride);
        Planes {
            samples: &self.samples,
            stride,
        }
    }
}
