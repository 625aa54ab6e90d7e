//! The x86 instructions that `fearless_simd` lacks: rounding, clamping and narrowing in one, a
//! shuffle of two vectors, and the conversion of `f16`.
//!
//! Rounding turns numbers above 2^31, NaN and infinity into the lowest `i32`. The caller looks
//! for it once, after the loop.

#[cfg(target_arch = "x86")]
use core::arch::x86 as arch;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64 as arch;

use arch::{
    _mm256_cvtph_ps, _mm256_cvtps_epi32, _mm256_min_epi32, _mm256_packs_epi32, _mm256_packus_epi16,
    _mm512_cvtph_ps, _mm512_cvtps_epi32, _mm512_min_epi32, _mm512_packs_epi32, _mm512_packus_epi16,
    _mm512_permutex2var_epi8,
};
use fearless_simd::x86::{Avx2, Avx512};
use fearless_simd::{f32x8, f32x16, i32x8, i32x16, prelude::*, u8x32, u8x64, u16x8, u16x16};

use super::pixelwise::Rgb;
use super::sample::VectorPair;

/// R, G and B of a pair of vectors of pixels as bytes, each rounded to nearest.
///
/// Every 16 bytes are four pixels: four R, four G, four B and four unused bytes. `lowest` keeps
/// the lowest number. `None` on levels that lack the instructions; the level is a constant of
/// `S`, so the choice costs nothing at run time.
#[inline(always)]
pub(super) fn bytes_of_pair<S: Simd>(
    simd: S,
    [r, g, b]: Rgb<S>,
    lowest: &mut S::i32s,
) -> Option<[S::u8s; 2]> {
    Some([
        bytes(simd, [r[0], g[0], b[0]], lowest)?,
        bytes(simd, [r[1], g[1], b[1]], lowest)?,
    ])
}

#[inline(always)]
fn bytes<S: Simd>(simd: S, rgb: [S::f32s; 3], lowest: &mut S::i32s) -> Option<S::u8s> {
    let level = simd.level();
    if let Some(token) = level.as_avx512() {
        with_arrays(
            simd,
            rgb,
            lowest,
            #[inline(always)]
            |r, g, b, low| bytes_of_16(token, r, g, b, low),
        )
    } else {
        let token = level.as_avx2()?;
        with_arrays(
            simd,
            rgb,
            lowest,
            #[inline(always)]
            |r, g, b, low| bytes_of_8(token, r, g, b, low),
        )
    }
}

/// Passes vectors to a function of a level as arrays, and takes its results back.
#[inline(always)]
fn with_arrays<S: Simd, const N: usize, const BYTES: usize>(
    simd: S,
    [r, g, b]: [S::f32s; 3],
    lowest: &mut S::i32s,
    kernel: impl FnOnce([f32; N], [f32; N], [f32; N], [i32; N]) -> ([u8; BYTES], [i32; N]),
) -> Option<S::u8s> {
    let (bytes, after) = kernel(
        r.as_slice().try_into().ok()?,
        g.as_slice().try_into().ok()?,
        b.as_slice().try_into().ok()?,
        lowest.as_slice().try_into().ok()?,
    );
    *lowest = S::i32s::from_slice(simd, &after);
    Some(S::u8s::from_slice(simd, &bytes))
}

macro_rules! bytes_kernel {
    ($name:ident, $level:ident, $n:literal: $floats:ident, $ints:ident, $bytes:ident;
        $round:ident, $min:ident, $narrow:ident, $narrow_again:ident) => {
        fearless_simd::kernel!(
            #[inline]
            fn $name(
                token: $level,
                r: [f32; $n],
                g: [f32; $n],
                b: [f32; $n],
                lowest: [i32; $n],
            ) -> ([u8; 4 * $n], [i32; $n]) {
                let r: $floats<$level> = r.simd_into(token);
                let g: $floats<$level> = g.simd_into(token);
                let b: $floats<$level> = b.simd_into(token);
                let lowest: $ints<$level> = lowest.simd_into(token);
                let (r, g, b) = ($round(r.into()), $round(g.into()), $round(b.into()));
                let lowest = $min(lowest.into(), $min(r, $min(g, b)));
                let lowest: $ints<$level> = lowest.simd_into(token);
                let bytes = $narrow_again($narrow(r, g), $narrow(b, b));
                let bytes: $bytes<$level> = bytes.simd_into(token);
                (bytes.into(), lowest.into())
            }
        );
    };
}

bytes_kernel!(bytes_of_8, Avx2, 8: f32x8, i32x8, u8x32;
    _mm256_cvtps_epi32, _mm256_min_epi32, _mm256_packs_epi32, _mm256_packus_epi16);
bytes_kernel!(bytes_of_16, Avx512, 16: f32x16, i32x16, u8x64;
    _mm512_cvtps_epi32, _mm512_min_epi32, _mm512_packs_epi32, _mm512_packus_epi16);

/// Picks 64 of the 128 bytes of two vectors, on levels with vectors of 64 bytes.
#[inline(always)]
pub(super) fn pick_of_two<S: Simd>(
    simd: S,
    [low, high]: [S::u8s; 2],
    indices: [u8; 64],
) -> Option<S::u8s> {
    let token = simd.level().as_avx512()?;
    let low = low.as_slice().try_into().ok()?;
    let high = high.as_slice().try_into().ok()?;
    let picked = pick_64(token, low, high, indices);
    Some(S::u8s::from_slice(simd, &picked))
}

fearless_simd::kernel!(
    #[inline]
    fn pick_64(token: Avx512, low: [u8; 64], high: [u8; 64], indices: [u8; 64]) -> [u8; 64] {
        let low: u8x64<Avx512> = low.simd_into(token);
        let high: u8x64<Avx512> = high.simd_into(token);
        let indices: u8x64<Avx512> = indices.simd_into(token);
        let picked = _mm512_permutex2var_epi8(low.into(), indices.into(), high.into());
        let picked: u8x64<Avx512> = picked.simd_into(token);
        picked.into()
    }
);

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

/// `None` on levels that lack the instruction. The level is a constant of `S`, so the choice
/// costs nothing at run time.
#[inline(always)]
pub(super) fn load_f16<S: Simd>(simd: S, bits: &[u16]) -> Option<VectorPair<S>> {
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
