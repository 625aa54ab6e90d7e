//! Clamping, rounding and interleaving vectors of R, G and B into bytes.

use fearless_simd::{prelude::*, u8x16};

use super::block::BLOCK;
use super::check::Check;
use super::level::shuffles_bytes;
use super::pixelwise::Rgb;
use super::sample::{MAX_PAIR, Sample, pair_len};
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
use super::x86;

/// Turns a pair of vectors of pixels, in the range of their
/// [`PixelFormat`](crate::PixelFormat), into bytes.
pub(super) trait Encoder {
    /// Bytes per pixel.
    const BYTES: usize;

    /// Writes exactly `pair_len::<S>() * BYTES` bytes, the length of `out`.
    fn put<S: Simd>(simd: S, rgb: Rgb<S>, out: &mut [u8]);
}

/// R, G, B as bytes. The rounding is chosen at compile time: a branch in the hot loop would
/// cost more than the rest of it.
pub(super) struct Rgb8<const TRUNCATE: bool>;

/// R, G, B, 255 as bytes.
pub(super) struct Rgba8<const TRUNCATE: bool>;

/// Floats R, G, B, as they are or as display values, clamped.
pub(super) struct Floats<const DISPLAY: bool>;

impl<const TRUNCATE: bool> Encoder for Rgb8<TRUNCATE> {
    const BYTES: usize = 3;

    #[inline(always)]
    fn put<S: Simd>(simd: S, rgb: Rgb<S>, out: &mut [u8]) {
        let low = packed_bytes::<S, TRUNCATE>(rgb, 0);
        let high = packed_bytes::<S, TRUNCATE>(rgb, 1);
        store_three_of_four_bytes(simd, low, high, out);
    }
}

/// Writes RGB8 of finite pixels, in the order in which `T` loads: like [`Rgb8`], but it leaves
/// NaN to the check.
#[inline(always)]
pub(super) fn store_finite_rgb8<S: Simd, T: Sample>(
    simd: S,
    rgb: Rgb<S>,
    check: &mut Check<S>,
    out: &mut [u8],
) {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(halves) = x86::bytes_of_pair(simd, rgb, &mut check.lowest) {
        return store_blocks_of_planes::<S, T>(simd, halves, out);
    }
    check.add(rgb);
    let mut packed = [S::u32s::splat(simd, 0); 2];
    for half in 0..2 {
        let r = round_to_bits::<S>(rgb[0][half].max(0.0).min(255.0));
        let g = round_to_bits::<S>(rgb[1][half].max(0.0).min(255.0));
        let b = round_to_bits::<S>(rgb[2][half].max(0.0).min(255.0));
        packed[half] = r | (g << 8) | (b << 16);
    }
    let [low, high] = T::in_order::<S>(simd, packed);
    store_three_of_four_bytes(simd, low, high, out);
}

impl<const TRUNCATE: bool> Encoder for Rgba8<TRUNCATE> {
    const BYTES: usize = 4;

    #[inline(always)]
    fn put<S: Simd>(_simd: S, rgb: Rgb<S>, out: &mut [u8]) {
        let (low, high) = out.split_at_mut(S::u8s::LEN);
        for (half, out) in [low, high].into_iter().enumerate() {
            let packed = packed_bytes::<S, TRUNCATE>(rgb, half) | 0xff00_0000;
            little_endian::<S>(packed).store_slice(out);
        }
    }
}

impl<const DISPLAY: bool> Encoder for Floats<DISPLAY> {
    const BYTES: usize = 12;

    #[inline(always)]
    fn put<S: Simd>(simd: S, rgb: Rgb<S>, out: &mut [u8]) {
        let (low, high) = out.split_at_mut(S::f32s::LEN * 12);
        for (half, out) in [low, high].into_iter().enumerate() {
            let (mut r, mut g, mut b) = (rgb[0][half], rgb[1][half], rgb[2][half]);
            if DISPLAY {
                (r, g, b) = (display::<S>(r), display::<S>(g), display::<S>(b));
            }
            // Four floats per pixel; the last one is dropped again.
            let (rg_low, rg_high) = r.interleave(g);
            let (b0_low, b0_high) = b.interleave(S::f32s::splat(simd, 0.0));
            let (low, high) = out.split_at_mut(S::f32s::LEN * 6);
            for (rg, b0, out) in [(rg_low, b0_low, low), (rg_high, b0_high, high)] {
                let (first, second) = rg.bitcast::<S::u64s>().interleave(b0.bitcast::<S::u64s>());
                store_12_of_16::<S>(first.bitcast(), second.bitcast(), out);
            }
        }
    }
}

/// A display value clamped to 0 to 1, NaN as 0.
#[inline(always)]
fn display<S: Simd>(value: S::f32s) -> S::f32s {
    value.max_precise(0.0).min(1.0)
}

