//! All SIMD lives here. Nothing outside knows that a CPU has more than one kind
//! of instruction.
//!
//! [`decode`] loads samples as `f32` vectors, [`evaluate`] turns channels into
//! RGB, [`encode`] turns RGB into bytes (on x86 mostly by the instructions of
//! `saturate`). [`fill`] is the loop around them, from a [`source`] to a [`sink`];
//! [`drive`] runs it over a [`grid`], an image of any layout. [`estimate`] is an image
//! that is mixed from two tensors on the way.
//! [`refine`] adds the stages that look at neighbors. [`convolve`] runs small nets.
//! [`naive`] and [`naive_tiny`] say in plain code what the result must be.

mod convolve;
mod decode;
mod drive;
mod encode;
mod estimate;
mod evaluate;
mod fill;
mod grid;
pub(crate) mod naive;
pub(crate) mod naive_tiny;
mod refine;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod saturate;
mod sink;
mod source;

use fearless_simd::{Level, dispatch};

use crate::projection::Plan;
use crate::tiny::Net;
use crate::{Latents, PixelFormat, Rounding};

/// What is written for a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// R, G, B as `u8`.
    Rgb8(Rounding),
    /// R, G, B, 255 as `u8`.
    Rgba8(Rounding),
    /// R, G, B as native-endian `f32`, 0 to 1.
    DisplayF32,
    /// A plane each of R, G and B as native-endian `f32`, 0 to 1.
    DisplayF32Planar,
    /// R, G, B as native-endian `f32`, as the projection gives them.
    DecoderF32,
}

impl Encoding {
    pub(crate) const fn new(format: PixelFormat, rounding: Rounding) -> Self {
        match format {
            PixelFormat::Rgb8 => Self::Rgb8(rounding),
            PixelFormat::Rgba8 => Self::Rgba8(rounding),
            PixelFormat::RgbF32 => Self::DisplayF32,
            PixelFormat::RgbF32Planar => Self::DisplayF32Planar,
        }
    }

    /// Factor and offset from decoder range to the range of the encoding.
    const fn range(self) -> (f32, f32) {
        match self {
            Self::Rgb8(_) | Self::Rgba8(_) => (127.5, 127.5),
            Self::DisplayF32 | Self::DisplayF32Planar => (0.5, 0.5),
            Self::DecoderF32 => (1.0, 0.0),
        }
    }

    const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Rgb8(_) => 3,
            Self::Rgba8(_) => 4,
            Self::DisplayF32 | Self::DisplayF32Planar | Self::DecoderF32 => 12,
        }
    }
}

/// The best instructions of this machine, or without `std`, of the compile target.
pub(crate) fn best_level() -> Level {
    #[cfg(feature = "std")]
    return Level::new();
    #[cfg(not(feature = "std"))]
    return Level::baseline();
}

/// Writes the samples of an image as planes of `f32`, or what an estimate mixes.
///
/// `out` has as many places as the image has samples.
#[cfg(feature = "std")]
pub(crate) fn copy_planar(latents: &Latents<'_>, out: &mut [f32]) {
    dispatch!(best_level(), simd => drive::copy_planar(simd, latents, out));
}

/// Projects an image into `out` with the instructions of a level; returns how
/// many of its pixels are non-finite.
///
/// The caller has checked that the latents have the plan's channels and
/// that `out` has the picture's size.
pub(crate) fn project(
    level: Level,
    plan: &Plan<'_>,
    latents: &Latents<'_>,
    encoding: Encoding,
    out: &mut [u8],
) -> usize {
    debug_assert_eq!(plan.channels(), latents.channels());
    debug_assert_eq!(
        out.len(),
        latents.height() * latents.width() * encoding.bytes_per_pixel()
    );
    let finite = dispatch!(level, simd => drive::project(simd, plan, latents, encoding, out));
    if finite {
        0
    } else {
        latents.count_non_finite()
    }
}

/// Decodes an image into `out` by a small net; returns how many of its pixels are
/// non-finite.
///
/// The caller has checked that the latents have the net's channels and that `out` has the
/// picture's size.
pub(crate) fn run_net(
    level: Level,
    net: &Net<'_>,
    latents: &Latents<'_>,
    encoding: Encoding,
    out: &mut [u8],
) -> usize {
    debug_assert_eq!(net.channels, latents.channels());
    let usual = dispatch!(level, simd => drive::run_net(simd, net, latents, encoding, out));
    if usual { 0 } else { latents.count_non_finite() }
}
