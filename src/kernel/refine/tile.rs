//! A tile on the stack: the RGB of some rows, with a border of one pixel.

use fearless_simd::prelude::*;

use crate::kernel::block::Block;
use crate::kernel::pixelwise::{Rgb, splat};
use crate::kernel::sample::{Sample, pair_len};

/// The number of floats per color in a tile.
pub(super) const TILE: usize = 1024;

/// A strip of columns.
#[derive(Clone, Copy)]
pub(super) struct Strip {
    /// The first column and the number of columns.
    pub(super) x: usize,
    pub(super) width: usize,
    /// The same with the existing neighbors that the filter needs.
    pub(super) outer_x: usize,
    pub(super) outer_width: usize,
}

impl Strip {
    pub(super) fn new(x: usize, widest: usize, border: usize, image_width: usize) -> Self {
        let end = (x + widest).min(image_width);
        let outer_x = x.saturating_sub(border);
        Self {
            x,
            width: end - x,
            outer_x,
            outer_width: (end + border).min(image_width) - outer_x,
        }
    }

    /// The column of a tile at which the outer columns begin; its column 1 is column `x`.
    pub(super) const fn tile_column(&self) -> usize {
        self.outer_x + 1 - self.x
    }
}

/// Planar RGB of some rows, with a border.
pub(super) struct Tile {
    pub(super) rgb: [[f32; TILE]; 3],
    /// The number of floats from one row to the next.
    pub(super) stride: usize,
}

impl Tile {
    /// Moves `count` rows from `from` on to the top.
    pub(super) fn move_rows(&mut self, from: usize, count: usize) {
        let stride = self.stride;
        for plane in &mut self.rgb {
            plane.copy_within(from * stride..(from + count) * stride, 0);
        }
    }

    pub(super) fn copy_row(&mut self, from: usize, to: usize) {
        let stride = self.stride;
        for plane in &mut self.rgb {
            plane.copy_within(from * stride..(from + 1) * stride, to * stride);
        }
    }

    /// Continues rows beyond the left and right edge of the image.
    pub(super) fn copy_edges(
        &mut self,
        strip: Strip,
        image_width: usize,
        rows: core::ops::Range<usize>,
    ) {
        for plane in &mut self.rgb {
            for row in rows.clone() {
                let row = &mut plane[row * self.stride..][..self.stride];
                if strip.x == 0 {
                    row[0] = row[1];
                }
                if strip.x + strip.width == image_width {
                    row[strip.width + 1] = row[strip.width];
                }
            }
        }
    }

    /// Copies pixels of a block to the outer columns of the rows from `row` on, starting with
    /// the `at`-th of these columns.
    pub(super) fn put(&mut self, block: &Block, strip: Strip, row: usize, at: usize, count: usize) {
        let mut done = 0;
        while done < count {
            let (y, x) = (
                (at + done) / strip.outer_width,
                (at + done) % strip.outer_width,
            );
            let columns = (strip.outer_width - x).min(count - done);
            let place = (row + y) * self.stride + strip.tile_column() + x;
            for (plane, from) in self.rgb.iter_mut().zip(&block.rgb) {
                plane[place..place + columns].copy_from_slice(&from[done..done + columns]);
            }
            done += columns;
        }
    }

    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S, at: usize) -> Rgb<S> {
        let pair = pair_len::<S>();
        [
            f32::load(simd, &self.rgb[0][at..at + pair]),
            f32::load(simd, &self.rgb[1][at..at + pair]),
            f32::load(simd, &self.rgb[2][at..at + pair]),
        ]
    }

    #[inline(always)]
    pub(super) fn store<S: Simd>(&mut self, rgb: Rgb<S>, at: usize) {
        for (plane, pair) in self.rgb.iter_mut().zip(rgb) {
            let (low, high) = plane[at..at + pair_len::<S>()].split_at_mut(S::f32s::LEN);
            pair[0].store_slice(low);
            pair[1].store_slice(high);
        }
    }

    /// The weighted sum of the 3x3 pixels whose middle left one is at `start`.
    #[inline(always)]
    pub(super) fn filter<S: Simd>(
        &self,
        simd: S,
        start: usize,
        [center, edge, corner]: [f32; 3],
    ) -> Rgb<S> {
        let mut rgb = splat(simd, &[0.0; 3]);
        for (color, plane) in rgb.iter_mut().zip(&self.rgb) {
            for (half, sum) in color.iter_mut().enumerate() {
                let at = start + half * S::f32s::LEN;
                let (above, below) = (at - self.stride, at + self.stride);
                let left = vector(simd, plane, above) + vector(simd, plane, below);
                let middle = vector(simd, plane, above + 1) + vector(simd, plane, below + 1);
                let right = vector(simd, plane, above + 2) + vector(simd, plane, below + 2);
                let corners = left + right;
                let edges = middle + (vector(simd, plane, at) + vector(simd, plane, at + 2));
                *sum = corners.mul_add(
                    corner,
                    edges.mul_add(edge, vector(simd, plane, at + 1) * center),
                );
            }
        }
        rgb
    }
}

#[inline(always)]
fn vector<S: Simd>(simd: S, plane: &[f32; TILE], at: usize) -> S::f32s {
    S::f32s::from_slice(simd, &plane[at..at + S::f32s::LEN])
}
