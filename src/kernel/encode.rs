//! Clamps, rounds and interleaves vectors of R, G and B into bytes.

use fearless_simd::{Level, prelude::*, u8x16};

use super::decode::{MAX_PAIR, pair_len};
use super::evaluate::Rgb;
use crate::Rounding;

/// Turns a pair of vectors of pixels into bytes.
pub(super) trait Encoder: Copy {
    /// Bytes per pixel.
    const BYTES: usize;

    /// Writes `pair_len::<S>()` pixels to the front of `out`, which may be longer;
    /// what follows them may be overwritten and must be written later.
    fn put<S: Simd>(self, simd: S, rgb: Rgb<S>, out: &mut [u8]);
}

/// Levels as bytes: R, G, B.
#[derive(Clone, Copy)]
pub(super) struct Rgb8(pub(super) Rounding);

/// Levels as bytes: R, G, B, 255.
#[derive(Clone, Copy)]
pub(super) struct Rgba8(pub(super) Rounding);

/// Floats R, G, B, as they are or as display values.
#[derive(Clone, Copy)]
pub(super) struct Floats {
    pub(super) display: bool,
}

/// Display values of one of R, G and B.
#[derive(Clone, Copy)]
pub(super) struct DisplayPlane(pub(super) usize);

impl Encoder for Rgb8 {
    const BYTES: usize = 3;

    #[inline(always)]
    fn put<S: Simd>(self, simd: S, rgb: Rgb<S>, out: &mut [u8]) {
        let (low, high) = out.split_at_mut(S::f32s::LEN * 3);
        // The high half overwrites what the low half's last store spills.
        store_rgb(simd, packed_levels(simd, rgb, 0, self.0), low);
        store_rgb(simd, packed_levels(simd, rgb, 1, self.0), high);
    }
}

impl Encoder for Rgba8 {
    const BYTES: usize = 4;

    #[inline(always)]
    fn put<S: Simd>(self, simd: S, rgb: Rgb<S>, out: &mut [u8]) {
        for (half, out) in out.chunks_exact_mut(S::u8s::LEN).take(2).enumerate() {
            let packed = packed_levels(simd, rgb, half, self.0) | 0xff00_0000;
            little_endian(packed).store_slice(out);
        }
    }
}

impl Encoder for Floats {
    const BYTES: usize = 12;

    #[inline(always)]
    fn put<S: Simd>(self, simd: S, rgb: Rgb<S>, out: &mut [u8]) {
        let rgb = if self.display {
            rgb.map(|pair| pair.map(display))
        } else {
            rgb
        };
        let quarters = S::f32s::LEN / 2;
        let mut pixels = out;
        for half in 0..2 {
            // Four floats a pixel, the last one zero ...
            let (rg_low, rg_high) = rgb[0][half].interleave(rgb[1][half]);
            let (b0_low, b0_high) = rgb[2][half].interleave(S::f32s::splat(simd, 0.0));
            for (rg, b0) in [(rg_low, b0_low), (rg_high, b0_high)] {
                let (first, second) = rg
                    .bitcast::<S::u64s>()
                    .interleave(b0.bitcast::<S::u64s>());
                // ... which the next pixel's store overwrites.
                for quads in [first, second] {
                    let bytes = quads.bitcast::<S::u8s>();
                    for quad in bytes.as_slice().chunks_exact(16) {
                        store_overlapping(quad, 12, pixels);
                        pixels = &mut pixels[12..];
                    }
                }
            }
        }
        debug_assert_eq!(quarters % 2, 0);
    }
}

impl Encoder for DisplayPlane {
    const BYTES: usize = 4;

    #[inline(always)]
    fn put<S: Simd>(self, _simd: S, rgb: Rgb<S>, out: &mut [u8]) {
        for (half, out) in out.chunks_exact_mut(S::u8s::LEN).take(2).enumerate() {
            display(rgb[self.0][half])
                .bitcast::<S::u8s>()
                .store_slice(out);
        }
    }
}

/// Decoder range to display values: 0 to 1, NaN as 0.
#[inline(always)]
fn display<S: Simd, V: SimdFloat<S, Element = f32>>(decoded: V) -> V {
    decoded.mul_add(0.5, 0.5).max_precise(0.0).min(1.0)
}

