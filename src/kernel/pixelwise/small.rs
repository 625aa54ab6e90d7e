//! Polynomials of degrees 2 and 3, few channels: the loops over channels are unrolled.

use fearless_simd::prelude::*;

use super::{Evaluate, Rgb, Scaled, add_product, add_row, splat};
use crate::kernel::sample::VectorPair;

/// Degree 2 or 3, `N` channels, at most four. Its coefficients are copies with the change of
/// scale folded in; the compiler knows that nothing else writes to them.
pub(in crate::kernel) struct Small<const N: usize, const DEGREE: usize> {
    constant: [f32; 3],
    linear: [[f32; 3]; 4],
    pairs: [[f32; 3]; 10],
    triples: [[f32; 3]; 20],
}

/// Writes a body once for each of at most four channels, from `$from` to `$end`, with the
/// channel as a constant. The compiler would not unroll these loops.
macro_rules! for_channels {
    ($c:ident in $from:expr, $end:expr => $body:block) => {
        for_channels!(@ $c, $from, $end, $body, 0, 1, 2, 3)
    };
    (@ $c:ident, $from:expr, $end:expr, $body:block, $($index:literal),+) => {
        $({
            const $c: usize = $index;
            // Decided at compile time: unwanted bodies are never compiled.
            if const { is_within($c, $from, $end) } $body
        })+
    };
}

const fn is_within(c: usize, from: usize, end: usize) -> bool {
    from <= c && c < end
}

/// The first `N` channels.
#[inline(always)]
fn load_channels<S: Simd, const N: usize>(
    simd: S,
    channel: impl Fn(usize) -> VectorPair<S>,
) -> [VectorPair<S>; 4] {
    let mut x = [[S::f32s::splat(simd, 0.0); 2]; 4];
    for_channels!(I in 0, N => {
        x[I] = channel(I);
    });
    x
}

/// The first `N` rows, scaled.
#[inline(always)]
fn scaled<const N: usize>(rows: &[[f32; 3]], scale: f32) -> [[f32; 3]; N] {
    let mut copy = [[0.0; 3]; N];
    for (to, from) in copy.iter_mut().zip(rows) {
        *to = [from[0] * scale, from[1] * scale, from[2] * scale];
    }
    copy
}

impl<'a, S: Simd, const N: usize, const DEGREE: usize> Evaluate<'a, S> for Small<N, DEGREE> {
    #[inline(always)]
    fn prepare(_simd: S, polynomial: &Scaled<'a>) -> Self {
        let Scaled {
            terms,
            scale,
            offset,
            ..
        } = *polynomial;
        let [r, g, b] = terms.constant;
        Self {
            constant: [r * scale + offset, g * scale + offset, b * scale + offset],
            linear: scaled(terms.linear, scale),
            pairs: scaled(terms.pairs, scale),
            triples: scaled(terms.triples, scale),
        }
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> VectorPair<S>) -> Rgb<S> {
        let x = load_channels::<S, N>(simd, channel);
        let mut rgb = splat(simd, &self.constant);
        let (mut pairs, mut triples) = (self.pairs.iter(), self.triples.iter());
        for_channels!(I in 0, N => {
            let mut factor = splat(simd, &self.linear[I]);
            for_channels!(J in I, N => {
                if let Some(row) = pairs.next() {
                    if const { DEGREE == 2 } {
                        add_row(simd, &mut factor, x[J], row);
                    } else {
                        let mut inner = splat(simd, row);
                        for_channels!(K in J, N => {
                            if let Some(row) = triples.next() {
                                add_row(simd, &mut inner, x[K], row);
                            }
                        });
                        add_product::<S>(&mut factor, x[J], &inner);
                    }
                }
            });
            add_product::<S>(&mut rgb, x[I], &factor);
        });
        rgb
    }
}
