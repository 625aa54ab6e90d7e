//! Projections that look at neighbours: an affine stage, a kernel over RGB, a
//! correction of colours.
//!
//! The picture is made in strips of columns, each from top to bottom in bands of
//! rows that fit into a tile on the stack. A tile holds the RGB of the affine
//! stage with a border of one pixel: neighbours, or copies at the picture's edge.

use fearless_simd::prelude::*;

use super::Encoding;
use super::decode::{Sample, pair_len};
use super::drive::{Blocks, encode_block};
use super::evaluate::{Cubic, Evaluate, Map, Rgb, SmallCubic, add_product, add_scaled, splat};
use super::sink::{BLOCK, Block, Check};
use super::source::Grid;
use crate::projection::{COLOUR_LIMIT, Polynomial, Smoothing, Stages};

/// Floats per colour in a tile.
const TILE: usize = 1024;

/// Samples of neighbourhoods that are gathered at a time.
const GATHERED: usize = 8192;

/// The widest strip of a stage that looks at neighbourhoods: narrow, so that
/// many rows fit and few are gathered twice.
const NARROW: usize = 64;

/// Planar RGB of some rows, with a border.
struct Tile {
    rgb: [[f32; TILE]; 3],
    /// Floats from a row to the next.
    stride: usize,
}

/// A strip of columns.
#[derive(Clone, Copy)]
struct Strip {
    /// The first column, and how many.
    x: usize,
    width: usize,
    /// The same with neighbours that the kernel needs and that exist.
    outer_x: usize,
    outer_width: usize,
}

/// What is done to a pixel of the tile.
struct Finish<'a> {
    smoothing: Smoothing<'a>,
    colours: Colours<'a>,
    scale: f32,
    offset: f32,
}

