//! The hot loop, and the choice of the code that runs in it.

use fearless_simd::prelude::*;

use super::decode::{Sample, pair_len};
use super::evaluate::{
    Cubic, Evaluate, Linear, Linear4, Map, Quadratic, SmallCubic, SmallQuadratic,
};
use super::sink::{Block, Check, Sink};
use super::source::{Mixed, Planes, Scattered, Source};

/// Projects the first `count` pixels of planes; whether all latents are finite.
pub(super) fn from_planes<S: Simd, T: Sample>(
    simd: S,
    map: &Map<'_>,
    source: Planes<'_, T>,
    count: usize,
    sink: impl Sink,
) -> bool {
    let is_four = map.polynomial.channels() == 4 && map.folds();
    match (map.polynomial.degree(), is_four) {
        (1, true) => fill::<S, Linear4<S>, _, _>(simd, map, source, count, sink),
        (1, false) => fill::<S, Linear<S>, _, _>(simd, map, source, count, sink),
        (2, true) => fill::<S, SmallQuadratic<4>, _, _>(simd, map, source, count, sink),
        (2, false) => fill::<S, Quadratic<S>, _, _>(simd, map, source, count, sink),
        (_, true) => fill::<S, SmallCubic<4>, _, _>(simd, map, source, count, sink),
        (_, false) => fill::<S, Cubic<S>, _, _>(simd, map, source, count, sink),
    }
}

/// Whether [`from_mixed`] has this map.
pub(super) fn takes_mixed(map: &Map<'_>) -> bool {
    map.polynomial.degree() == 1 && map.polynomial.channels() == 4 && map.folds()
}

/// Projects the first `count` pixels of a mixture with the commonest map: degree 1,
/// four channels. Whether all latents are finite.
pub(super) fn from_mixed<S: Simd, T: Sample>(
    simd: S,
    map: &Map<'_>,
    source: Mixed<'_, T>,
    count: usize,
    sink: impl Sink,
) -> bool {
    debug_assert!(takes_mixed(map));
    fill::<S, Linear4<S>, _, _>(simd, map, source, count, sink)
}

/// Projects one pair of vectors of scattered pixels; whether all latents are finite.
pub(super) fn from_scattered<S: Simd>(
    simd: S,
    map: &Map<'_>,
    source: Scattered<'_>,
    block: &mut Block,
) -> bool {
    let count = pair_len::<S>();
    match map.polynomial.degree() {
        1 => fill::<S, Linear<S>, _, _>(simd, map, source, count, block),
        2 => fill::<S, Quadratic<S>, _, _>(simd, map, source, count, block),
        _ => fill::<S, Cubic<S>, _, _>(simd, map, source, count, block),
    }
}

/// Takes pixels from a source through a polynomial to a sink.
///
/// `count` is at least a pair of vectors; a rest that is no whole pair is made
/// whole by doing some pixels twice. Returns `false` if a latent was NaN or
/// infinite, and perhaps if one was enormous.
#[inline(always)]
fn fill<'a, S: Simd, E: Evaluate<'a, S>, R: Source, K: Sink>(
    simd: S,
    map: &Map<'a>,
    source: R,
    count: usize,
    mut sink: K,
) -> bool {
    simd.vectorize(
        #[inline(always)]
        move || {
            let map = E::prepare(simd, map);
            let last = count - pair_len::<S>();
            let mut check = Check::new(simd);
            let mut first = 0;
            if const { E::BY_GROUP && S::f32s::LEN == 16 } {
                // AVX-512 has 32 registers, half of the others 16.
                while first + 4 * pair_len::<S>() <= last {
                    put_group::<S, E, R, K, 4>(simd, &map, &source, &mut sink, &mut check, first);
                    first += 4 * pair_len::<S>();
                }
            }
            while E::BY_GROUP && first + 2 * pair_len::<S>() <= last {
                put_group::<S, E, R, K, 2>(simd, &map, &source, &mut sink, &mut check, first);
                first += 2 * pair_len::<S>();
            }
            loop {
                let rgb = map.evaluate(
                    simd,
                    #[inline(always)]
                    |c| source.load(simd, c, first),
                );
                sink.put::<S, R::Sample>(simd, rgb, first, &mut check);
                if first == last {
                    return check.all_finite();
                }
                first = (first + pair_len::<S>()).min(last);
            }
        },
    )
}

/// Takes `N` pairs of vectors of pixels from a source to a sink.
#[inline(always)]
fn put_group<'a, S: Simd, E: Evaluate<'a, S>, R: Source, K: Sink, const N: usize>(
    simd: S,
    map: &E,
    source: &R,
    sink: &mut K,
    check: &mut Check<S>,
    first: usize,
) {
    let group: [_; N] = map.evaluate_group(
        simd,
        #[inline(always)]
        |c, i| source.load(simd, c, first + i * pair_len::<S>()),
    );
    for (i, rgb) in group.into_iter().enumerate() {
        let first = first + i * pair_len::<S>();
        sink.put::<S, R::Sample>(simd, rgb, first, check);
    }
}
