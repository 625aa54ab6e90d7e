//! All decisions, made once per picture: from a map, a pixel format, a type of samples and a
//! layout to the loop that is compiled for them.
//!
//! | map | pixel format | latents | path |
//! |---|---|---|---|
//! | polynomial | RGB8 | planes of `f32`; for degree 1 of any type; for four channels also two of `f32` | straight from the planes to the picture |
//! | polynomial | RGB8 | any other | in pieces: planes of `f32` on the stack, then the picture |
//! | polynomial | any other, or latents that are not finite | any | in pieces: planes of `f32`, a block of RGB, the picture |
//! | refined | any | any | [`refine`](super::refine) |
//! | tiny decoder | any | any | [`convolve`](super::convolve) |
//!
//! A pixel is the same on every path, since its arithmetic is the same.

use fearless_simd::prelude::*;

use super::block::{Block, Put, Rgb8Picture, encoding};
use super::image::{AnyImage, Planes};
use super::pixelwise::{self, Linear, Linear4, Nested, Scaled, Small, hot_loop};
use super::sample::pair_len;
use super::source::{Images, LOADED, Load, Mixed, Source};
use super::{convolve, refine};
use crate::PixelFormat;
use crate::map::MapRef;

/// Previews latents. Returns `true` only if all of them are finite.
#[inline(always)]
pub(super) fn preview<S: Simd>(
    simd: S,
    map: MapRef<'_>,
    source: &Source<'_>,
    format: PixelFormat,
    out: &mut [u8],
) -> bool {
    let encode = encoding::<S>(format);
    match map {
        MapRef::Polynomial(terms) => {
            let polynomial = Scaled::new(terms, format.range());
            // The first pass does not handle NaN and enormous numbers, but notices them.
            format == PixelFormat::Rgb8 && project_to_rgb8(simd, &polynomial, source, out)
                || pixelwise::project(simd, &polynomial, source, encode, out)
        }
        MapRef::Refined(refined) => {
            refine::preview(simd, refined, source, format.range(), encode, out)
        }
        MapRef::Tiny(decoder) => {
            convolve::preview(simd, decoder, source, format.range(), encode, out)
        }
    }
}

/// Projects straight to RGB8. Returns `true` if this was done and all latents are finite.
fn project_to_rgb8<S: Simd>(
    simd: S,
    polynomial: &Scaled<'_>,
    source: &Source<'_>,
    out: &mut [u8],
) -> bool {
    let pair = pair_len::<S>();
    let is_linear = polynomial.terms.degree() == 1;
    match &source.images {
        Images::Tensor(AnyImage::F32(image)) if image.run >= pair => {
            for_runs(image.run, out, |first, count, picture| {
                project_floats(simd, polynomial, image.planes(first), count, picture)
            })
        }
        // Half precision and a polynomial of degree 1, the most common case.
        Images::Tensor(AnyImage::F16(image)) if is_linear && image.run >= pair => {
            for_runs(image.run, out, |first, count, picture| {
                project_linear(simd, polynomial, image.planes(first), count, picture)
            })
        }
        Images::Tensor(AnyImage::Bf16(image)) if is_linear && image.run >= pair => {
            for_runs(image.run, out, |first, count, picture| {
                project_linear(simd, polynomial, image.planes(first), count, picture)
            })
        }
        // Two tensors of floats and the most common map: mixed in registers.
        Images::Estimate([AnyImage::F32(x), AnyImage::F32(y)], weights)
            if polynomial.is_linear4() && x.run.min(y.run) >= pair =>
        {
            for_runs(x.run.min(y.run), out, |first, count, picture| {
                let mixed = Mixed {
                    planes: [x.planes(first), y.planes(first)],
                    weights: *weights,
                };
                hot_loop::<S, Linear4<S>, _, _>(simd, polynomial, mixed, count, picture)
            })
        }
        _ => project_loaded(simd, polynomial, source, out),
    }
}

/// Projects each run of pixels to its part of the picture.
fn for_runs(
    run: usize,
    out: &mut [u8],
    mut project: impl FnMut(usize, usize, Rgb8Picture<'_>) -> bool,
) -> bool {
    let mut finite = true;
    for (index, out) in out.chunks_exact_mut(run * 3).enumerate() {
        finite &= project(index * run, run, Rgb8Picture(out));
    }
    finite
}

/// Projects any latents by way of planes of floats on the stack.
fn project_loaded<S: Simd>(
    simd: S,
    polynomial: &Scaled<'_>,
    source: &Source<'_>,
    out: &mut [u8],
) -> bool {
    let (pair, stride) = (pair_len::<S>(), source.step::<S>());
    if source.pixels() < pair {
        return false;
    }
    let mut latents = [0.0; LOADED];
    let mut finite = true;
    let mut done = 0;
    while done < source.pixels() {
        // A rest smaller than a pair of vectors becomes one: some pixels are done twice.
        let first = done.min(source.pixels() - pair);
        let count = (source.pixels() - first).min(stride);
        let pixels = first..first + count;
        source.load(simd, 0..source.channels, pixels, &mut latents, stride);
        let planes = Planes {
            samples: latents.as_slice(),
            stride,
        };
        let picture = Rgb8Picture(&mut out[first * 3..(first + count) * 3]);
        finite &= project_floats(simd, polynomial, planes, count, picture);
        done = first + count;
    }
    finite
}

/// Projects planes of floats by any polynomial. Returns `true` if all are finite.
#[inline(always)]
pub(super) fn project_floats<S: Simd>(
    simd: S,
    polynomial: &Scaled<'_>,
    planes: Planes<'_, f32>,
    count: usize,
    place: impl Put,
) -> bool {
    let is_small = polynomial.terms.channels() == 4 && polynomial.folds;
    match (polynomial.terms.degree(), is_small) {
        (1, _) => project_linear(simd, polynomial, planes, count, place),
        (2, true) => hot_loop::<S, Small<4, 2>, _, _>(simd, polynomial, planes, count, place),
        (_, true) => hot_loop::<S, Small<4, 3>, _, _>(simd, polynomial, planes, count, place),
        (_, false) => hot_loop::<S, Nested<'_, S>, _, _>(simd, polynomial, planes, count, place),
    }
}

/// Projects planes of any type by a polynomial of degree 1.
#[inline(always)]
fn project_linear<S: Simd>(
    simd: S,
    polynomial: &Scaled<'_>,
    planes: impl Load,
    count: usize,
    place: impl Put,
) -> bool {
    if polynomial.is_linear4() {
        hot_loop::<S, Linear4<S>, _, _>(simd, polynomial, planes, count, place)
    } else {
        hot_loop::<S, Linear<'_, S>, _, _>(simd, polynomial, planes, count, place)
    }
}

/// Projects planes of floats to a block. It is a separate function so that its loops are
/// compiled once.
pub(super) fn project_to_block<S: Simd>(
    simd: S,
    polynomial: &Scaled<'_>,
    planes: Planes<'_, f32>,
    count: usize,
    block: &mut Block,
) -> bool {
    project_floats(simd, polynomial, planes, count, block)
}
