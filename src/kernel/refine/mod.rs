//! Projections that read neighbors: an affine stage, a filter over RGB, a color correction.
//!
//! The picture is made in strips of columns, each from top to bottom in bands of
//! rows that fit into a tile on the stack. A tile holds the RGB of the affine
//! stage with a border of one pixel: neighbors, or copies at the picture's edge.

mod affine;
mod finish;
mod tile;

use fearless_simd::prelude::*;

use self::affine::Affine;
use self::finish::Finish;
use self::tile::{Strip, TILE, Tile};
use super::block::{BLOCK, Encode};
use super::pixelwise::Scratch;
use super::sample::pair_len;
use super::source::Source;
use crate::map::Refined;

/// The widest strip of a 3x3 stage: narrow, so that many rows fit and few are loaded twice.
const NARROW: usize = 64;

/// Returns `true` only if all latents are finite.
pub(super) fn preview<S: Simd>(
    simd: S,
    refined: &Refined,
    source: &Source<'_>,
    range: (f32, f32),
    encode: Encode<S>,
    out: &mut [u8],
) -> bool {
    let mut scratch = Scratch::new();
    let affine = Affine::new(refined, source);
    let finish = Finish::new(simd, refined, range);
    // Only a filter needs a border.
    let border = usize::from(refined.filter.is_some());
    let (height, width) = (source.height, source.width);
    let widest = if refined.is_3x3 { NARROW } else { BLOCK - 2 };
    let mut all_finite = true;
    for x in (0..width).step_by(widest) {
        let strip = Strip::new(x, widest, border, width);
        let mut tile = Tile {
            rgb: [[0.0; TILE]; 3],
            stride: strip.width + 2 + pair_len::<S>(),
        };
        let band = (TILE / tile.stride - 2).min(height);
        for top in (0..height).step_by(band) {
            let bottom = (top + band).min(height);
            // The rows around the end of the last band are already in the tile.
            let mut start = top;
            if border > 0 && top > 0 {
                tile.move_rows(band, 2);
                start = top + 1;
            }
            let end = (bottom + border).min(height);
            let first_row = start + border - top;
            if start < end {
                let rows = start..end;
                all_finite &= affine.fill(simd, strip, rows, first_row, &mut tile, &mut scratch);
            }
            if border > 0 {
                tile.copy_edges(strip, width, first_row..end + 1 - top);
                if top == 0 {
                    tile.copy_row(1, 0);
                }
                if bottom == height {
                    tile.copy_row(bottom - top, bottom - top + 1);
                }
            }
            for y in top..bottom {
                let row = (y + border - top) * tile.stride;
                let block = &mut scratch.block;
                finish.row(simd, &tile, row, strip.width, !all_finite, block);
                encode(simd, block, y * width + strip.x, strip.width, out);
            }
        }
    }
    all_finite
}
