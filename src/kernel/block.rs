//! A run of pixels between a map and its encoding.

use fearless_simd::prelude::*;

use super::check::Check;
use super::pixelwise::Rgb;
use super::sample::{Sample, pair_len};
use super::store::{Encoder, Floats, Rgb8, Rgba8, encode_plane, encode_planes, store_finite_rgb8};
use crate::PixelFormat;

/// The number of pixels in a block.
pub(super) const BLOCK: usize = 256;

/// Planar RGB in the range of the pixel format.
pub(super) struct Block {
    pub(super) rgb: [[f32; BLOCK]; 3],
}

/// Writes the first `count` pixels of a block to the picture, from pixel `first` on.
pub(super) type Encode<S> = fn(S, &Block, first: usize, count: usize, out: &mut [u8]);

/// The encoding of a pixel format, chosen once per picture.
pub(super) fn encoding<S: Simd>(format: PixelFormat) -> Encode<S> {
    match format {
        PixelFormat::Rgb8 => encode::<S, Rgb8<false>>,
        PixelFormat::Rgba8 => encode::<S, Rgba8<false>>,
        PixelFormat::Rgb8Truncated => encode::<S, Rgb8<true>>,
        PixelFormat::Rgba8Truncated => encode::<S, Rgba8<true>>,
        PixelFormat::RgbF32 => encode::<S, Floats<true>>,
        PixelFormat::DecoderF32 => encode::<S, Floats<false>>,
        PixelFormat::RgbF32Planar => encode_planar::<S>,
    }
}

fn encode<S: Simd, E: Encoder>(simd: S, block: &Block, first: usize, count: usize, out: &mut [u8]) {
    let out = &mut out[first * E::BYTES..(first + count) * E::BYTES];
    simd.vectorize(
        #[inline(always)]
        || encode_planes::<S, E>(simd, &block.rgb, out),
    );
}

fn encode_planar<S: Simd>(simd: S, block: &Block, first: usize, count: usize, out: &mut [u8]) {
    let plane = out.len() / 3;
    for (floats, out) in block.rgb.iter().zip(out.chunks_exact_mut(plane)) {
        let out = &mut out[first * 4..(first + count) * 4];
        simd.vectorize(
            #[inline(always)]
            || encode_plane(simd, floats, out),
        );
    }
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

/// A place for the pixels of the hot loop.
pub(super) trait Put {
    /// Takes pixels `at..at + pair_len`, in the order in which `T` loads.
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, at: usize, check: &mut Check<S>);
}

impl Put for &mut Block {
    #[inline(always)]
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, at: usize, check: &mut Check<S>) {
        check.add(rgb);
        self.store::<S, T>(simd, rgb, at);
    }
}

/// The RGB8 bytes of a picture, for finite pixels.
pub(super) struct Rgb8Picture<'a>(pub(super) &'a mut [u8]);

impl Put for Rgb8Picture<'_> {
    #[inline(always)]
    fn put<S: Simd, T: Sample>(&mut self, simd: S, rgb: Rgb<S>, at: usize, check: &mut Check<S>) {
        let out = &mut self.0[at * 3..][..pair_len::<S>() * 3];
        store_finite_rgb8::<S, T>(simd, rgb, check, out);
    }
}