/// One half of a pair as bytes, R in the low byte of each lane, then G, then
/// B. The top byte is arbitrary.
#[inline(always)]
fn packed_bytes<S: Simd, const TRUNCATE: bool>(rgb: Rgb<S>, half: usize) -> S::u32s {
    let r = byte_bits::<S, TRUNCATE>(rgb[0][half]);
    let g = byte_bits::<S, TRUNCATE>(rgb[1][half]);
    let b = byte_bits::<S, TRUNCATE>(rgb[2][half]);
    r | (g << 8) | (b << 16)
}

/// Each lane as a byte in its low byte, zeros in the next two.
#[inline(always)]
fn byte_bits<S: Simd, const TRUNCATE: bool>(value: S::f32s) -> S::u32s {
    let clamped = value.max_precise(0.0).min(255.0);
    if TRUNCATE {
        clamped.to_int::<S::i32s>().bitcast()
    } else {
        round_to_bits::<S>(clamped)
    }
}

/// A value from 0 to 255, rounded to nearest, ties to even, in the low byte of
/// each lane, zeros in the next two.
#[inline(always)]
fn round_to_bits<S: Simd>(value: S::f32s) -> S::u32s {
    /// At this magnitude floats are a whole number apart.
    const WHOLE: f32 = 8_388_608.0;
    (value + WHOLE).bitcast()
}

/// The places of the bytes of 32 pixels in two vectors of [`store_blocks_of_planes`]: even
/// pixels in the first, odd ones in the second. The last 32 are not used.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
const EVEN_AND_ODD: [[u8; 64]; 2] = {
    let mut indices = [[0; 64]; 2];
    let mut at = 0;
    while at < 96 {
        let (pixel, color) = (at / 3, at % 3);
        let block = pixel % 2 * 4 + pixel / 8;
        indices[at / 64][at % 64] = (block * 16 + color * 4 + pixel / 2 % 4) as u8;
        at += 1;
    }
    indices
};

/// Writes RGB8 from blocks of 16 bytes: four R, four G, four B and four unused bytes.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
#[inline(always)]
fn store_blocks_of_planes<S: Simd, T: Sample>(simd: S, halves: [S::u8s; 2], out: &mut [u8]) {
    const PIXELS: [u8; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
    const RGB: [u8; 16] = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, 12, 13, 14, 15];
    let [low, high] = halves;
    if !T::loads_in_order(simd) {
        let picked = [
            x86::pick_of_two(simd, halves, EVEN_AND_ODD[0]),
            x86::pick_of_two(simd, halves, EVEN_AND_ODD[1]),
        ];
        if let [Some(low), Some(high)] = picked {
            let (out_low, out_high) = out.split_at_mut(64);
            out_low.copy_from_slice(low.as_slice());
            out_high.copy_from_slice(&high.as_slice()[..32]);
            return;
        }
        let indices = S::u8s::block_splat(u8x16::from_slice(simd, &PIXELS));
        let low = low.swizzle_dyn_within_blocks(indices).bitcast();
        let high = high.swizzle_dyn_within_blocks(indices).bitcast();
        let [low, high] = T::in_order::<S>(simd, [low, high]);
        return store_three_of_four_bytes(simd, low, high, out);
    }
    if S::u8s::LEN == 64 {
        let indices = S::u8s::from_fn(simd, |i| (i / 12 * 16 + i % 3 * 4 + i / 3 % 4) as u8 % 64);
        store_48_of_64::<S>(low.swizzle_dyn(indices), high.swizzle_dyn(indices), out);
    } else {
        let indices = S::u8s::block_splat(u8x16::from_slice(simd, &RGB));
        let low = low.swizzle_dyn_within_blocks(indices);
        let high = high.swizzle_dyn_within_blocks(indices);
        store_12_of_16::<S>(low, high, out);
    }
}

/// Writes the first 48 of 64 bytes.
#[inline(always)]
fn store_48_of_64<S: Simd>(low: S::u8s, high: S::u8s, out: &mut [u8]) {
    let out = &mut out[..96];
    out[..32].copy_from_slice(&low.as_slice()[..32]);
    out[32..48].copy_from_slice(&low.as_slice()[32..48]);
    out[48..80].copy_from_slice(&high.as_slice()[..32]);
    out[80..].copy_from_slice(&high.as_slice()[32..48]);
}

