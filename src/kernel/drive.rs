//! Takes an image of any layout through load, evaluate and encode.
//!
//! Where the samples lie in runs and the output is RGB8, pixels go straight
//! from the source to the picture. Everything else goes through a block of
//! planar RGB on the stack, and layouts without runs are first gathered into
//! short planes on the stack. Which way a pixel goes never changes it: its
//! arithmetic is the same.

use fearless_simd::prelude::*;

use super::Encoding;
use super::decode::{Sample, pair_len};
use super::encode::{Encoder, Floats, Rgb8, Rgba8, encode_plane, encode_planes};
use super::estimate::Estimate;
use super::evaluate::Map;
use super::grid::{AnyImage, Grid, Image, with_image};
use super::sink::{BLOCK, Block, Picture};
use super::source::{Gathered, Scattered};
use super::{convolve, fill, refine};
use crate::projection::Plan;
use crate::tiny::Net;
use crate::{Latents, Rounding};

/// Runs an expression for any latents, as the grid that they are.
macro_rules! with_grid {
    ($latents:expr, $grid:ident => $run:expr) => {
        match Estimate::new($latents) {
            Some($grid) => $run,
            None => with_image!(AnyImage::of($latents), $grid => $run),
        }
    };
}

/// Returns `true` only if all latents are finite, `false` if one is not.
#[inline(always)]
pub(super) fn project<S: Simd>(
    simd: S,
    plan: &Plan<'_>,
    latents: &Latents<'_>,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    if let Some(estimate) = Estimate::new(latents) {
        if let (Plan::Polynomial(polynomial), Encoding::Rgb8(Rounding::Nearest)) = (plan, encoding)
        {
            let map = Map::new(*polynomial, encoding);
            if estimate.run_direct(simd, &map, out) {
                return true;
            }
        }
        return run_blocks_or_stages(simd, plan, estimate, encoding, out);
    }
    with_image!(AnyImage::of(latents), image => run(simd, plan, image, encoding, out))
}

/// Decodes by a small net. Returns `true` only if all latents are finite.
#[inline(always)]
pub(super) fn run_net<S: Simd>(
    simd: S,
    net: &Net<'_>,
    latents: &Latents<'_>,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    with_grid!(latents, grid => convolve::run(simd, net, grid, encoding, out))
}

/// Writes every channel as a plane of floats.
#[cfg(feature = "std")]
#[inline(always)]
pub(super) fn copy_planar<S: Simd>(simd: S, latents: &Latents<'_>, out: &mut [f32]) {
    with_grid!(latents, grid => copy_grid(simd, grid, out));
}

#[cfg(feature = "std")]
fn copy_grid<S: Simd>(simd: S, grid: impl Grid, out: &mut [f32]) {
    for (c, plane) in out.chunks_exact_mut(grid.pixels()).enumerate() {
        simd.vectorize(
            #[inline(always)]
            || grid.load_row(simd, c, 0, 0, plane),
        );
    }
}

#[inline(always)]
fn run<S: Simd, T: Sample>(
    simd: S,
    plan: &Plan<'_>,
    image: Image<'_, T>,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    if let Plan::Polynomial(polynomial) = *plan {
        let map = Map::new(polynomial, encoding);
        let is_direct =
            encoding == Encoding::Rgb8(Rounding::Nearest) && image.run() >= pair_len::<S>();
        if is_direct && run_direct(simd, &map, image, out) {
            return true;
        }
    }
    run_blocks_or_stages(simd, plan, image, encoding, out)
}

#[inline(always)]
fn run_blocks_or_stages<S: Simd>(
    simd: S,
    plan: &Plan<'_>,
    grid: impl Grid,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    match plan {
        Plan::Polynomial(polynomial) => {
            let map = Map::new(*polynomial, encoding);
            run_blocks(simd, &map, grid, encoding, out)
        }
        Plan::Stages(stages) => refine::run(simd, stages, grid, encoding, out),
    }
}

/// Straight from runs of samples to RGB8. Returns whether all latents are
/// finite; if not, the picture is to be made again with more care.
fn run_direct<S: Simd, T: Sample>(
    simd: S,
    map: &Map<'_>,
    image: Image<'_, T>,
    out: &mut [u8],
) -> bool {
    let mut finite = true;
    for (index, out) in out.chunks_exact_mut(image.run() * 3).enumerate() {
        let source = image.planes(index * image.run());
        finite &= fill::from_planes(simd, map, source, image.run(), Picture { out });
    }
    finite
}

