//! The first stage: the RGB of the rows of a strip, from single pixels or 3x3 neighborhoods.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::tile::{Strip, Tile};
use crate::kernel::check::Check;
use crate::kernel::pixelwise::{Rgb, Scaled, Scratch, add_product, project_block, splat};
use crate::kernel::sample::{Sample, pair_len};
use crate::kernel::source::Source;
use crate::map::refined::TAPS;
use crate::map::{Refined, Terms};

pub(super) struct Affine<'a> {
    /// One row per channel, or one per tap and channel.
    factors: &'a [[f32; 3]],
    bias: [f32; 3],
    is_3x3: bool,
    source: &'a Source<'a>,
}

impl<'a> Affine<'a> {
    pub(super) fn new(refined: &'a Refined, source: &'a Source<'a>) -> Self {
        Self {
            factors: &refined.factors,
            bias: refined.bias,
            is_3x3: refined.is_3x3,
            source,
        }
    }

    /// Writes the outer columns of image rows to the tile, from row `tile_row` on. Returns
    /// `true` if all latents are finite.
    pub(super) fn fill<S: Simd>(
        &self,
        simd: S,
        strip: Strip,
        rows: Range<usize>,
        tile_row: usize,
        tile: &mut Tile,
        scratch: &mut Scratch,
    ) -> bool {
        if self.is_3x3 {
            let start = tile_row * tile.stride + strip.tile_column();
            self.fill_3x3(simd, strip, rows, start, tile, &mut scratch.latents)
        } else {
            self.fill_1x1(simd, strip, rows, tile_row, tile, scratch)
        }
    }

    fn fill_1x1<S: Simd>(
        &self,
        simd: S,
        strip: Strip,
        rows: Range<usize>,
        tile_row: usize,
        tile: &mut Tile,
        scratch: &mut Scratch,
    ) -> bool {
        let terms = Terms::affine(self.bias, self.factors);
        let polynomial = Scaled::new(terms, (1.0, 0.0));
        let width = self.source.width;
        // Rows of the whole width are one piece; otherwise each row is a piece.
        let is_whole = strip.outer_width == width;
        let pieces = if is_whole { 1 } else { rows.len() };
        let piece = rows.len() / pieces * strip.outer_width;
        let mut finite = true;
        for index in 0..pieces {
            let first = (rows.start + index) * width + strip.outer_x;
            let mut done = 0;
            while done < piece {
                let (first, limit) = (first + done, piece - done);
                let projected =
                    project_block(simd, &polynomial, self.source, first, limit, scratch);
                finite &= projected.1;
                let at = index * strip.outer_width + done;
                tile.put(&scratch.block, strip, tile_row, at, projected.0);
                done += projected.0;
            }
        }
        finite
    }

    /// Loads latents with a border, some channels at a time, and adds up their share of RGB.
    fn fill_3x3<S: Simd>(
        &self,
        simd: S,
        strip: Strip,
        rows: Range<usize>,
        start: usize,
        tile: &mut Tile,
        latents: &mut [f32],
    ) -> bool {
        for row in 0..rows.len() {
            for (plane, value) in tile.rgb.iter_mut().zip(self.bias) {
                plane[start + row * tile.stride..][..strip.outer_width].fill(value);
            }
        }
        let planes = Bordered {
            stride: strip.outer_width + 2 + pair_len::<S>(),
            rows: rows.len(),
        };
        let channels = self.source.channels;
        let step = (latents.len() / planes.plane()).min(channels);
        let mut finite = true;
        for first in (0..channels).step_by(step) {
            let channels = first..(first + step).min(channels);
            planes.load(simd, self.source, strip, rows.start, &channels, latents);
            let width = strip.outer_width;
            finite &= simd.vectorize(
                #[inline(always)]
                || planes.add(simd, self.factors, &channels, latents, width, start, tile),
            );
        }
        finite
    }
}

/// Planes of latents with a border of one.
#[derive(Clone, Copy)]
struct Bordered {
    stride: usize,
    /// The number of rows without the border.
    rows: usize,
}

