//! Projections that look at neighbors: an affine stage, a kernel over RGB, a
//! correction of colors.
//!
//! The picture is made in strips of columns, each from top to bottom in bands of
//! rows that fit into a tile on the stack. A tile holds the RGB of the affine
//! stage with a border of one pixel: neighbors, or copies at the picture's edge.

mod finish;
mod neighborhood;
mod tile;

use fearless_simd::prelude::*;

use self::finish::Finish;
use self::neighborhood::{GATHERED, fill_neighborhoods};
use self::tile::{TILE, Tile};
use super::Encoding;
use super::decode::pair_len;
use super::drive::{Blocks, encode_block};
use super::evaluate::Map;
use super::grid::Grid;
use super::sink::{BLOCK, Block};
use crate::projection::{Polynomial, Smoothing, Stages};

/// The widest strip of a stage that looks at neighborhoods: narrow, so that
/// many rows fit and few are gathered twice.
const NARROW: usize = 64;

/// A strip of columns.
#[derive(Clone, Copy)]
struct Strip {
    /// The first column, and how many.
    x: usize,
    width: usize,
    /// The same with neighbors that the kernel needs and that exist.
    outer_x: usize,
    outer_width: usize,
}

/// Returns `true` only if all latents are finite.
pub(super) fn run<S: Simd, G: Grid>(
    simd: S,
    stages: &Stages<'_>,
    grid: G,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    let finish = Finish::new(simd, stages, encoding);
    let mut affine = AffineStage::new(stages, grid);
    let mut block = Block::new();
    // Only a kernel needs a border.
    let border = usize::from(!matches!(stages.smoothing, Smoothing::None));
    let height = grid.pixels() / grid.width();
    let widest = if stages.is_neighborhood {
        NARROW
    } else {
        BLOCK - 2
    };
    let mut all_finite = true;
    for x in (0..grid.width()).step_by(widest) {
        let strip = Strip::new(x, widest, border, grid.width());
        let mut tile = Tile {
            rgb: [[0.0; TILE]; 3],
            stride: strip.width + 2 + pair_len::<S>(),
        };
        let band = (TILE / tile.stride - 2).min(height);
        for top in (0..height).step_by(band) {
            let bottom = (top + band).min(height);
            // The rows around the end of the last band are there already.
            let mut start = top;
            if border > 0 && top > 0 {
                tile.move_rows(band, 2);
                start = top + 1;
            }
            let end = (bottom + border).min(height);
            let first_row = start + border - top;
            all_finite &= affine.fill(simd, strip, start..end, first_row, &mut tile);
            if border > 0 {
                tile.copy_edges(strip, grid.width(), first_row..end + 1 - top);
                if top == 0 {
                    tile.copy_row(1, 0);
                }
                if bottom == height {
                    tile.copy_row(bottom - top, bottom - top + 1);
                }
            }
            for y in top..bottom {
                let row = (y + border - top) * tile.stride;
                finish.row(simd, &tile, row, strip.width, !all_finite, &mut block);
                let first = y * grid.width() + strip.x;
                encode_block(simd, encoding, &block, first, strip.width, out);
            }
        }
    }
    all_finite
}

impl Strip {
    fn new(x: usize, widest: usize, border: usize, image_width: usize) -> Self {
        let end = (x + widest).min(image_width);
        let outer_x = x.saturating_sub(border);
        Self {
            x,
            width: end - x,
            outer_x,
            outer_width: (end + border).min(image_width) - outer_x,
        }
    }

    /// Where the outer columns begin in a tile, whose column 1 is column `x`.
    const fn tile_column(&self) -> usize {
        self.outer_x + 1 - self.x
    }
}

/// The first stage.
struct AffineStage<'a, G: Grid> {
    stages: Stages<'a>,
    grid: G,
    source: Source<G>,
}

// There is one at a time, on the stack.
#[allow(clippy::large_enum_variant)]
enum Source<G: Grid> {
    Pixels(Blocks<G>),
    Neighborhoods([f32; GATHERED]),
}

impl<'a, G: Grid> AffineStage<'a, G> {
    fn new(stages: &Stages<'a>, grid: G) -> Self {
        Self {
            stages: *stages,
            grid,
            source: if stages.is_neighborhood {
                Source::Neighborhoods([0.0; GATHERED])
            } else {
                Source::Pixels(Blocks::new(grid))
            },
        }
    }

    /// Writes the outer columns of image rows to the tile, from its row
    /// `tile_row` on. Returns whether all latents are finite.
    fn fill<S: Simd>(
        &mut self,
        simd: S,
        strip: Strip,
        rows: core::ops::Range<usize>,
        tile_row: usize,
        tile: &mut Tile,
    ) -> bool {
        if rows.is_empty() {
            return true;
        }
        let blocks = match &mut self.source {
            Source::Pixels(blocks) => blocks,
            Source::Neighborhoods(latents) => {
                let (stages, grid) = (&self.stages, self.grid);
                return fill_neighborhoods(
                    simd, stages, grid, strip, rows, tile_row, tile, latents,
                );
            }
        };
        let width = self.grid.width();
        let map = Map {
            polynomial: Polynomial {
                constant: self.stages.bias,
                linear: self.stages.factors,
                pairs: &[],
                triples: &[],
            },
            scale: 1.0,
            offset: 0.0,
        };
        let mut finite = true;
        // Rows of the whole width are one piece, others a piece each.
        let pieces = if strip.outer_width == width {
            1
        } else {
            rows.len()
        };
        let piece = rows.len() / pieces * strip.outer_width;
        for index in 0..pieces {
            let first = (rows.start + index) * width + strip.outer_x;
            let mut done = 0;
            while done < piece {
                let (count, piece_finite) = blocks.project(simd, &map, first + done, piece - done);
                finite &= piece_finite;
                let at = index * strip.outer_width + done;
                tile.put(&blocks.block, strip, tile_row, at, count);
                done += count;
            }
        }
        finite
    }
}
