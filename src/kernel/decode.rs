//! Loads samples as vectors of `f32`, two at a time: as many 32-bit lanes as
//! one vector of 16-bit samples widens to.

use fearless_simd::{f32x4, prelude::*, u16x8};
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

/// Two native vectors: the unit that the kernel works in.
pub(super) type Pair<S> = [<S as Simd>::f32s; 2];

/// The most pixels that a [`Pair`] holds on any level.
pub(super) const MAX_PAIR: usize = 32;

/// Pixels in a [`Pair`].
#[inline(always)]
pub(super) const fn pair_len<S: Simd>() -> usize {
    2 * S::f32s::LEN
}

/// A type of sample that the kernel loads.
pub(super) trait Sample: Copy + Into<f32> + 'static {
    const ZERO: Self;

    /// Loads `pair_len::<S>()` samples, in any order.
    fn load<S: Simd>(simd: S, samples: &[Self]) -> Pair<S>;

    /// Whether `load` keeps the order. If not, the even samples come first. The answer
    /// is a constant of the level.
    fn loads_in_order<S: Simd>(simd: S) -> bool;

    /// Brings two vectors with an element for each sample of a `load` into the
    /// order of the samples.
    #[inline(always)]
    fn in_order<S: Simd>(simd: S, [low, high]: [S::u32s; 2]) -> [S::u32s; 2] {
        if Self::loads_in_order(simd) {
            return [low, high];
        }
        let (low, high) = low.interleave(high);
        [low, high]
    }

    /// The samples themselves, if they are floats already.
    fn as_floats(_samples: &[Self]) -> Option<&[f32]> {
        None
    }

    /// Samples in a row of a tile.
    const TILE: usize;

    /// Writes the columns of a square tile as rows. Rows are `step` apart in `from` and
    /// `stride` apart in `to`.
    fn transpose_tile<S: Simd>(simd: S, from: &[Self], step: usize, to: &mut [Self], stride: usize);
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

/// Loads `pair_len::<S>()` samples in their order.
#[inline(always)]
pub(super) fn load_in_order<S: Simd, T: Sample>(simd: S, samples: &[T]) -> Pair<S> {
    let [low, high] = T::load(simd, samples);
    let [low, high] = T::in_order(simd, [low.bitcast(), high.bitcast()]);
    [low.bitcast(), high.bitcast()]
}

impl Sample for f32 {
    const ZERO: Self = 0.0;

    #[inline(always)]
    fn load<S: Simd>(simd: S, samples: &[Self]) -> Pair<S> {
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
    fn transpose_tile<S: Simd>(
        simd: S,
        from: &[Self],
        step: usize,
        to: &mut [Self],
        stride: usize,
    ) {
        transpose::<S, f32x4<S>, 4>(simd, from, step, to, stride);
    }
}

impl Sample for bf16 {
    const ZERO: Self = Self::ZERO;

    #[inline(always)]
    fn load<S: Simd>(simd: S, samples: &[Self]) -> Pair<S> {
        // Two samples to a lane. One of them is already where f32 has it, a
        // shift brings the other there: cheaper than widening in order.
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
    fn transpose_tile<S: Simd>(
        simd: S,
        from: &[Self],
        step: usize,
        to: &mut [Self],
        stride: usize,
    ) {
        let (from, to): (&[u16], _) = (from.reinterpret_cast(), to.reinterpret_cast_mut());
        transpose::<S, u16x8<S>, 8>(simd, from, step, to, stride);
    }
}

impl Sample for f16 {
    const ZERO: Self = Self::ZERO;

    #[inline(always)]
    fn load<S: Simd>(simd: S, samples: &[Self]) -> Pair<S> {
        let bits: &[u16] = samples.reinterpret_cast();
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if let Some(pair) = x86::load(simd, bits) {
            return pair;
        }
        // Two samples to a lane, each brought to the upper half in turn.
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
    #[cfg_attr(
        not(any(target_arch = "x86", target_arch = "x86_64")),
        expect(unused_variables, reason = "no other CPU has an instruction for it")
    )]
    fn loads_in_order<S: Simd>(simd: S) -> bool {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        return x86::converts_f16(simd);
        #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
        return false;
    }

    const TILE: usize = 8;

    #[inline(always)]
    fn transpose_tile<S: Simd>(
        simd: S,
        from: &[Self],
        step: usize,
        to: &mut [Self],
        stride: usize,
    ) {
        let (from, to): (&[u16], _) = (from.reinterpret_cast(), to.reinterpret_cast_mut());
        transpose::<S, u16x8<S>, 8>(simd, from, step, to, stride);
    }
}

/// Converts the `f16` in the upper half of each lane: moves the fields to where
/// `f32` has them and scales by the difference of the exponent biases. The
/// multiplication also normalizes subnormals.
#[inline(always)]
fn upper_f16_to_f32<S: Simd>(simd: S, lanes: S::u32s) -> S::f32s {
    const BIAS_DIFFERENCE: f32 = f32::from_bits((127 + 127 - 15) << 23);
    const TOP_EXPONENT: u32 = 0x7c00 << 16;

    // Shifting with the sign leaves it in place, and copies that are cleared.
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

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod x86 {
    //! `f16` conversion by the instruction made for it.

    #[cfg(target_arch = "x86")]
    use core::arch::x86::{_mm256_cvtph_ps, _mm512_cvtph_ps};
    #[cfg(target_arch = "x86_64")]
    use core::arch::x86_64::{_mm256_cvtph_ps, _mm512_cvtph_ps};

    use fearless_simd::x86::{Avx2, Avx512};
    use fearless_simd::{f32x8, f32x16, prelude::*, u16x8, u16x16};

    use super::Pair;

    fearless_simd::kernel!(
        #[inline]
        fn convert_16(token: Avx512, bits: [u16; 16]) -> [f32; 16] {
            let bits: u16x16<Avx512> = bits.simd_into(token);
            let floats: f32x16<Avx512> = _mm512_cvtph_ps(bits.into()).simd_into(token);
            floats.into()
        }
    );

    fearless_simd::kernel!(
        #[inline]
        fn convert_8(token: Avx2, bits: [u16; 8]) -> [f32; 8] {
            let bits: u16x8<Avx2> = bits.simd_into(token);
            let floats: f32x8<Avx2> = _mm256_cvtph_ps(bits.into()).simd_into(token);
            floats.into()
        }
    );

    /// Whether the level has the instruction.
    #[inline(always)]
    pub(super) fn converts_f16<S: Simd>(simd: S) -> bool {
        simd.level().as_avx2().is_some()
    }

    /// `None` on levels that lack the instruction. The level is a constant of
    /// `S`, so nothing of the choice is left at run time.
    #[inline(always)]
    pub(super) fn load<S: Simd>(simd: S, bits: &[u16]) -> Option<Pair<S>> {
        if let (Some(token), Ok(bits)) = (simd.level().as_avx512(), <[u16; 32]>::try_from(bits)) {
            let (halves, _) = bits.as_chunks::<16>();
            return Some([
                S::f32s::from_slice(simd, &convert_16(token, halves[0])),
                S::f32s::from_slice(simd, &convert_16(token, halves[1])),
            ]);
        }
        if let (Some(token), Ok(bits)) = (simd.level().as_avx2(), <[u16; 16]>::try_from(bits)) {
            let (halves, _) = bits.as_chunks::<8>();
            return Some([
                S::f32s::from_slice(simd, &convert_8(token, halves[0])),
                S::f32s::from_slice(simd, &convert_8(token, halves[1])),
            ]);
        }
        None
    }
}
