//! Polynomials of degree 1.

use fearless_simd::prelude::*;

use super::{Evaluate, Rgb, Scaled, Unfolded, add_product, add_row, splat};
use crate::kernel::sample::VectorPair;

/// Degree 1, four channels: the most common case. The coefficients stay in registers with the
/// change of scale folded in.
pub(in crate::kernel) struct Linear4<S: Simd> {
    constant: [S::f32s; 3],
    rows: [[S::f32s; 3]; 4],
}

impl<'a, S: Simd> Evaluate<'a, S> for Linear4<S> {
    #[inline(always)]
    fn prepare(simd: S, polynomial: &Scaled<'a>) -> Self {
        let Scaled {
            terms,
            scale,
            offset,
            ..
        } = *polynomial;
        let zero = S::f32s::splat(simd, 0.0);
        let mut rows = [[zero; 3]; 4];
        for (row, values) in rows.iter_mut().zip(terms.linear) {
            for (vector, value) in row.iter_mut().zip(values) {
                *vector = S::f32s::splat(simd, value * scale);
            }
        }
        let mut constant = [zero; 3];
        for (vector, value) in constant.iter_mut().zip(terms.constant) {
            *vector = S::f32s::splat(simd, value * scale + offset);
        }
        Self { constant, rows }
    }

    #[inline(always)]
    fn evaluate(&self, _simd: S, channel: impl Fn(usize) -> VectorPair<S>) -> Rgb<S> {
        let mut rgb = [
            [self.constant[0]; 2],
            [self.constant[1]; 2],
            [self.constant[2]; 2],
        ];
        for (c, row) in self.rows.iter().enumerate() {
            let x = channel(c);
            for (sum, &factor) in rgb.iter_mut().zip(row) {
                sum[0] = x[0].mul_add(factor, sum[0]);
                sum[1] = x[1].mul_add(factor, sum[1]);
            }
        }
        rgb
    }
}

/// Degree 1, any number of channels.
pub(in crate::kernel) struct Linear<'a, S: Simd>(Unfolded<'a, S>);

impl<'a, S: Simd> Evaluate<'a, S> for Linear<'a, S> {
    #[inline(always)]
    fn prepare(simd: S, polynomial: &Scaled<'a>) -> Self {
        Self(Unfolded::new(simd, polynomial))
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> VectorPair<S>) -> Rgb<S> {
        let mut rgb = splat(simd, &self.0.terms.constant);
        // Four at a time, so that the compiler unrolls.
        let (fours, rest) = self.0.terms.linear.as_chunks::<4>();
        let mut c = 0;
        for rows in fours {
            for row in rows {
                add_row(simd, &mut rgb, channel(c), row);
                c += 1;
            }
        }
        for row in rest {
            add_row(simd, &mut rgb, channel(c), row);
            c += 1;
        }
        self.0.rescale(rgb)
    }

    // Each coefficient is used for more pixels, and each plane is read in longer pieces.
    const BY_GROUP: bool = true;

    #[inline(always)]
    fn evaluate_group<const N: usize>(
        &self,
        simd: S,
        channel: impl Fn(usize, usize) -> VectorPair<S>,
    ) -> [Rgb<S>; N] {
        let mut group = [splat(simd, &self.0.terms.constant); N];
        for (c, row) in self.0.terms.linear.iter().enumerate() {
            let row = splat(simd, row);
            for (i, rgb) in group.iter_mut().enumerate() {
                add_product::<S>(rgb, channel(c, i), &row);
            }
        }
        for rgb in &mut group {
            *rgb = self.0.rescale(*rgb);
        }
        group
    }
}
