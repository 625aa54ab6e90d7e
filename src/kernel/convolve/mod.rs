//! Tiny decoders: [`TinyDecoder`](crate::TinyDecoder).
//!
//! The picture is made in strips of columns, each from top to bottom, one row at a time. Every
//! layer keeps only the last rows of its planes, those that the next layer still reads; a row
//! is overwritten once it is no longer needed. Only a few columns beside a strip are computed
//! twice, and the working set is some tens of kilobytes on the stack, whatever the size of the
//! image.

mod head;
mod latents;
mod products;
mod rows;

use core::ops::Range;

use fearless_simd::prelude::*;

use self::head::Head;
use self::latents::load_row;
use self::products::convolve_row;
use self::rows::Rows;
use super::block::Encode;
use super::source::Source;
use crate::map::TinyDecoder;
use crate::map::tiny::MAX_LAYERS;

/// The number of floats for the rows of all layers: 104 KiB. The largest allowed decoder has
/// 1344 rows, each of 16 columns.
const SCRATCH: usize = 26 * 1024;

/// The largest number of columns in a row.
const COLUMNS: usize = 64;

/// Returns `true` only if all latents are finite.
pub(super) fn preview<S: Simd>(
    simd: S,
    decoder: &TinyDecoder,
    source: &Source<'_>,
    range: (f32, f32),
    encode: Encode<S>,
    out: &mut [u8],
) -> bool {
    let mut scratch = [0.0; SCRATCH];
    let width = source.width;
    let stack = Stack::new(decoder, width.next_multiple_of(S::f32s::LEN));
    let step = if width <= stack.columns {
        width
    } else {
        stack.columns - 2 * decoder.margin(0)
    };
    let mut head = Head::new(decoder, range);
    let mut all_finite = true;
    for left in (0..width).step_by(step) {
        let strip = left..(left + step).min(width);
        let scratch = &mut scratch;
        all_finite &= preview_strip(
            simd, decoder, &stack, source, &strip, scratch, &mut head, encode, out,
        );
    }
    all_finite
}

/// The rows of the latents and of each layer's output.
struct Stack {
    rows: [Rows; MAX_LAYERS + 1],
    /// The number of columns that fit into a row.
    columns: usize,
}

impl Stack {
    fn new(decoder: &TinyDecoder, widest: usize) -> Self {
        let layers = decoder.layers().len();
        let mut stack = [Rows::default(); MAX_LAYERS + 1];
        let mut rows = 0;
        for (depth, place) in stack.iter_mut().enumerate().take(layers + 1) {
            // The rows that the next layer reads, and those that it will read before the last
            // layer has made its first row.
            let margin = decoder.margin(depth);
            let looked_at = if depth < layers {
                2 * margin + 1 - 2 * decoder.margin(depth + 1)
            } else {
                1
            };
            *place = Rows {
                start: rows,
                planes: decoder.planes(depth),
                kept: looked_at.max(margin + 1),
                stride: 0,
                margin,
            };
            rows += place.planes * place.kept;
        }
        // A column at each end repeats the edge; one more may be loaded but is never used.
        let fit = SCRATCH / rows - 3;
        let columns = widest.min(COLUMNS).min(fit - fit % 16);
        for rows in &mut stack {
            rows.stride = columns + 3;
            rows.start *= rows.stride;
        }
        Self {
            rows: stack,
            columns,
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, and all of them vary")]
fn preview_strip<S: Simd>(
    simd: S,
    decoder: &TinyDecoder,
    stack: &Stack,
    source: &Source<'_>,
    strip: &Range<usize>,
    scratch: &mut [f32; SCRATCH],
    head: &mut Head<'_>,
    encode: Encode<S>,
    out: &mut [u8],
) -> bool {
    let (height, width, scale) = (source.height, source.width, decoder.scale);
    let layers = decoder.layers().len();
    let mut made = [0; MAX_LAYERS + 1];
    let mut finite = true;
    for y in 0..height {
        for (depth, made) in made.iter_mut().enumerate().take(layers + 1) {
            let rows = &stack.rows[depth];
            let columns = rows.columns(strip, width);
            while *made < (y + rows.margin + 1).min(height) {
                if depth == 0 {
                    finite &= load_row(simd, source, rows, *made, &columns, scratch);
                } else {
                    let before = &stack.rows[depth - 1];
                    let shift = columns.start - before.columns(strip, width).start;
                    let (earlier, later) = scratch.split_at_mut(rows.start);
                    let input = before.input(earlier, *made, height, shift);
                    let conv = decoder.conv(depth - 1);
                    convolve_row(simd, &conv, &input, rows, *made, columns.len(), later);
                }
                rows.repeat_edges(*made, columns.len(), scratch);
                *made += 1;
            }
        }
        let (first, last) = (&stack.rows[0], &stack.rows[layers]);
        let shift = strip.start - first.columns(strip, width).start;
        let hidden = last.input(scratch, y, height, 0);
        let latents = first.input(scratch, y, height, shift);
        head.row(simd, &hidden, &latents, strip.len());
        for (line, block) in head.blocks().iter().enumerate() {
            let first = ((y * scale + line) * width + strip.start) * scale;
            encode(simd, block, first, strip.len() * scale, out);
        }
    }
    finite
}
