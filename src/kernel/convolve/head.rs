//! The last stage: the head, the skip, and the output pixels of a latent pixel.

use fearless_simd::prelude::*;

use super::products::{add_products, vectors};
use super::rows::Input;
use crate::kernel::block::Block;
use crate::map::tiny::MAX_SCALE;
use crate::map::{Conv, TinyDecoder};

/// Makes rows of the picture from the last layer's rows.
pub(super) struct Head<'a> {
    conv: Conv<'a>,
    /// One weight per channel for each of R, G and B.
    skip: Conv<'a>,
    scale: usize,
    /// Factor and offset from display values to the range of the pixel format.
    range: [f32; 2],
    /// A row of the picture for each row of places.
    blocks: [Block; MAX_SCALE],
}

impl<'a> Head<'a> {
    /// `factor` and `offset` convert from decoder range.
    pub(super) fn new(decoder: &'a TinyDecoder, (factor, offset): (f32, f32)) -> Self {
        // The range of display values is half as wide as decoder range; its 0 is decoder
        // range's -1.
        Self {
            conv: decoder.head(),
            skip: decoder.skip(),
            scale: decoder.scale,
            range: [2.0 * factor, offset - factor],
            blocks: [Block::new(), Block::new()],
        }
    }

    /// The rows that were made last, from top to bottom.
    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks[..self.scale]
    }

    /// Makes the rows of the picture from the last layer's row and the latents' row.
    pub(super) fn row<S: Simd>(
        &mut self,
        simd: S,
        hidden: &Input<'_>,
        latents: &Input<'_>,
        count: usize,
    ) {
        for color in 0..3 {
            self.color(simd, color, hidden, latents, count);
        }
    }

    /// A separate function, so that its code is not compiled three times.
    fn color<S: Simd>(
        &mut self,
        simd: S,
        color: usize,
        hidden: &Input<'_>,
        latents: &Input<'_>,
        count: usize,
    ) {
        simd.vectorize(
            #[inline(always)]
            || {
                let mut x = 0;
                while x < count {
                    let left = (count - x).div_ceil(S::f32s::LEN);
                    let made = if self.scale == 1 {
                        self.put_most::<S, 1>(simd, color, hidden, latents, x, left)
                    } else {
                        self.put_most::<S, 4>(simd, color, hidden, latents, x, left)
                    };
                    x += made * S::f32s::LEN;
                }
            },
        );
    }

    /// Does as many of the remaining vectors as registers allow; returns how many.
    #[inline(always)]
    fn put_most<S: Simd, const PLACES: usize>(
        &mut self,
        simd: S,
        color: usize,
        hidden: &Input<'_>,
        latents: &Input<'_>,
        x: usize,
        left: usize,
    ) -> usize {
        if const { vectors::<S>() >= 4 } && left >= 4 {
            self.put::<S, PLACES, 4>(simd, color, hidden, latents, x)
        } else if left >= 2 {
            self.put::<S, PLACES, 2>(simd, color, hidden, latents, x)
        } else {
            self.put::<S, PLACES, 1>(simd, color, hidden, latents, x)
        }
    }

    /// Does some vectors of latent pixels; returns how many.
    #[inline(always)]
    fn put<S: Simd, const PLACES: usize, const P: usize>(
        &mut self,
        simd: S,
        color: usize,
        hidden: &Input<'_>,
        latents: &Input<'_>,
        x: usize,
    ) -> usize {
        let mut skip = [[S::f32s::splat(simd, 0.0); P]];
        add_products::<S, 1, 1, P>(simd, [self.skip.row(color)], latents, x, &mut skip);
        let mut sums = [skip[0]; PLACES];
        let bias = &self.conv.bias[color * PLACES..];
        for (sums, &bias) in sums.iter_mut().zip(bias) {
            for sum in sums {
                *sum += bias;
            }
        }
        let weights = self.conv.rows::<PLACES>(color * PLACES);
        add_products::<S, 1, PLACES, P>(simd, weights, hidden, x, &mut sums);
        let [factor, offset] = self.range;
        for sum in sums.as_flattened_mut() {
            *sum = *sum * factor + offset;
        }
        for (line, block) in self.blocks.iter_mut().enumerate().take(self.scale) {
            let plane = &mut block.rgb[color][x * self.scale..];
            let vectors = plane.chunks_exact_mut(S::f32s::LEN * self.scale);
            for (p, places) in vectors.enumerate().take(P) {
                if PLACES == 1 {
                    sums[0][p].store_slice(places);
                } else {
                    let (left, right) = places.split_at_mut(S::f32s::LEN);
                    let [even, odd] = [sums[2 * line][p], sums[2 * line + 1][p]];
                    let (low, high) = even.interleave(odd);
                    low.store_slice(left);
                    high.store_slice(right);
                }
            }
        }
        P
    }
}
