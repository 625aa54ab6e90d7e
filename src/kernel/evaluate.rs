//! Polynomials of the channels of a pair of vectors of pixels.

use fearless_simd::prelude::*;

use super::decode::Pair;
use crate::projection::Polynomial;

/// R, G and B of a pair of vectors of pixels.
pub(super) type Rgb<S> = [Pair<S>; 3];

/// Evaluates a polynomial of degree `DEGREE`; `channel(c)` loads channel `c`.
///
/// Nested, as Horner does: the coefficients of `x_i` are themselves polynomials
/// of the channels from `i` on. Every coefficient is used in exactly one
/// multiply-add and none of the products `x_i x_j` is formed.
#[inline(always)]
pub(super) fn evaluate<S: Simd, const DEGREE: u32>(
    simd: S,
    polynomial: &Polynomial<'_>,
    channel: impl Fn(usize) -> Pair<S>,
) -> Rgb<S> {
    let channels = polynomial.linear.len();
    let mut rgb = splat(simd, &polynomial.constant);
    let mut pairs = polynomial.pairs;
    let mut triples = polynomial.triples;
    for (i, row) in polynomial.linear.iter().enumerate() {
        let x = channel(i);
        if DEGREE == 1 {
            add_scaled(simd, &mut rgb, x, row);
            continue;
        }
        let mut factor = splat(simd, row);
        for (j, row) in (i..channels).zip(take(&mut pairs, channels - i)) {
            let y = channel(j);
            if DEGREE == 2 {
                add_scaled(simd, &mut factor, y, row);
                continue;
            }
            let mut inner = splat(simd, row);
            for (k, row) in (j..channels).zip(take(&mut triples, channels - j)) {
                add_scaled(simd, &mut inner, channel(k), row);
            }
            add_product::<S>(&mut factor, y, &inner);
        }
        add_product::<S>(&mut rgb, x, &factor);
    }
    rgb
}

/// Cuts `count` rows off the front.
#[inline(always)]
fn take<'a>(rows: &mut &'a [[f32; 3]], count: usize) -> &'a [[f32; 3]] {
    let (taken, rest) = rows.split_at(count);
    *rows = rest;
    taken
}

#[inline(always)]
fn splat<S: Simd>(simd: S, row: &[f32; 3]) -> Rgb<S> {
    row.map(|value| [S::f32s::splat(simd, value); 2])
}

/// `rgb += x * row`
#[inline(always)]
fn add_scaled<S: Simd>(simd: S, rgb: &mut Rgb<S>, x: Pair<S>, row: &[f32; 3]) {
    add_product::<S>(rgb, x, &splat(simd, row));
}

/// `rgb += x * factor`
#[inline(always)]
fn add_product<S: Simd>(rgb: &mut Rgb<S>, x: Pair<S>, factor: &Rgb<S>) {
    for (sum, factor) in rgb.iter_mut().zip(factor) {
        for half in 0..2 {
            sum[half] = x[half].mul_add(factor[half], sum[half]);
        }
    }
}
