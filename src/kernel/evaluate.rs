//! Polynomials of the channels of a pair of vectors of pixels.
//!
//! Nested, as Horner does: the coefficients of `x_i` are themselves polynomials
//! of the channels from `i` on. Every coefficient is used in exactly one
//! multiply-add and none of the products `x_i x_j` is formed.

use fearless_simd::prelude::*;

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

/// Degree 1, four channels: the commonest case. The coefficients stay in
/// registers with the change of scale folded in.
pub(super) struct Linear4<S: Simd> {
    constant: [S::f32s; 3],
    rows: [[S::f32s; 3]; 4],
}

impl<'a, S: Simd> Evaluate<'a, S> for Linear4<S> {
    #[inline(always)]
    fn prepare(simd: S, map: &Map<'a>) -> Self {
        let zero = S::f32s::splat(simd, 0.0);
        let mut rows = [[zero; 3]; 4];
        for (row, values) in rows.iter_mut().zip(map.polynomial.linear) {
            for (vector, value) in row.iter_mut().zip(values) {
                *vector = S::f32s::splat(simd, value * map.scale);
            }
        }
        let mut constant = [zero; 3];
        for (vector, value) in constant.iter_mut().zip(map.polynomial.constant) {
            *vector = S::f32s::splat(simd, value * map.scale + map.offset);
        }
        Self { constant, rows }
    }

    #[inline(always)]
    fn evaluate(&self, _simd: S, channel: impl Fn(usize) -> Pair<S>) -> Rgb<S> {
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
pub(super) struct Linear<'a, S: Simd>(Scaled<'a, S>);

/// Degree 2, any number of channels.
pub(super) struct Quadratic<'a, S: Simd>(Scaled<'a, S>);

/// Degree 3, any number of channels.
pub(super) struct Cubic<'a, S: Simd>(Scaled<'a, S>);

/// Degree 2, `N` channels, at most four. The copies of the coefficients have the
/// change of scale folded in, and the compiler knows that nothing else writes to
/// them.
pub(super) struct SmallQuadratic<const N: usize> {
    constant: [f32; 3],
    linear: [[f32; 3]; 4],
    pairs: [[f32; 3]; 10],
}

/// Degree 3, `N` channels, at most four.
pub(super) struct SmallCubic<const N: usize> {
    quadratic: SmallQuadratic<N>,
    triples: [[f32; 3]; 20],
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

impl<'a, S: Simd> Evaluate<'a, S> for Linear<'a, S> {
    #[inline(always)]
    fn prepare(simd: S, map: &Map<'a>) -> Self {
        Self(Scaled::new(simd, map))
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> Pair<S>) -> Rgb<S> {
        let polynomial = &self.0.polynomial;
        let mut rgb = splat(simd, &polynomial.constant);
        // Four at a time, so that the compiler unrolls.
        let (fours, rest) = polynomial.linear.as_chunks::<4>();
        let mut c = 0;
        for rows in fours {
            for row in rows {
                add_scaled(simd, &mut rgb, channel(c), row);
                c += 1;
            }
        }
        for row in rest {
            add_scaled(simd, &mut rgb, channel(c), row);
            c += 1;
        }
        self.0.apply(rgb)
    }

    // Each coefficient is used for more pixels, and each plane is read in longer pieces.
    const BY_GROUP: bool = true;

    #[inline(always)]
    fn evaluate_group<const N: usize>(
        &self,
        simd: S,
        channel: impl Fn(usize, usize) -> Pair<S>,
    ) -> [Rgb<S>; N] {
        let polynomial = &self.0.polynomial;
        let mut group = [splat(simd, &polynomial.constant); N];
        for (c, row) in polynomial.linear.iter().enumerate() {
            let row = splat(simd, row);
            for (i, rgb) in group.iter_mut().enumerate() {
                add_product::<S>(rgb, channel(c, i), &row);
            }
        }
        for rgb in &mut group {
            *rgb = self.0.apply(*rgb);
        }
        group
    }
}

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

/// Writes a body once for each of at most four channels, from `$from` to `$end`,
/// with the channel as a constant: loops that the compiler would leave rolled.
macro_rules! for_channels {
    ($c:ident in $from:expr, $end:expr => $body:block) => {
        for_channels!(@ $c, $from, $end, $body, 0, 1, 2, 3)
    };
    (@ $c:ident, $from:expr, $end:expr, $body:block, $($index:literal),+) => {
        $({
            const $c: usize = $index;
            if ($from..$end).contains(&$c) $body
        })+
    };
}

/// The first `N` channels.
#[inline(always)]
fn load_channels<S: Simd, const N: usize>(
    simd: S,
    channel: impl Fn(usize) -> Pair<S>,
) -> [Pair<S>; 4] {
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

impl<'a, S: Simd, const N: usize> Evaluate<'a, S> for SmallQuadratic<N> {
    #[inline(always)]
    fn prepare(_simd: S, map: &Map<'a>) -> Self {
        let [r, g, b] = map.polynomial.constant;
        Self {
            constant: [
                r * map.scale + map.offset,
                g * map.scale + map.offset,
                b * map.scale + map.offset,
            ],
            linear: scaled(map.polynomial.linear, map.scale),
            pairs: scaled(map.polynomial.pairs, map.scale),
        }
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> Pair<S>) -> Rgb<S> {
        let x = load_channels::<S, N>(simd, channel);
        let mut rgb = splat(simd, &self.constant);
        let mut pairs = self.pairs.iter();
        for_channels!(I in 0, N => {
            let mut factor = splat(simd, &self.linear[I]);
            for_channels!(J in I, N => {
                if let Some(row) = pairs.next() {
                    add_scaled(simd, &mut factor, x[J], row);
                }
            });
            add_product::<S>(&mut rgb, x[I], &factor);
        });
        rgb
    }
}

impl<'a, S: Simd, const N: usize> Evaluate<'a, S> for SmallCubic<N> {
    #[inline(always)]
    fn prepare(simd: S, map: &Map<'a>) -> Self {
        Self {
            quadratic: <SmallQuadratic<N> as Evaluate<'a, S>>::prepare(simd, map),
            triples: scaled(map.polynomial.triples, map.scale),
        }
    }

    #[inline(always)]
    fn evaluate(&self, simd: S, channel: impl Fn(usize) -> Pair<S>) -> Rgb<S> {
        let x = load_channels::<S, N>(simd, channel);
        let mut rgb = splat(simd, &self.quadratic.constant);
        let (mut pairs, mut triples) = (self.quadratic.pairs.iter(), self.triples.iter());
        for_channels!(I in 0, N => {
            let mut factor = splat(simd, &self.quadratic.linear[I]);
            for_channels!(J in I, N => {
                if let Some(row) = pairs.next() {
                    let mut inner = splat(simd, row);
                    for_channels!(K in J, N => {
                        if let Some(row) = triples.next() {
                            add_scaled(simd, &mut inner, x[K], row);
                        }
                    });
                    add_product::<S>(&mut factor, x[J], &inner);
                }
            });
            add_product::<S>(&mut rgb, x[I], &factor);
        });
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
