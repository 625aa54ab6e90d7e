//! Where projected pixels go.

use fearless_simd::prelude::*;

use super::decode::{Sample, pair_len};
use super::encode::store_finite_levels;
use super::evaluate::Rgb;

/// Pixels in a block of planar RGB.
pub(super) const BLOCK: usize = 256;

/// Where projected pixels go.
pub(super) trait Sink {
    /// Takes pixels `first..first + pair_len`, in the order in which `T` loads.
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, first: usize);
}

/// An RGB8 picture, for pixels that are finite.
pub(super) struct Picture<'a> {
    pub(super) out: &'a mut [u8],
}

impl Sink for Picture<'_> {
    #[inline(always)]
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, first: usize) {
        let out = &mut self.out[first * 3..][..pair_len::<S>() * 3];
        store_finite_levels::<S, T>(simd, rgb, out);
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
}

impl Sink for &mut Block {
    #[inline(always)]
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, first: usize) {
        for (plane, pair) in self.rgb.iter_mut().zip(rgb) {
            let plane = &mut plane[first..first + pair_len::<S>()];
            let (out_low, out_high) = plane.split_at_mut(S::f32s::LEN);
            let [low, high] = T::in_order::<S>(simd, [pair[0].bitcast(), pair[1].bitcast()]);
            low.bitcast::<S::f32s>().store_slice(out_low);
            high.bitcast::<S::f32s>().store_slice(out_high);
        }
    }
}