/// Levels of one half of a pair, R in the low byte of each lane, then G, then
/// B. The top byte is anything.
#[inline(always)]
fn packed_levels<S: Simd>(simd: S, rgb: Rgb<S>, half: usize, rounding: Rounding) -> S::u32s {
    let [r, g, b] = rgb.map(|pair| level_bits(simd, pair[half], rounding));
    r | (g << 8) | (b << 16)
}

/// The level of each lane in the low byte, zeros in the next two.
#[inline(always)]
fn level_bits<S: Simd>(_simd: S, decoded: S::f32s, rounding: Rounding) -> S::u32s {
    /// At this magnitude floats are a whole number apart: adding it rounds to
    /// the nearest integer, ties to even, and leaves it in the low bits.
    const WHOLE: f32 = 8_388_608.0;

    let scaled = decoded.mul_add(127.5, 127.5).max_precise(0.0).min(255.0);
    match rounding {
        Rounding::Nearest => (scaled + WHOLE).bitcast(),
        Rounding::Truncate => scaled.to_int::<S::i32s>().bitcast(),
    }
}

/// Drops every fourth byte and writes three for each lane.
#[inline(always)]
fn store_rgb<S: Simd>(simd: S, packed: S::u32s, out: &mut [u8]) {
    if has_byte_shuffle(simd.level()) {
        const DROP_FOURTH: [u8; 16] = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15];
        let indices = S::u8s::block_splat(u8x16::from_slice(simd, &DROP_FOURTH));
        let bytes = packed.bitcast::<S::u8s>().swizzle_dyn_within_blocks(indices);
        let mut pixels = out;
        for four in bytes.as_slice().chunks_exact(16) {
            store_overlapping(four, 12, pixels);
            pixels = &mut pixels[12..];
        }
    } else {
        let clean = packed & 0x00ff_ffff;
        for (four, out) in clean.as_slice().chunks_exact(4).zip(out.chunks_exact_mut(12)) {
            let [p0, p1, p2, p3] = [0, 1, 2, 3].map(|lane| u64::from(four[lane]));
            let low = p0 | (p1 << 24) | (p2 << 48);
            let high = ((p2 >> 16) | (p3 << 8)) as u32;
            out[..8].copy_from_slice(&low.to_le_bytes());
            out[8..].copy_from_slice(&high.to_le_bytes());
        }
    }
}

/// Writes 16 bytes of which `wanted` count, or only those where 16 do not fit.
#[inline(always)]
fn store_overlapping(bytes: &[u8], wanted: usize, out: &mut [u8]) {
    match out.get_mut(..16) {
        Some(out) => out.copy_from_slice(bytes),
        None => out[..wanted].copy_from_slice(&bytes[..wanted]),
    }
}

/// Whether the level shuffles bytes in one instruction. Elsewhere the crate
/// emulates it byte by byte.
#[inline(always)]
fn has_byte_shuffle(level: Level) -> bool {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return level.as_sse4_2().is_some();
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    return !level.is_fallback();
}

/// The bytes of 32-bit lanes, lowest first on every machine.
#[inline(always)]
fn little_endian<S: Simd, V: SimdInt<S, Element = u32>>(lanes: V) -> V::Bytes {
    if cfg!(target_endian = "big") {
        let swapped = (lanes << 24)
            | ((lanes << 8) & 0x00ff_0000)
            | ((lanes >> 8) & 0x0000_ff00)
            | (lanes >> 24);
        swapped.to_bytes()
    } else {
        lanes.to_bytes()
    }
}

/// Encodes the first `count` pixels of planes of R, G and B, which are padded
/// to whole pairs of vectors.
#[inline(always)]
pub(super) fn encode_planes<S: Simd, E: Encoder>(
    simd: S,
    encoder: E,
    planes: &[&[f32]; 3],
    out: &mut [u8],
) {
    let step = pair_len::<S>();
    let count = out.len() / E::BYTES;
    for first in (0..count).step_by(step) {
        let rgb = planes.map(|plane| {
            let (low, high) = plane[first..first + step].split_at(S::f32s::LEN);
            [
                S::f32s::from_slice(simd, low),
                S::f32s::from_slice(simd, high),
            ]
        });
        let out = &mut out[first * E::BYTES..];
        if out.len() >= step * E::BYTES {
            encoder.put(simd, rgb, out);
        } else {
            let mut whole = [0; MAX_PAIR * 12];
            encoder.put(simd, rgb, &mut whole);
            out.copy_from_slice(&whole[..out.len()]);
        }
    }
}