impl Bordered {
    const fn plane(&self) -> usize {
        (self.rows + 2) * self.stride
    }

    fn load<S: Simd>(
        self,
        simd: S,
        source: &Source<'_>,
        strip: Strip,
        first_row: usize,
        channels: &Range<usize>,
        latents: &mut [f32],
    ) {
        let left = strip.outer_x.saturating_sub(1);
        let right = (strip.outer_x + strip.outer_width + 1).min(source.width);
        // Column 1 of a plane is the first outer column.
        let start = left + 1 - strip.outer_x;
        for row in 0..self.rows + 2 {
            let y = (first_row + row).saturating_sub(1).min(source.height - 1);
            let pixels = y * source.width + left..y * source.width + right;
            let places = &mut latents[row * self.stride + start..];
            source.load(simd, channels.clone(), pixels, places, self.plane());
        }
        let planes = latents.chunks_exact_mut(self.plane());
        for plane in planes.take(channels.len()) {
            for places in plane.chunks_exact_mut(self.stride) {
                if left == strip.outer_x {
                    places[0] = places[1];
                }
                if right == strip.outer_x + strip.outer_width {
                    places[strip.outer_width + 1] = places[strip.outer_width];
                }
            }
        }
    }

    /// Adds the share of the loaded channels to `width` columns of the tile's rows. Returns
    /// `true` if the sums are finite.
    ///
    /// Lanes beyond the row hold sums of older numbers. They are finite unless a latent was
    /// non-finite or a sum overflowed; in both cases the latents are counted.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "one call, and all of them vary")]
    fn add<S: Simd>(
        self,
        simd: S,
        factors: &[[f32; 3]],
        channels: &Range<usize>,
        latents: &[f32],
        width: usize,
        start: usize,
        tile: &mut Tile,
    ) -> bool {
        let pair = pair_len::<S>();
        let mut check = Check::new(simd);
        for row in 0..self.rows {
            let place = start + row * tile.stride;
            let latents = &latents[row * self.stride..];
            let mut x = 0;
            // Two pairs at a time, so that each coefficient is used four times.
            while x + pair < width {
                let latents = &latents[x..];
                let sums = self.sums::<S, 2>(simd, factors, channels, latents, tile, place + x);
                for (at, rgb) in (x..).step_by(pair).zip(sums) {
                    check.add(rgb);
                    tile.store::<S>(rgb, place + at);
                }
                x += 2 * pair;
            }
            if x < width {
                let latents = &latents[x..];
                let [rgb] = self.sums::<S, 1>(simd, factors, channels, latents, tile, place + x);
                check.add(rgb);
                tile.store::<S>(rgb, place + x);
            }
        }
        check.all_finite()
    }

    /// The RGB in the tile at `place`, plus the share of the neighborhoods whose top left pixel
    /// is the first of `latents`.
    #[inline(always)]
    fn sums<S: Simd, const PAIRS: usize>(
        self,
        simd: S,
        factors: &[[f32; 3]],
        channels: &Range<usize>,
        latents: &[f32],
        tile: &Tile,
        place: usize,
    ) -> [Rgb<S>; PAIRS] {
        let (pair, all_channels) = (pair_len::<S>(), factors.len() / TAPS);
        let mut sums = [splat(simd, &[0.0; 3]); PAIRS];
        for (i, rgb) in sums.iter_mut().enumerate() {
            *rgb = tile.load(simd, place + i * pair);
        }
        for (c, plane) in channels.clone().zip(latents.chunks(self.plane())) {
            for above in 0..3 {
                let line = &plane[above * self.stride..][..PAIRS * pair + 2];
                for left in 0..3 {
                    let row = &factors[(3 * above + left) * all_channels + c];
                    let factor = splat(simd, row);
                    for (i, rgb) in sums.iter_mut().enumerate() {
                        let value = f32::load(simd, &line[left + i * pair..][..pair]);
                        add_product::<S>(rgb, value, &factor);
                    }
                }
            }
        }
        sums
    }
}
