//! Lower bounds for the time of any preview.

use fearless_simd::{Level, dispatch, prelude::*};

/// Reads all samples and does as little with them as a CPU allows: adds them
/// up, in eight independent sums of vectors.
pub fn read(samples: &[f32]) -> f32 {
    dispatch!(Level::new(), simd => sum(simd, samples))
}

#[inline(always)]
fn sum<S: Simd>(simd: S, samples: &[f32]) -> f32 {
    let mut sums = [S::f32s::splat(simd, 0.0); 8];
    for chunk in samples.chunks_exact(8 * S::f32s::LEN) {
        for (sum, vector) in sums.iter_mut().zip(chunk.chunks_exact(S::f32s::LEN)) {
            *sum += S::f32s::from_slice(simd, vector);
        }
    }
    let mut total = sums[0];
    for sum in &sums[1..] {
        total += *sum;
    }
    total.reduce_sum()
}

/// Copies the samples.
pub fn memcpy(samples: &[f32], out: &mut [f32]) {
    out.copy_from_slice(samples);
}