/// Writes the low three bytes of each lane.
#[inline(always)]
fn store_three_of_four_bytes<S: Simd>(simd: S, low: S::u32s, high: S::u32s, out: &mut [u8]) {
    if S::u8s::LEN == 64 {
        // Across blocks: 64 bytes become 48 contiguous ones.
        let indices = S::u8s::from_fn(simd, |i| (i / 3 * 4 + i % 3) as u8 % 64);
        let low = low.bitcast::<S::u8s>().swizzle_dyn(indices);
        let high = high.bitcast::<S::u8s>().swizzle_dyn(indices);
        store_48_of_64::<S>(low, high, out);
    } else if shuffles_bytes(simd) {
        const DROP_FOURTH: [u8; 16] = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15];
        let indices = S::u8s::block_splat(u8x16::from_slice(simd, &DROP_FOURTH));
        let low = low.bitcast::<S::u8s>().swizzle_dyn_within_blocks(indices);
        let high = high.bitcast::<S::u8s>().swizzle_dyn_within_blocks(indices);
        store_12_of_16::<S>(low, high, out);
    } else {
        let (out_low, out_high) = out.split_at_mut(S::f32s::LEN * 3);
        store_by_shifting::<S>(low, out_low);
        store_by_shifting::<S>(high, out_high);
    }
}

/// Writes the first 12 of every 16 bytes. All stores but the last write 16 bytes, and the next
/// store overwrites the end.
#[inline(always)]
fn store_12_of_16<S: Simd>(low: S::u8s, high: S::u8s, out: &mut [u8]) {
    let blocks = S::u8s::LEN / 16;
    let out = &mut out[..2 * blocks * 12];
    for block in 0..blocks {
        out[block * 12..block * 12 + 16].copy_from_slice(&low.as_slice()[block * 16..][..16]);
    }
    for block in 0..blocks {
        let bytes = &high.as_slice()[block * 16..][..16];
        let at = (blocks + block) * 12;
        if block + 1 < blocks {
            out[at..at + 16].copy_from_slice(bytes);
        } else {
            out[at..at + 12].copy_from_slice(&bytes[..12]);
        }
    }
}

/// Writes the low three bytes of each lane with integer arithmetic.
#[inline(always)]
fn store_by_shifting<S: Simd>(packed: S::u32s, out: &mut [u8]) {
    let clean = packed & 0x00ff_ffff;
    let fours = clean.as_slice().chunks_exact(4);
    for (four, out) in fours.zip(out.chunks_exact_mut(12)) {
        let (p0, p1) = (u64::from(four[0]), u64::from(four[1]));
        let (p2, p3) = (u64::from(four[2]), u64::from(four[3]));
        let low = p0 | (p1 << 24) | (p2 << 48);
        let high = ((p2 >> 16) | (p3 << 8)) as u32;
        out[..8].copy_from_slice(&low.to_le_bytes());
        out[8..].copy_from_slice(&high.to_le_bytes());
    }
}

/// The bytes of 32-bit lanes, lowest first on every machine.
#[inline(always)]
fn little_endian<S: Simd>(lanes: S::u32s) -> S::u8s {
    if cfg!(target_endian = "big") {
        let swapped = (lanes << 24)
            | ((lanes << 8) & 0x00ff_0000)
            | ((lanes >> 8) & 0x0000_ff00)
            | (lanes >> 24);
        swapped.bitcast()
    } else {
        lanes.bitcast()
    }
}

/// Encodes the first pixels of planes of R, G and B, as many as `out` holds.
#[inline(always)]
pub(super) fn encode_planes<S: Simd, E: Encoder>(
    simd: S,
    planes: &[[f32; BLOCK]; 3],
    out: &mut [u8],
) {
    let step = pair_len::<S>();
    let mut first = 0;
    for out in out.chunks_mut(step * E::BYTES) {
        let rgb = [
            f32::load(simd, &planes[0][first..first + step]),
            f32::load(simd, &planes[1][first..first + step]),
            f32::load(simd, &planes[2][first..first + step]),
        ];
        if out.len() == step * E::BYTES {
            E::put(simd, rgb, out);
        } else {
            let mut whole = [0; MAX_PAIR * 12];
            let whole = &mut whole[..step * E::BYTES];
            E::put(simd, rgb, whole);
            out.copy_from_slice(&whole[..out.len()]);
        }
        first += step;
    }
}

/// Writes display values of the first pixels of one plane, as many as `out` holds.
#[inline(always)]
pub(super) fn encode_plane<S: Simd>(simd: S, plane: &[f32; BLOCK], out: &mut [u8]) {
    let vectors = plane.chunks_exact(S::f32s::LEN);
    for (vector, out) in vectors.zip(out.chunks_mut(S::u8s::LEN)) {
        let bytes = display::<S>(S::f32s::from_slice(simd, vector)).bitcast::<S::u8s>();
        if out.len() == S::u8s::LEN {
            bytes.store_slice(out);
        } else {
            out.copy_from_slice(&bytes.as_slice()[..out.len()]);
        }
    }
}