// There is one at a time, on the stack: nothing is gained by making it small.
#[allow(clippy::large_enum_variant)]
enum Colours<'a> {
    None,
    /// With the encoding's range in the coefficients.
    Folded(SmallCubic<3>),
    /// Those that the range would make overflow.
    Plain(Polynomial<'a>),
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
    let widest = if stages.is_neighbourhood {
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

impl Tile {
    /// Moves `count` rows from `from` on to the top.
    fn move_rows(&mut self, from: usize, count: usize) {
        let stride = self.stride;
        for plane in &mut self.rgb {
            plane.copy_within(from * stride..(from + count) * stride, 0);
        }
    }

    fn copy_row(&mut self, from: usize, to: usize) {
        let stride = self.stride;
        for plane in &mut self.rgb {
            plane.copy_within(from * stride..(from + 1) * stride, to * stride);
        }
    }

    /// Continues rows beyond the left and right edge of the image.
    fn copy_edges(&mut self, strip: Strip, image_width: usize, rows: core::ops::Range<usize>) {
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
    Neighbourhoods([f32; GATHERED]),
}

impl<'a, G: Grid> AffineStage<'a, G> {
    fn new(stages: &Stages<'a>, grid: G) -> Self {
        Self {
            stages: *stages,
            grid,
            source: if stages.is_neighbourhood {
                Source::Neighbourhoods([0.0; GATHERED])
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
            Source::Neighbourhoods(latents) => {
                let (stages, grid) = (&self.stages, self.grid);
                return fill_neighbourhoods(
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

impl Tile {
    /// Copies pixels of a block to the outer columns of rows from `row` on,
    /// beginning with the `at`-th of these.
    fn put(&mut self, block: &Block, strip: Strip, row: usize, at: usize, count: usize) {
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
}

/// Gathers latents with a border, some channels at a time, and sums up what
/// they add to RGB.
#[allow(clippy::too_many_arguments)]
fn fill_neighbourhoods<S: Simd, G: Grid>(
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

    /// What is in the tile at `place`, and what is added to it by neighbourhoods
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
        let mut sums: [Rgb<S>; PAIRS] = core::array::from_fn(
            #[inline(always)]
            |i| tile.load(simd, place + i * pair),
        );
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

impl Tile {
    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, at: usize) -> Rgb<S> {
        let pair = pair_len::<S>();
        [
            f32::load(simd, &self.rgb[0][at..at + pair]),
            f32::load(simd, &self.rgb[1][at..at + pair]),
            f32::load(simd, &self.rgb[2][at..at + pair]),
        ]
    }

    #[inline(always)]
    fn store<S: Simd>(&mut self, rgb: Rgb<S>, at: usize) {
        for (plane, pair) in self.rgb.iter_mut().zip(rgb) {
            let (low, high) = plane[at..at + pair_len::<S>()].split_at_mut(S::f32s::LEN);
            pair[0].store_slice(low);
            pair[1].store_slice(high);
        }
    }
}

impl<'a> Finish<'a> {
    fn new<S: Simd>(simd: S, stages: &Stages<'a>, encoding: Encoding) -> Self {
        let (scale, offset) = encoding.range();
        let colours = match stages.colours {
            None => Colours::None,
            Some(polynomial) => {
                let map = Map {
                    polynomial,
                    scale,
                    offset,
                };
                if map.folds() {
                    Colours::Folded(<SmallCubic<3> as Evaluate<'_, S>>::prepare(simd, &map))
                } else {
                    Colours::Plain(polynomial)
                }
            }
        };
        Self {
            smoothing: stages.smoothing,
            colours,
            scale,
            offset,
        }
    }

    /// Finishes a row whose first pixel is at `start + 1` of the tile's planes.
    /// With `care`, a NaN among R, G and B makes all three NaN.
    fn row<S: Simd>(
        &self,
        simd: S,
        tile: &Tile,
        start: usize,
        width: usize,
        care: bool,
        block: &mut Block,
    ) {
        simd.vectorize(
            #[inline(always)]
            || match self.smoothing {
                Smoothing::None => self.row_of(
                    simd,
                    #[inline(always)]
                    |x| tile.load(simd, start + 1 + x),
                    width,
                    care,
                    block,
                ),
                Smoothing::Symmetric(weights) => self.row_of(
                    simd,
                    #[inline(always)]
                    |x| tile.smooth_symmetric(simd, start + x, weights),
                    width,
                    care,
                    block,
                ),
                Smoothing::Full(rows) => self.row_of(
                    simd,
                    #[inline(always)]
                    |x| tile.smooth(simd, start + x, rows),
                    width,
                    care,
                    block,
                ),
            },
        );
    }

    #[inline(always)]
    fn row_of<S: Simd>(
        &self,
        simd: S,
        smoothed: impl Fn(usize) -> Rgb<S>,
        width: usize,
        care: bool,
        block: &mut Block,
    ) {
        for x in (0..width).step_by(pair_len::<S>()) {
            let rgb = smoothed(x);
            let finished = match &self.colours {
                Colours::None => self.in_range::<S>(rgb),
                Colours::Folded(cubic) => {
                    let clamped = clamped::<S>(rgb);
                    cubic.evaluate(
                        simd,
                        #[inline(always)]
                        |c| clamped[c],
                    )
                }
                Colours::Plain(polynomial) => {
                    let map = Map {
                        polynomial: *polynomial,
                        scale: self.scale,
                        offset: self.offset,
                    };
                    let clamped = clamped::<S>(rgb);
                    <Cubic<'_, S> as Evaluate<'_, S>>::prepare(simd, &map).evaluate(
                        simd,
                        #[inline(always)]
                        |c| clamped[c],
                    )
                }
            };
            let finished = if care && !matches!(self.colours, Colours::None) {
                keep_nan::<S>(simd, rgb, finished)
            } else {
                finished
            };
            block.store::<S, f32>(simd, finished, x);
        }
    }

    #[inline(always)]
    fn in_range<S: Simd>(&self, mut rgb: Rgb<S>) -> Rgb<S> {
        for colour in &mut rgb {
            for vector in colour {
                *vector = *vector * self.scale + self.offset;
            }
        }
        rgb
    }
}

#[inline(always)]
fn vector<S: Simd>(simd: S, plane: &[f32; TILE], at: usize) -> S::f32s {
    S::f32s::from_slice(simd, &plane[at..at + S::f32s::LEN])
}

#[inline(always)]
fn clamped<S: Simd>(mut rgb: Rgb<S>) -> Rgb<S> {
    for colour in &mut rgb {
        for vector in colour {
            *vector = vector.max(-COLOUR_LIMIT).min(COLOUR_LIMIT);
        }
    }
    rgb
}

/// `finished`, but NaN where one of `rgb` is.
#[inline(always)]
fn keep_nan<S: Simd>(simd: S, rgb: Rgb<S>, mut finished: Rgb<S>) -> Rgb<S> {
    let nan = S::f32s::splat(simd, f32::NAN);
    for half in 0..2 {
        let [r, g, b] = [rgb[0][half], rgb[1][half], rgb[2][half]];
        let is_number = r.simd_eq(r) & g.simd_eq(g) & b.simd_eq(b);
        for colour in &mut finished {
            colour[half] = is_number.select(colour[half], nan);
        }
    }
    finished
}

impl Tile {
    /// The same weights for each colour, of the 3x3 pixels whose middle left one
    /// is at `start`.
    #[inline(always)]
    fn smooth_symmetric<S: Simd>(
        &self,
        simd: S,
        start: usize,
        [centre, edge, corner]: [f32; 3],
    ) -> Rgb<S> {
        let mut rgb = splat(simd, &[0.0; 3]);
        for (colour, plane) in rgb.iter_mut().zip(&self.rgb) {
            for (half, sum) in colour.iter_mut().enumerate() {
                let at = start + half * S::f32s::LEN;
                let (above, below) = (at - self.stride, at + self.stride);
                let left = vector(simd, plane, above) + vector(simd, plane, below);
                let middle = vector(simd, plane, above + 1) + vector(simd, plane, below + 1);
                let right = vector(simd, plane, above + 2) + vector(simd, plane, below + 2);
                let corners = left + right;
                let edges = middle + (vector(simd, plane, at) + vector(simd, plane, at + 2));
                *sum = corners.mul_add(
                    corner,
                    edges.mul_add(edge, vector(simd, plane, at + 1) * centre),
                );
            }
        }
        rgb
    }

    /// A weight for each of nine pixels, colour and colour.
    #[inline(always)]
    fn smooth<S: Simd>(&self, simd: S, start: usize, rows: &[[f32; 3]]) -> Rgb<S> {
        let pair = pair_len::<S>();
        let mut rgb = splat(simd, &[0.0; 3]);
        for (tap, rows) in rows.chunks_exact(3).enumerate() {
            let at = start + tap / 3 * self.stride + tap % 3 - self.stride;
            for (plane, row) in self.rgb.iter().zip(rows) {
                add_scaled(simd, &mut rgb, f32::load(simd, &plane[at..at + pair]), row);
            }
        }
        rgb
    }
}
