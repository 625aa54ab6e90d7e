//! Loads samples as vectors of `f32`, two at a time: as many 32-bit lanes as
//! one vector of 16-bit samples widens to.

use fearless_simd::prelude::*;
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
pub(super) trait Sample: Copy + 'static {
    const ZERO: Self;

    /// Loads `pair_len::<S>()` samples, in any order.
    fn load<S: Simd>(simd: S, samples: &[Self]) -> Pair<S>;

    /// Brings two vectors with an element for each sample of a `load` into the
    /// order of the samples.
    fn in_order<S: Simd>(pair: [S::u32s; 2]) -> [S::u32s; 2];
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
    fn in_order<S: Simd>(pair: [S::u32s; 2]) -> [S::u32s; 2] {
        pair
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
    fn in_order<S: Simd>([even, odd]: [S::u32s; 2]) -> [S::u32s; 2] {
        let (low, high) = even.interleave(odd);
        [low, high]
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
        let (low, high) = S::u16s::from_slice(simd, bits).widen();
        [f16_bits_to_f32(simd, low), f16_bits_to_f32(simd, high)]
    }

    #[inline(always)]
    fn in_order<S: Simd>(pair: [S::u32s; 2]) -> [S::u32s; 2] {
        pair
    }
}

/// Converts `f16` bit patterns in the low halves of 32-bit lanes by moving the
/// fields to where `f32` has them and scaling by the difference of the exponent
/// biases; the multiplication also normalises subnormals.
#[inline(always)]
fn f16_bits_to_f32<S: Simd>(simd: S, bits: S::u32s) -> S::f32s {
    const BIAS_DIFFERENCE: f32 = f32::from_bits((127 + 127 - 15) << 23);
    const SMALLEST_SPECIAL: i32 = 0x7c00 << 13;

    let sign = (bits & 0x8000) << 16;
    let magnitude = (bits & 0x7fff) << 13;
    let scaled = magnitude.bitcast::<S::f32s>() * BIAS_DIFFERENCE;
    // Infinity and NaN have the top exponent in f16 and must have it in f32.
    let special = magnitude
        .bitcast::<S::i32s>()
        .simd_ge(S::i32s::splat(simd, SMALLEST_SPECIAL));
    let top_exponent = special.select(
        S::u32s::splat(simd, f32::INFINITY.to_bits()),
        S::u32s::splat(simd, 0),
    );
    (scaled.bitcast::<S::u32s>() | sign | top_exponent).bitcast()
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
