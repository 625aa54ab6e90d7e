//! Loading samples as pairs of `f32` vectors: as many 32-bit lanes as one vector of 16-bit
//! samples widens to.

use fearless_simd::{f32x4, prelude::*, u16x8};
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

use super::level::converts_f16;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
use super::x86;

/// Two native vectors, the kernel's unit of work.
pub(super) type VectorPair<S> = [<S as Simd>::f32s; 2];

/// The largest number of pixels in a [`VectorPair`] on any level.
pub(super) const MAX_PAIR: usize = 32;

/// The number of pixels in a [`VectorPair`].
#[inline(always)]
pub(super) const fn pair_len<S: Simd>() -> usize {
    2 * S::f32s::LEN
}

/// A sample type that the kernel loads.
pub(super) trait Sample: Copy + Into<f32> + 'static {
    const ZERO: Self;

    /// Loads `pair_len::<S>()` samples, in any order.
    fn load<S: Simd>(simd: S, samples: &[Self]) -> VectorPair<S>;

    /// `true` if `load` keeps the order. If not, the even samples come first. The answer
    /// is a constant of the level.
    fn loads_in_order<S: Simd>(simd: S) -> bool;

    /// Brings two vectors, with one element for each sample of a `load`, into the order of the
    /// samples.
    #[inline(always)]
    fn in_order<S: Simd>(simd: S, [low, high]: [S::u32s; 2]) -> [S::u32s; 2] {
        if Self::loads_in_order(simd) {
            return [low, high];
        }
        let (low, high) = low.interleave(high);
        [low, high]
    }

    /// The samples themselves, if they are `f32`.
    fn as_floats(_samples: &[Self]) -> Option<&[f32]> {
        None
    }

    /// The number of samples in a row of a tile.
    const TILE: usize;

    /// Writes the columns of a square tile as rows of floats. Rows are `step` apart in `from`
    /// and `stride` apart in `to`.
    fn transpose_tile<S: Simd>(simd: S, from: &[Self], step: usize, to: &mut [f32], stride: usize);
}

/// [`Sample::transpose_tile`] with vectors as long as a row.
#[inline(always)]
fn transpose<S: Simd, V: SimdBase<S>, const N: usize>(
    simd: S,
    from: &[V::Element],
    step: usize,
    to: &mut [V::Element],
    stride: usize,
) {
    let mut rows = [V::splat(simd, V::Element::default()); N];
    for (i, row) in rows.iter_mut().enumerate() {
        *row = V::from_slice(simd, &from[i * step..i * step + N]);
    }
    // Each round halves the distance between samples of a column.
    for _ in 0..N.ilog2() {
        let before = rows;
        for i in 0..N / 2 {
            (rows[2 * i], rows[2 * i + 1]) = before[i].interleave(before[i + N / 2]);
        }
    }
    for (i, row) in rows.into_iter().enumerate() {
        row.store_slice(&mut to[i * stride..i * stride + N]);
    }
}

/// [`Sample::transpose_tile`] for 16-bit types.
#[inline(always)]
fn transpose_halves<S: Simd, T: Sample>(
    simd: S,
    from: &[T],
    step: usize,
    to: &mut [f32],
    stride: usize,
) where
    [T]: HalfFloatSliceExt,
{
    let mut tile = [T::ZERO; 64];
    let bits = tile.reinterpret_cast_mut();
    transpose::<S, u16x8<S>, 8>(simd, from.reinterpret_cast(), step, bits, 8);
    let mut floats = [0.0; 64];
    widen(simd, &tile, &mut floats);
    for (row, floats) in floats.chunks_exact(8).enumerate() {
        to[row * stride..row * stride + 8].copy_from_slice(floats);
    }
}

/// Writes samples as floats, in order. Both slices have the same length.
#[inline(always)]
pub(super) fn widen<S: Simd, T: Sample>(simd: S, samples: &[T], floats: &mut [f32]) {
    let pair = pair_len::<S>();
    let whole = samples.len() - samples.len() % pair;
    let pieces = floats[..whole].chunks_exact_mut(pair);
    for (samples, floats) in samples[..whole].chunks_exact(pair).zip(pieces) {
        widen_pair(simd, samples, floats);
    }
    let (samples, floats) = (&samples[whole..], &mut floats[whole..]);
    if !samples.is_empty() {
        let mut padded = [T::ZERO; MAX_PAIR];
        padded[..samples.len()].copy_from_slice(samples);
        let mut widened = [0.0; MAX_PAIR];
        widen_pair(simd, &padded[..pair], &mut widened[..pair]);
        floats.copy_from_slice(&widened[..samples.len()]);
    }
}

#[inline(always)]
fn widen_pair<S: Simd, T: Sample>(simd: S, samples: &[T], floats: &mut [f32]) {
    let [low, high] = load_in_order(simd, samples);
    let (low_floats, high_floats) = floats.split_at_mut(S::f32s::LEN);
    low.store_slice(low_floats);
    high.store_slice(high_floats);
}

