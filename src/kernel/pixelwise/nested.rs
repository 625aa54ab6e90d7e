//! Polynomials of degrees 2 and 3, any number of channels.

use fearless_simd::prelude::*;

use super::{Evaluate, Rgb, Scaled, Unfolded, add_product, add_row, splat};
use crate::kernel::sample::VectorPair;

/// Degree 2 or 3, any number of channels.
pub(in crate::kernel) struct Nested<'a, S: Simd>(Unfolded<'a, S>);

impl<'a, S: Simd> Evaluate<'a, S> for Nested<'a, S> {
    #[inline(always)]
    fn prepare(simd: S, polynomial: &Scaled<'a>) -> Self {
        Self(Unfolded::new(simd, polynomial))
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> VectorPair<S>) -> Rgb<S> {
        let terms = &self.0.terms;
        let mut pairs = terms.pairs.iter();
        let mut triples = terms.triples.iter();
        let mut rgb = splat(simd, &terms.constant);
        for (i, row) in terms.linear.iter().enumerate() {
            let mut factor = splat(simd, row);
            for (j, row) in (i..terms.channels()).zip(&mut pairs) {
                let mut inner = splat(simd, row);
                for (k, row) in (j..terms.channels()).zip(&mut triples) {
                    add_row(simd, &mut inner, channel(k), row);
                }
                add_product::<S>(&mut factor, channel(j), &inner);
            }
            add_product::<S>(&mut rgb, channel(i), &factor);
        }
        self.0.rescale(rgb)
    }
}