/// By way of blocks of planar RGB. Returns whether all latents are finite; the
/// picture is right in any case.
fn run_blocks<S: Simd>(
    simd: S,
    map: &Map<'_>,
    grid: impl Grid,
    encoding: Encoding,
    out: &mut [u8],
) -> bool {
    let mut blocks = Blocks::new(grid);
    let mut all_finite = true;
    let mut first = 0;
    while first < grid.pixels() {
        let (count, finite) = blocks.project(simd, map, first, grid.pixels() - first);
        all_finite &= finite;
        encode_block(simd, encoding, &blocks.block, first, count, out);
        first += count;
    }
    all_finite
}

/// Projects an image of any layout piece by piece.
pub(super) struct Blocks<G: Grid> {
    grid: G,
    gathered: Gathered<G::Sample>,
    /// The pixels of the last piece.
    pub(super) block: Block,
}

impl<G: Grid> Blocks<G> {
    pub(super) fn new(grid: G) -> Self {
        Self {
            grid,
            gathered: Gathered::new(),
            block: Block::new(),
        }
    }

    /// Projects pixels from `first` on, at most `limit` and as many as fit a
    /// block. Returns how many, and whether all their latents are finite.
    pub(super) fn project<S: Simd>(
        &mut self,
        simd: S,
        map: &Map<'_>,
        first: usize,
        limit: usize,
    ) -> (usize, bool) {
        let Self {
            grid,
            gathered,
            block,
        } = self;
        let gather_step = Gathered::<G::Sample>::pixels_per_plane::<S>(grid.channels());
        let left_in_run = grid.left_in_run(first);
        if left_in_run >= pair_len::<S>() {
            let count = left_in_run.min(BLOCK).min(limit);
            let source = grid.planes(first);
            let filled = count.max(pair_len::<S>());
            (count, fill::from_planes(simd, map, source, filled, block))
        } else if gather_step > 0 {
            let count = limit.min(gather_step);
            let source = gathered.fill(simd, *grid, first, count, gather_step);
            let padded = count.next_multiple_of(pair_len::<S>());
            (count, fill::from_planes(simd, map, source, padded, block))
        } else {
            let count = limit.min(pair_len::<S>());
            let source = Scattered {
                sample: &|c, pixel| grid.sample(c, pixel),
                first,
                count,
            };
            (count, fill::from_scattered(simd, map, source, block))
        }
    }
}

/// Writes the first `count` pixels of a block as those from `first` on of the
/// picture.
pub(super) fn encode_block<S: Simd>(
    simd: S,
    encoding: Encoding,
    block: &Block,
    first: usize,
    count: usize,
    out: &mut [u8],
) {
    let planes = &block.rgb.each_ref().map(|plane| plane.as_slice());
    if encoding == Encoding::DisplayF32Planar {
        let plane = out.len() / 3;
        for (plane, out) in block.rgb.iter().zip(out.chunks_exact_mut(plane)) {
            let out = &mut out[first * 4..(first + count) * 4];
            simd.vectorize(
                #[inline(always)]
                || encode_plane(simd, plane, out),
            );
        }
        return;
    }
    let bytes = encoding.bytes_per_pixel();
    let out = &mut out[first * bytes..(first + count) * bytes];
    match encoding {
        Encoding::Rgb8(Rounding::Nearest) => encode_with(simd, Rgb8::<false>, planes, out),
        Encoding::Rgb8(Rounding::Truncate) => encode_with(simd, Rgb8::<true>, planes, out),
        Encoding::Rgba8(Rounding::Nearest) => encode_with(simd, Rgba8::<false>, planes, out),
        Encoding::Rgba8(Rounding::Truncate) => encode_with(simd, Rgba8::<true>, planes, out),
        Encoding::DisplayF32 | Encoding::DisplayF32Planar => {
            encode_with(simd, Floats::<true>, planes, out);
        }
        Encoding::DecoderF32 => encode_with(simd, Floats::<false>, planes, out),
    }
}

fn encode_with<S: Simd>(simd: S, encoder: impl Encoder, planes: &[&[f32]; 3], out: &mut [u8]) {
    simd.vectorize(
        #[inline(always)]
        || encode_planes(simd, encoder, planes, out),
    );
}
