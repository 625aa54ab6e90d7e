//! The evidence, after a loop, that all its pixels were finite.

use fearless_simd::prelude::*;

use super::pixelwise::Rgb;

/// Evidence of non-finite pixels.
#[derive(Clone, Copy)]
pub(super) struct Check<S: Simd> {
    /// Zero, or NaN.
    poison: S::f32s,
    /// The lowest number that was rounded; `i32::MIN` stands for a number that cannot be
    /// rounded.
    pub(super) lowest: S::i32s,
}

impl<S: Simd> Check<S> {
    #[inline(always)]
    pub(super) fn new(simd: S) -> Self {
        Self {
            poison: S::f32s::splat(simd, 0.0),
            lowest: S::i32s::splat(simd, 0),
        }
    }

    /// A NaN or infinite latent makes all of R, G and B non-finite, so one is enough.
    #[inline(always)]
    pub(super) fn add(&mut self, rgb: Rgb<S>) {
        // Zero times a finite number never changes the sum.
        self.poison = rgb[0][0].mul_add(0.0, self.poison);
        self.poison = rgb[0][1].mul_add(0.0, self.poison);
    }

    #[inline(always)]
    pub(super) fn all_finite(self) -> bool {
        self.poison.is_finite().all_true() && self.lowest.simd_gt(i32::MIN).all_true()
    }
}
