//! Degrees 2 and 3, any number of channels.

use fearless_simd::prelude::*;

use super::{Evaluate, Map, Rgb, Scaled, add_product, add_scaled, splat};
use crate::kernel::decode::Pair;

/// Degree 2, any number of channels.
pub(in crate::kernel) struct Quadratic<'a, S: Simd>(Scaled<'a, S>);

/// Degree 3, any number of channels.
pub(in crate::kernel) struct Cubic<'a, S: Simd>(Scaled<'a, S>);

impl<'a, S: Simd> Evaluate<'a, S> for Quadratic<'a, S> {
    #[inline(always)]
    fn prepare(simd: S, map: &Map<'a>) -> Self {
        Self(Scaled::new(simd, map))
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> Pair<S>) -> Rgb<S> {
        let polynomial = &self.0.polynomial;
        let mut pairs = polynomial.pairs.iter();
        let mut rgb = splat(simd, &polynomial.constant);
        for (i, row) in polynomial.linear.iter().enumerate() {
            let mut factor = splat(simd, row);
            for (j, row) in (i..polynomial.channels()).zip(&mut pairs) {
                add_scaled(simd, &mut factor, channel(j), row);
            }
            add_product::<S>(&mut rgb, channel(i), &factor);
        }
        self.0.apply(rgb)
    }
}

impl<'a, S: Simd> Evaluate<'a, S> for Cubic<'a, S> {
    #[inline(always)]
    fn prepare(simd: S, map: &Map<'a>) -> Self {
        Self(Scaled::new(simd, map))
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> Pair<S>) -> Rgb<S> {
        let polynomial = &self.0.polynomial;
        let mut pairs = polynomial.pairs.iter();
        let mut triples = polynomial.triples.iter();
        let mut rgb = splat(simd, &polynomial.constant);
        for (i, row) in polynomial.linear.iter().enumerate() {
            let mut factor = splat(simd, row);
            for (j, row) in (i..polynomial.channels()).zip(&mut pairs) {
                let mut inner = splat(simd, row);
                for (k, row) in (j..polynomial.channels()).zip(&mut triples) {
                    add_scaled(simd, &mut inner, channel(k), row);
                }
                add_product::<S>(&mut factor, channel(j), &inner);
            }
            add_product::<S>(&mut rgb, channel(i), &factor);
        }
        self.0.apply(rgb)
    }
}
