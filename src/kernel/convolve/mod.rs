//! Small nets of convolutions: the [`TinyDecoder`](crate::TinyDecoder).
//!
//! The picture is made in strips of columns, each from top to bottom, one row at a time.
//! Every layer keeps only the last rows of its planes, those that the next layer still
//! looks at; a row is overwritten once nothing needs it. So nothing is computed twice
//! but a few columns beside a strip, and the working set is some tens of kilobytes on the
//! stack, whatever the size of the image.

mod gather;
mod head;
mod products;
mod rows;

use core::ops::Range;

use fearless_simd::prelude::*;

use self::gather::gather_row;
use self::head::Head;
use self::products::convolve_row;
use self::rows::Rows;
use super::Encoding;
use super::drive::encode_block;
use super::grid::Grid;
use crate::tiny::{MAX_LAYERS, Net};

/// Floats for the rows of all layers: 104 KiB. The largest net that is allowed has 1344
/// rows, of 16 columns then.
const SCRATCH: usize = 26 * 1024;

/// The most columns of a row.
const COLUMNS: usize = 64;

/// Returns `true` only if all latents are finite.
pub(super) fn run<S: Simd, G: Grid>(
    simd: S,
    net: &Net<'_>,
    grid: G,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    let mut scratch = [0.0; SCRATCH];
    let width = grid.width();
    let plan = Plan::new(net, width.next_multiple_of(S::f32s::LEN));
    let step = if width <= plan.columns {
        width
    } else {
        plan.columns - 2 * net.reach()
    };
    let mut all_finite = true;
    for left in (0..width).step_by(step) {
        let strip = left..(left + step).min(width);
        all_finite &= run_strip(simd, net, &plan, grid, strip, encoding, &mut scratch, out);
    }
    all_finite
}

/// Where the rows of the input and of each layer lie.
struct Plan {
    levels: [Rows; MAX_LAYERS + 1],
    /// Columns that fit into a row.
    columns: usize,
}

impl Plan {
    fn new(net: &Net<'_>, widest: usize) -> Self {
        let layers = net.layers().len();
        let mut levels = [Rows::default(); MAX_LAYERS + 1];
        let mut rows = 0;
        for (level, place) in levels.iter_mut().enumerate().take(layers + 1) {
            // The rows that the next layer looks at, and those that it will look at
            // before the last layer has made its first row.
            let margin = net.margin(level);
            let looked_at = if level < layers {
                2 * net.margin(level) + 1 - 2 * net.margin(level + 1)
            } else {
                1
            };
            *place = Rows {
                start: rows,
                planes: net.planes(level),
                depth: looked_at.max(margin + 1),
                stride: 0,
                margin,
            };
            rows += place.planes * place.depth;
        }
        // A column at each end repeats the edge; one more may be loaded, never used.
        let fit = SCRATCH / rows - 3;
        let columns = widest.min(COLUMNS).min(fit - fit % 16);
        for level in &mut levels {
            level.stride = columns + 3;
            level.start *= level.stride;
        }
        Self { levels, columns }
    }
}

#[allow(clippy::too_many_arguments)]
fn run_strip<S: Simd, G: Grid>(
    simd: S,
    net: &Net<'_>,
    plan: &Plan,
    grid: G,
    strip: Range<usize>,
    encoding: Encoding,
    scratch: &mut [f32; SCRATCH],
    out: &mut [u8],
) -> bool {
    let width = grid.width();
    let height = grid.pixels() / width;
    let layers = net.layers();
    let mut head = Head::new(net, encoding);
    let mut made = [0; MAX_LAYERS + 1];
    let mut finite = true;
    for y in 0..height {
        for (level, made) in made.iter_mut().enumerate().take(layers.len() + 1) {
            let rows = &plan.levels[level];
            let columns = rows.columns(&strip, width);
            while *made < (y + rows.margin + 1).min(height) {
                if level == 0 {
                    finite &= gather_row(simd, grid, rows, *made, &columns, scratch);
                } else {
                    let before = &plan.levels[level - 1];
                    let shift = columns.start - before.columns(&strip, width).start;
                    let (earlier, later) = scratch.split_at_mut(rows.start);
                    let input = before.input(earlier, *made, height, shift);
                    let dense = net.dense(level - 1);
                    convolve_row(simd, &dense, &input, rows, *made, columns.len(), later);
                }
                rows.repeat_edges(*made, columns.len(), scratch);
                *made += 1;
            }
        }
        let last = &plan.levels[layers.len()];
        let shift = strip.start - plan.levels[0].columns(&strip, width).start;
        head.row(
            simd,
            &last.input(scratch, y, height, 0),
            &plan.levels[0].input(scratch, y, height, shift),
            strip.len(),
        );
        for (line, block) in head.blocks().iter().enumerate() {
            let first = ((y * net.scale + line) * width + strip.start) * net.scale;
            let count = strip.len() * net.scale;
            encode_block(simd, encoding, block, first, count, out);
        }
    }
    finite
}
