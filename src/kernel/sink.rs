//! Where projected pixels go.

use fearless_simd::prelude::*;

use super::decode::{Sample, pair_len};
use super::encode::store_finite_levels;
use super::evaluate::Rgb;

/// Pixels in a block of planar RGB.
pub(super) const BLOCK: usize = 256;

/// Finds out whether all of many pixels are finite.
#[derive(Clone, Copy)]
pub(super) struct Check<S: Simd> {
    /// Zero, or NaN.
    poison: S::f32s,
    /// The lowest level as a whole number: `i32::MIN` stands for what is none.
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
        // Zero times a finite number changes nothing, ever.
        self.poison = rgb[0][0].mul_add(0.0, self.poison);
        self.poison = rgb[0][1].mul_add(0.0, self.poison);
    }

    #[inline(always)]
    pub(super) fn all_finite(self) -> bool {
        self.poison.is_finite().all_true() && self.lowest.simd_gt(i32::MIN).all_true()
    }
}

/// Where projected pixels go.
pub(super) trait Sink {
    /// Takes pixels `first..first + pair_len`, in the order in which `T` loads.
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, first: usize, check: &mut Check<S>);
}

/// An RGB8 picture, for pixels that are finite.
pub(super) struct Picture<'a> {
    pub(super) out: &'a mut [u8],
}

impl Sink for Picture<'_> {
    #[inline(always)]
    fn put<S: Simd, T: Sample>(
        &mut self,
        simd: S,
        rgb: Rgb<S>,
        first: usize,
        check: &mut Check<S>,
    ) {
        let out = &mut self.out[first * 3..][..pair_len::<S>() * 3];
        store_finite_levels::<S, T>(simd, rgb, check, out);
    }
}

/// Planar RGB in the range of the encoding.
pub(super) struct Block {
    pub(super) rgb: [[f32; BLOCK]; 3],
}

impl Block {
    pub(super) const fn new() -> Self {
        Self {
            rgb: [[0.0; BLOCK]; 3],
        }
    }

    /// Keeps pixels `first..first + pair_len`, given in the order in which `T` loads.
    #[inline(always)]
    pub(super) fn store<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, first: usize) {
        for (plane, pair) in self.rgb.iter_mut().zip(rgb) {
            let plane = &mut plane[first..first + pair_len::<S>()];
            let (out_low, out_high) = plane.split_at_mut(S::f32s::LEN);
            let [low, high] = T::in_order::<S>(simd, [pair[0].bitcast(), pair[1].bitcast()]);
            low.bitcast::<S::f32s>().store_slice(out_low);
            high.bitcast::<S::f32s>().store_slice(out_high);
        }
    }
}

impl Sink for &mut Block {
    #[inline(always)]
    fn put<S: Simd, T: Sample>(
        &mut self,
        simd: S,
        rgb: Rgb<S>,
        first: usize,
        check: &mut Check<S>,
    ) {
        check.add(rgb);
        self.store::<S, T>(simd, rgb, first);
    }
}