/// Loads `pair_len::<S>()` samples in their order.
#[inline(always)]
pub(super) fn load_in_order<S: Simd, T: Sample>(simd: S, samples: &[T]) -> VectorPair<S> {
    let [low, high] = T::load(simd, samples);
    let [low, high] = T::in_order(simd, [low.bitcast(), high.bitcast()]);
    [low.bitcast(), high.bitcast()]
}

impl Sample for f32 {
    const ZERO: Self = 0.0;

    #[inline(always)]
    fn load<S: Simd>(simd: S, samples: &[Self]) -> VectorPair<S> {
        let (low, high) = samples.split_at(S::f32s::LEN);
        [
            S::f32s::from_slice(simd, low),
            S::f32s::from_slice(simd, high),
        ]
    }

    #[inline(always)]
    fn loads_in_order<S: Simd>(_simd: S) -> bool {
        true
    }

    #[inline(always)]
    fn as_floats(samples: &[Self]) -> Option<&[f32]> {
        Some(samples)
    }

    const TILE: usize = 4;

    #[inline(always)]
    fn transpose_tile<S: Simd>(simd: S, from: &[Self], step: usize, to: &mut [f32], stride: usize) {
        transpose::<S, f32x4<S>, 4>(simd, from, step, to, stride);
    }
}

impl Sample for bf16 {
    const ZERO: Self = Self::ZERO;

    #[inline(always)]
    fn load<S: Simd>(simd: S, samples: &[Self]) -> VectorPair<S> {
        // Two samples per lane. One of them is already in its place for f32, a shift brings the
        // other there: cheaper than widening in order.
        let twos = S::u16s::from_slice(simd, samples.reinterpret_cast()).bitcast::<S::u32s>();
        let (upper, lower) = (twos & 0xffff_0000, twos << 16);
        if cfg!(target_endian = "big") {
            [upper.bitcast(), lower.bitcast()]
        } else {
            [lower.bitcast(), upper.bitcast()]
        }
    }

    #[inline(always)]
    fn loads_in_order<S: Simd>(_simd: S) -> bool {
        false
    }

    const TILE: usize = 8;

    #[inline(always)]
    fn transpose_tile<S: Simd>(simd: S, from: &[Self], step: usize, to: &mut [f32], stride: usize) {
        transpose_halves(simd, from, step, to, stride);
    }
}

impl Sample for f16 {
    const ZERO: Self = Self::ZERO;

    #[inline(always)]
    fn load<S: Simd>(simd: S, samples: &[Self]) -> VectorPair<S> {
        let bits: &[u16] = samples.reinterpret_cast();
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if let Some(pair) = x86::load_f16(simd, bits) {
            return pair;
        }
        // Two samples per lane, each brought to the upper half in turn.
        let twos = S::u16s::from_slice(simd, bits).bitcast::<S::u32s>();
        let upper = upper_f16_to_f32::<S>(simd, twos);
        let lower = upper_f16_to_f32::<S>(simd, twos << 16);
        if cfg!(target_endian = "big") {
            [upper, lower]
        } else {
            [lower, upper]
        }
    }

    #[inline(always)]
    fn loads_in_order<S: Simd>(simd: S) -> bool {
        converts_f16(simd)
    }

    const TILE: usize = 8;

    #[inline(always)]
    fn transpose_tile<S: Simd>(simd: S, from: &[Self], step: usize, to: &mut [f32], stride: usize) {
        transpose_halves(simd, from, step, to, stride);
    }
}

/// Converts the `f16` in the upper half of each lane: moves the fields to their places in `f32`
/// and scales by the difference of the exponent biases. The multiplication also normalizes
/// subnormals.
#[inline(always)]
fn upper_f16_to_f32<S: Simd>(simd: S, lanes: S::u32s) -> S::f32s {
    const BIAS_DIFFERENCE: f32 = f32::from_bits((127 + 127 - 15) << 23);
    const TOP_EXPONENT: u32 = 0x7c00 << 16;

    // An arithmetic shift leaves the sign in place, and copies of it that the mask clears.
    let fields = (lanes.bitcast::<S::i32s>() >> 3).bitcast::<S::u32s>() & 0x8fff_e000;
    let scaled = fields.bitcast::<S::f32s>() * BIAS_DIFFERENCE;
    // Infinity and NaN have the top exponent in f16 and must have it in f32.
    let special = (lanes & TOP_EXPONENT)
        .bitcast::<S::i32s>()
        .simd_eq(S::i32s::splat(simd, TOP_EXPONENT as i32));
    let top_exponent = special.select(
        S::u32s::splat(simd, f32::INFINITY.to_bits()),
        S::u32s::splat(simd, 0),
    );
    (scaled.bitcast::<S::u32s>() | top_exponent).bitcast()
}
