//! Sums of products: several outputs and several vectors of pixels at a time, so that each load
//! is used many times.
//!
//! Loops fill the arrays: `map` and `from_fn` are not always inlined into the vectorized code.

use fearless_simd::prelude::*;

use super::rows::{Input, Rows};
use crate::kernel::level::registers;
use crate::map::Conv;

/// The number of outputs whose sums are kept in registers at a time.
const OUTPUTS: usize = 4;

/// The number of adjacent vectors of pixels whose sums are kept in registers at a time.
pub(super) const fn vectors<S: Simd>() -> usize {
    // Sixteen sums, an input and a weight each need a register.
    if registers::<S>() == 32 { 4 } else { 2 }
}

/// Makes `count` columns of row `y` of a layer.
pub(super) fn convolve_row<S: Simd>(
    simd: S,
    conv: &Conv<'_>,
    input: &Input<'_>,
    rows: &Rows,
    y: usize,
    count: usize,
    later: &mut [f32],
) {
    // `later` begins where the rows begin.
    let first_row = rows.row(y) - rows.start;
    let mut output = 0;
    while output < rows.planes {
        let outputs = if output + OUTPUTS <= rows.planes {
            OUTPUTS
        } else {
            1
        };
        let places = &mut later[first_row + output * rows.step()..];
        match (conv.kernel_size, outputs) {
            (3, OUTPUTS) => fill::<S, 3, OUTPUTS>(simd, conv, input, output, count, rows, places),
            (3, _) => fill::<S, 3, 1>(simd, conv, input, output, count, rows, places),
            (_, OUTPUTS) => fill::<S, 1, OUTPUTS>(simd, conv, input, output, count, rows, places),
            (_, _) => fill::<S, 1, 1>(simd, conv, input, output, count, rows, places),
        }
        output += outputs;
    }
}

/// Makes some outputs of a row.
fn fill<S: Simd, const K: usize, const O: usize>(
    simd: S,
    conv: &Conv<'_>,
    input: &Input<'_>,
    output: usize,
    count: usize,
    rows: &Rows,
    places: &mut [f32],
) {
    simd.vectorize(
        #[inline(always)]
        || {
            let weights = conv.rows::<O>(output);
            let bias = &conv.bias[output..output + O];
            let mut x = 0;
            while x < count {
                let left = (count - x).div_ceil(S::f32s::LEN);
                let places = &mut places[1 + x..];
                let step = rows.step();
                // Decided at compile time, so that only used code is compiled. Single outputs
                // are rare and need not be fast.
                let made = if const { O > 1 && vectors::<S>() >= 4 } && left >= 4 {
                    put::<S, K, O, 4>(simd, weights, bias, input, x, places, step)
                } else if const { O > 1 } && left >= 2 {
                    put::<S, K, O, 2>(simd, weights, bias, input, x, places, step)
                } else {
                    put::<S, K, O, 1>(simd, weights, bias, input, x, places, step)
                };
                x += made * S::f32s::LEN;
            }
        },
    );
}

/// Makes some vectors of some outputs; returns how many vectors.
#[inline(always)]
fn put<S: Simd, const K: usize, const O: usize, const P: usize>(
    simd: S,
    weights: [&[f32]; O],
    bias: &[f32],
    input: &Input<'_>,
    x: usize,
    places: &mut [f32],
    step: usize,
) -> usize {
    let mut sums = [[S::f32s::splat(simd, 0.0); P]; O];
    for (sums, &bias) in sums.iter_mut().zip(bias) {
        *sums = [S::f32s::splat(simd, bias); P];
    }
    add_products::<S, K, O, P>(simd, weights, input, x, &mut sums);
    for (o, sums) in sums.into_iter().enumerate() {
        let places = &mut places[o * step..][..P * S::f32s::LEN];
        for (sum, places) in sums.into_iter().zip(places.chunks_exact_mut(S::f32s::LEN)) {
            // NaN is not below zero and stays.
            let positive = sum.simd_lt(0.0).select(S::f32s::splat(simd, 0.0), sum);
            positive.store_slice(places);
        }
    }
    P
}

/// Adds the products of the `K` x `K` neighborhoods of the pixels from column `x` on.
#[inline(always)]
pub(super) fn add_products<S: Simd, const K: usize, const O: usize, const P: usize>(
    simd: S,
    weights: [&[f32]; O],
    input: &Input<'_>,
    x: usize,
    sums: &mut [[S::f32s; P]; O],
) {
    let skipped = (3 - K) / 2;
    // Arrays, so that one bounds check is enough for a row of the neighborhood.
    let mut taps: [&[[f32; K]]; O] = [&[]; O];
    for (taps, weights) in taps.iter_mut().zip(&weights) {
        *taps = weights.as_chunks().0;
    }
    let mut samples = input.samples;
    for rows in 0..taps[0].len() / K {
        for row in 0..K {
            let start = input.starts[row + skipped] + x + skipped;
            let samples = &samples[start..][..P * S::f32s::LEN + K - 1];
            let mut weights = [&[0.0; K]; O];
            for (weights, taps) in weights.iter_mut().zip(&taps) {
                *weights = &taps[rows * K + row];
            }
            for column in 0..K {
                let mut loaded = [S::f32s::splat(simd, 0.0); P];
                for (p, loaded) in loaded.iter_mut().enumerate() {
                    let first = column + p * S::f32s::LEN;
                    *loaded = S::f32s::from_slice(simd, &samples[first..first + S::f32s::LEN]);
                }
                for (sums, weights) in sums.iter_mut().zip(weights) {
                    let weight = S::f32s::splat(simd, weights[column]);
                    for (sum, value) in sums.iter_mut().zip(loaded) {
                        *sum = value.mul_add(weight, *sum);
                    }
                }
            }
        }
        samples = samples.get(input.step..).unwrap_or_default();
    }
}
