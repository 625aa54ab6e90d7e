//! The first stage where it maps neighborhoods: nine taps for each channel.

use fearless_simd::prelude::*;

use super::Strip;
use super::tile::Tile;
use crate::kernel::decode::{Sample, pair_len};
use crate::kernel::evaluate::{Rgb, add_product, splat};
use crate::kernel::grid::Grid;
use crate::kernel::sink::Check;
use crate::projection::Stages;

/// Samples of neighborhoods that are gathered at a time.
pub(super) const GATHERED: usize = 8192;

/// Gathers latents with a border, some channels at a time, and sums up what
/// they add to RGB.
#[allow(clippy::too_many_arguments)]
pub(super) fn fill_neighborhoods<S: Simd, G: Grid>(
    simd: S,
    stages: &Stages<'_>,
    grid: G,
    strip: Strip,
    rows: core::ops::Range<usize>,
    tile_row: usize,
    tile: &mut Tile,
    latents: &mut [f32; GATHERED],
) -> bool {
    let gathered = Gathered {
        stride: strip.outer_width + 2 + pair_len::<S>(),
        rows: rows.len(),
    };
    let start = tile_row * tile.stride + strip.tile_column();
    for row in 0..rows.len() {
        for (plane, value) in tile.rgb.iter_mut().zip(stages.bias) {
            plane[start + row * tile.stride..][..strip.outer_width].fill(value);
        }
    }
    let step = (GATHERED / gathered.plane()).min(stages.channels());
    let mut finite = true;
    for first in (0..stages.channels()).step_by(step) {
        let channels = first..(first + step).min(stages.channels());
        simd.vectorize(
            #[inline(always)]
            || {
                gathered.gather(simd, grid, strip, rows.start, channels.clone(), latents);
            },
        );
        finite &= simd.vectorize(
            #[inline(always)]
            || {
                gathered.add(
                    simd,
                    stages,
                    channels.clone(),
                    latents,
                    strip.outer_width,
                    start,
                    tile,
                )
            },
        );
    }
    finite
}

/// Planes of latents with a border of one.
#[derive(Clone, Copy)]
struct Gathered {
    stride: usize,
    /// Without the border.
    rows: usize,
}

impl Gathered {
    const fn plane(&self) -> usize {
        (self.rows + 2) * self.stride
    }

    #[inline(always)]
    fn gather<S: Simd, G: Grid>(
        self,
        simd: S,
        grid: G,
        strip: Strip,
        first_row: usize,
        channels: core::ops::Range<usize>,
        latents: &mut [f32; GATHERED],
    ) {
        let height = grid.pixels() / grid.width();
        let left = strip.outer_x.saturating_sub(1);
        let right = (strip.outer_x + strip.outer_width + 1).min(grid.width());
        // Column 1 of a plane is the first outer column.
        let start = left + 1 - strip.outer_x;
        let planes = latents.chunks_exact_mut(self.plane());
        for (c, plane) in channels.zip(planes) {
            for (row, places) in plane.chunks_exact_mut(self.stride).enumerate() {
                let y = (first_row + row).saturating_sub(1).min(height - 1);
                grid.load_row(simd, c, y, left, &mut places[start..start + right - left]);
                if left == strip.outer_x {
                    places[0] = places[1];
                }
                if right == strip.outer_x + strip.outer_width {
                    places[strip.outer_width + 1] = places[strip.outer_width];
                }
            }
        }
    }

    /// Adds what the gathered channels contribute to `width` columns of the
    /// tile's rows. Returns whether the sums are finite.
    ///
    /// Lanes beyond the row hold sums of what was there before. They are finite
    /// unless a latent was not or a sum overflowed; the latents are counted then.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    fn add<S: Simd>(
        self,
        simd: S,
        stages: &Stages<'_>,
        channels: core::ops::Range<usize>,
        latents: &[f32; GATHERED],
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
                let sums = self.sums::<S, 2>(simd, stages, &channels, latents, tile, place + x);
                for (at, rgb) in (x..).step_by(pair).zip(sums) {
                    check.add(rgb);
                    tile.store::<S>(rgb, place + at);
                }
                x += 2 * pair;
            }
            if x < width {
                let latents = &latents[x..];
                let [rgb] = self.sums::<S, 1>(simd, stages, &channels, latents, tile, place + x);
                check.add(rgb);
                tile.store::<S>(rgb, place + x);
            }
        }
        check.all_finite()
    }

    /// What is in the tile at `place`, and what is added to it by neighborhoods
    /// whose top left pixel is the first of `latents`.
    #[inline(always)]
    fn sums<S: Simd, const PAIRS: usize>(
        self,
        simd: S,
        stages: &Stages<'_>,
        channels: &core::ops::Range<usize>,
        latents: &[f32],
        tile: &Tile,
        place: usize,
    ) -> [Rgb<S>; PAIRS] {
        let pair = pair_len::<S>();
        let mut sums = [splat(simd, &[0.0; 3]); PAIRS];
        for (i, rgb) in sums.iter_mut().enumerate() {
            *rgb = tile.load(simd, place + i * pair);
        }
        for (c, plane) in channels.clone().zip(latents.chunks(self.plane())) {
            for above in 0..3 {
                let line = &plane[above * self.stride..][..PAIRS * pair + 2];
                for left in 0..3 {
                    let factors = splat(simd, &stages.tap(3 * above + left)[c]);
                    for (i, rgb) in sums.iter_mut().enumerate() {
                        let value = f32::load(simd, &line[left + i * pair..][..pair]);
                        add_product::<S>(rgb, value, &factors);
                    }
                }
            }
        }
        sums
    }
}
