//! Polynomials of the channels, for a pair of vectors of pixels.
//!
//! They are nested, as in Horner's method: the coefficients of `x_i` are themselves polynomials
//! of the channels from `i` on. Every coefficient is used in exactly one multiply-add, and no
//! product `x_i x_j` is formed.

mod hot_loop;
mod linear;
mod nested;
mod small;

use fearless_simd::prelude::*;

pub(super) use self::hot_loop::hot_loop;
pub(super) use self::linear::{Linear, Linear4};
pub(super) use self::nested::Nested;
pub(super) use self::small::Small;
use super::block::{BLOCK, Block, Encode};
use super::dispatch::project_to_block;
use super::image::Planes;
use super::sample::{VectorPair, pair_len};
use super::source::{LOADED, Source};
use crate::map::Terms;

/// R, G and B of a pair of vectors of pixels.
pub(super) type Rgb<S> = [VectorPair<S>; 3];

/// The value of a pixel: `scale * polynomial + offset`.
#[derive(Clone, Copy)]
pub(super) struct Scaled<'a> {
    pub(super) terms: Terms<'a>,
    pub(super) scale: f32,
    pub(super) offset: f32,
    /// The scale can be multiplied into the coefficients.
    pub(super) folds: bool,
}

impl<'a> Scaled<'a> {
    /// A polynomial in the range of a pixel format: a factor and an offset.
    pub(super) fn new(terms: Terms<'a>, (scale, offset): (f32, f32)) -> Self {
        // A coefficient that would overflow must not be folded: infinity times a latent of 0 is
        // NaN.
        let fits = |factor: &f32| (factor * scale).is_finite();
        let constant: &[_] = &[terms.constant];
        let rows = [constant, terms.linear, terms.pairs, terms.triples];
        Self {
            terms,
            scale,
            offset,
            folds: rows.iter().all(|rows| rows.as_flattened().iter().all(fits)),
        }
    }

    /// `true` for degree 1 and four channels: the most common polynomial.
    pub(super) const fn is_linear4(&self) -> bool {
        self.terms.degree() == 1 && self.terms.channels() == 4 && self.folds
    }
}

/// A polynomial made ready for the vectors of one level.
pub(super) trait Evaluate<'a, S: Simd> {
    /// Prepares once, before the loop over the pixels.
    fn prepare(simd: S, polynomial: &Scaled<'a>) -> Self;

    /// The RGB of the pixels whose channel `c` is `channel(c)`.
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> VectorPair<S>) -> Rgb<S>;

    /// `true` if several pairs of vectors at a time are faster.
    const BY_GROUP: bool = false;

    /// The RGB of several pairs of vectors: `channel(c, i)` loads the `i`-th.
    #[inline(always)]
    fn evaluate_group<const N: usize>(
        &self,
        simd: S,
        channel: impl Fn(usize, usize) -> VectorPair<S>,
    ) -> [Rgb<S>; N] {
        let mut group = [splat(simd, &[0.0; 3]); N];
        for (i, rgb) in group.iter_mut().enumerate() {
            *rgb = self.evaluate(
                simd,
                #[inline(always)]
                |c| channel(c, i),
            );
        }
        group
    }
}

/// A polynomial whose change of scale is not folded into its coefficients.
struct Unfolded<'a, S: Simd> {
    terms: Terms<'a>,
    scale: S::f32s,
    offset: S::f32s,
}

impl<'a, S: Simd> Unfolded<'a, S> {
    #[inline(always)]
    fn new(simd: S, polynomial: &Scaled<'a>) -> Self {
        Self {
            terms: polynomial.terms,
            scale: S::f32s::splat(simd, polynomial.scale),
            offset: S::f32s::splat(simd, polynomial.offset),
        }
    }

    #[inline(always)]
    fn rescale(&self, mut rgb: Rgb<S>) -> Rgb<S> {
        for sum in &mut rgb {
            sum[0] = sum[0].mul_add(self.scale, self.offset);
            sum[1] = sum[1].mul_add(self.scale, self.offset);
        }
        rgb
    }
}

#[inline(always)]
pub(super) fn splat<S: Simd>(simd: S, row: &[f32; 3]) -> Rgb<S> {
    [
        [S::f32s::splat(simd, row[0]); 2],
        [S::f32s::splat(simd, row[1]); 2],
        [S::f32s::splat(simd, row[2]); 2],
    ]
}

/// `rgb += x * row`
#[inline(always)]
fn add_row<S: Simd>(simd: S, rgb: &mut Rgb<S>, x: VectorPair<S>, row: &[f32; 3]) {
    add_product::<S>(rgb, x, &splat(simd, row));
}

/// `rgb += x * factor`
#[inline(always)]
pub(super) fn add_product<S: Simd>(rgb: &mut Rgb<S>, x: VectorPair<S>, factor: &Rgb<S>) {
    for (sum, factor) in rgb.iter_mut().zip(factor) {
        sum[0] = x[0].mul_add(factor[0], sum[0]);
        sum[1] = x[1].mul_add(factor[1], sum[1]);
    }
}

/// Room for the latents and the pixels of a piece of the picture.
pub(super) struct Scratch {
    pub(super) latents: [f32; LOADED],
    pub(super) block: Block,
}

impl Scratch {
    pub(super) const fn new() -> Self {
        Self {
            latents: [0.0; LOADED],
            block: Block::new(),
        }
    }
}

/// Projects a picture by way of blocks of planar RGB. Returns `true` if all latents are finite;
/// the picture is right in either case.
pub(super) fn project<S: Simd>(
    simd: S,
    polynomial: &Scaled<'_>,
    source: &Source<'_>,
    encode: Encode<S>,
    out: &mut [u8],
) -> bool {
    let mut scratch = Scratch::new();
    let mut all_finite = true;
    let mut first = 0;
    while first < source.pixels() {
        let left = source.pixels() - first;
        let (count, finite) = project_block(simd, polynomial, source, first, left, &mut scratch);
        all_finite &= finite;
        encode(simd, &scratch.block, first, count, out);
        first += count;
    }
    all_finite
}

/// Projects pixels from `first` on to the block: as many as fit, at most `limit`. Returns their
/// number, and `true` if all their latents are finite.
pub(super) fn project_block<S: Simd>(
    simd: S,
    polynomial: &Scaled<'_>,
    source: &Source<'_>,
    first: usize,
    limit: usize,
    scratch: &mut Scratch,
) -> (usize, bool) {
    let Scratch { latents, block } = scratch;
    let pair = pair_len::<S>();
    match source.float_planes(first) {
        Some((planes, left)) if left >= pair => {
            let count = left.min(BLOCK).min(limit);
            let finite = project_to_block(simd, polynomial, planes, count.max(pair), block);
            (count, finite)
        }
        _ => {
            let stride = source.step::<S>();
            let count = limit.min(stride);
            let pixels = first..first + count;
            source.load(simd, 0..source.channels, pixels, latents, stride);
            let planes = Planes {
                samples: latents.as_slice(),
                stride,
            };
            let padded = count.next_multiple_of(pair);
            let finite = project_to_block(simd, polynomial, planes, padded, block);
            (count, finite)
        }
    }
}
