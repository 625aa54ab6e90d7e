//! Polynomials of the channels of a pair of vectors of pixels.
//!
//! Nested, as Horner does: the coefficients of `x_i` are themselves polynomials
//! of the channels from `i` on. Every coefficient is used in exactly one
//! multiply-add and none of the products `x_i x_j` is formed.

mod linear;
mod powers;
mod small;

use fearless_simd::prelude::*;

pub(super) use self::linear::{Linear, Linear4};
pub(super) use self::powers::{Cubic, Quadratic};
pub(super) use self::small::{SmallCubic, SmallQuadratic};
use super::Encoding;
use super::decode::Pair;
use crate::projection::Polynomial;

/// R, G and B of a pair of vectors of pixels.
pub(super) type Rgb<S> = [Pair<S>; 3];

/// What is computed for a pixel: `scale * polynomial + offset`.
#[derive(Clone, Copy)]
pub(super) struct Map<'a> {
    pub(super) polynomial: Polynomial<'a>,
    pub(super) scale: f32,
    pub(super) offset: f32,
}

impl<'a> Map<'a> {
    /// To the range of an encoding.
    pub(super) fn new(polynomial: Polynomial<'a>, encoding: Encoding) -> Self {
        let (scale, offset) = encoding.range();
        Self {
            polynomial,
            scale,
            offset,
        }
    }

    /// Whether the scale can be multiplied into the coefficients: not if that
    /// overflows, for infinity times a latent of 0 is NaN.
    pub(super) fn folds(&self) -> bool {
        let Polynomial {
            linear,
            pairs,
            triples,
            ..
        } = self.polynomial;
        let fits = |c: &f32| (c * self.scale).is_finite();
        [linear, pairs, triples]
            .iter()
            .all(|rows| rows.as_flattened().iter().all(fits))
    }
}

/// A [`Map`] made ready for the vectors of one level.
///
/// Closures and `map` are compiled without a level's instructions unless they
/// are inlined, so the code here spells its threes and twos out.
pub(super) trait Evaluate<'a, S: Simd> {
    /// Done once, before the loop over the pixels.
    fn prepare(simd: S, map: &Map<'a>) -> Self;

    /// RGB of the pixels whose channel `c` is `channel(c)`.
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> Pair<S>) -> Rgb<S>;

    /// Whether it gains by several pairs of vectors at a time.
    const BY_GROUP: bool = false;

    /// RGB of several pairs of vectors: `channel(c, i)` loads the `i`-th.
    #[inline(always)]
    fn evaluate_group<const N: usize>(
        &self,
        simd: S,
        channel: impl Fn(usize, usize) -> Pair<S>,
    ) -> [Rgb<S>; N] {
        core::array::from_fn(
            #[inline(always)]
            |i| {
                self.evaluate(
                    simd,
                    #[inline(always)]
                    |c| channel(c, i),
                )
            },
        )
    }
}

/// A polynomial whose value is changed in scale after it is computed.
struct Scaled<'a, S: Simd> {
    polynomial: Polynomial<'a>,
    scale: S::f32s,
    offset: S::f32s,
}

impl<'a, S: Simd> Scaled<'a, S> {
    #[inline(always)]
    fn new(simd: S, map: &Map<'a>) -> Self {
        Self {
            polynomial: map.polynomial,
            scale: S::f32s::splat(simd, map.scale),
            offset: S::f32s::splat(simd, map.offset),
        }
    }

    #[inline(always)]
    fn apply(&self, mut rgb: Rgb<S>) -> Rgb<S> {
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
pub(super) fn add_scaled<S: Simd>(simd: S, rgb: &mut Rgb<S>, x: Pair<S>, row: &[f32; 3]) {
    add_product::<S>(rgb, x, &splat(simd, row));
}

/// `rgb += x * factor`
#[inline(always)]
pub(super) fn add_product<S: Simd>(rgb: &mut Rgb<S>, x: Pair<S>, factor: &Rgb<S>) {
    for (sum, factor) in rgb.iter_mut().zip(factor) {
        sum[0] = x[0].mul_add(factor[0], sum[0]);
        sum[1] = x[1].mul_add(factor[1], sum[1]);
    }
}
