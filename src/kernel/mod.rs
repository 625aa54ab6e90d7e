//! The computation of previews, with all SIMD code. The rest of the crate only passes on an
//! instruction level, which tests choose.
//!
//! # The idea
//!
//! A preview of a linear map is three sums of products for each pixel, then rounding:
//!
//! ```text
//! for each pixel:
//!     for each channel c:      r, g, b += x[c] * factors[c]
//!     write round(clamp(127.5 * r + 127.5)), the same for g and b
//! ```
//!
//! Three ideas make this as fast as copying the latent:
//!
//! 1. *Pairs of vectors, in any order.* The unit of work is a pair of vectors of `f32`
//!    ([`sample::VectorPair`]): as many pixels as one vector of 16-bit samples widens to. Half
//!    precision widens fastest with the even pixels in one vector and the odd ones in the
//!    other, and the arithmetic does not depend on the order. The order is restored when the
//!    bytes are shuffled anyway ([`store`]).
//! 2. *An optimistic pass, then a careful one.* Saturating bytes are right for all numbers but
//!    NaN and enormous ones. The first pass does not handle these, it only collects evidence
//!    ([`check::Check`]): zero times a finite number is zero, any other number poisons the sum.
//!    If there is evidence, a second pass makes the picture again with care and counts the bad
//!    pixels.
//! 3. *One read, one write.* Planes are read in place. Every other layout is written as planes
//!    of floats to scratch on the stack, in pieces that stay in the cache
//!    ([`source::Source::load`]).
//!
//! Maps that read neighbors work in strips and bands whose rows fit into scratch ([`refine`],
//! [`convolve`]); their last step is a [`block::Block`] of RGB and its encoding.
//!
//! # From file to file
//!
//! ```text
//! Latents -> source, image      planes in place, or planes of f32 in scratch
//!         -> sample             f32, f16, bf16 to pairs of f32 vectors
//! map     -> pixelwise          polynomials of the channels of a pixel, and the hot loop
//!            refine             convolution, filter, color correction
//!            convolve           tiny decoders
//!         -> block, store       clamp, round, interleave; check: were all finite?
//! dispatch  decides all of this, once per picture
//! level     the instruction levels; x86: instructions that fearless_simd lacks
//! ```
//!
//! `tests/support/reference.rs` computes the expected results in plain code and `f64`.
//!
//! # Rules for this code
//!
//! - Rust compiles a function with a level's instructions only where it is inlined into
//!   `Simd::vectorize`. Closures and `array::map` in a hot loop are not always inlined: use a
//!   plain loop or `#[inline(always)]`.
//! - Take slices out of owned coefficients before a loop.
//! - Lend scratch, never move it: moving a struct that holds a buffer copies the buffer.
//! - Write a choice that is a constant of the level as `if const { ... }`, so that the other
//!   branch is not compiled.

mod block;
mod check;
mod convolve;
mod dispatch;
mod image;
mod level;
mod pixelwise;
mod refine;
mod sample;
mod source;
mod store;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod x86;

use fearless_simd::prelude::*;

#[cfg(feature = "testing")]
pub(crate) use level::levels;
pub(crate) use level::{Level, best_level};

use crate::map::MapRef;
use crate::{Latents, PixelFormat};
use level::{Task, with_level};
use source::Source;

/// Previews latents into `out` with the instructions of a level. Returns the number of
/// non-finite latent pixels.
///
/// The caller has checked that the latents have the map's channels and that `out` has the
/// picture's size.
pub(crate) fn run(
    level: Level,
    map: MapRef<'_>,
    latents: &Latents<'_>,
    format: PixelFormat,
    out: &mut [u8],
) -> usize {
    let source = Source::new(latents);
    let task = PreviewTask {
        map,
        source: &source,
        format,
        out,
    };
    if with_level(level, task) {
        0
    } else {
        latents.count_non_finite()
    }
}

struct PreviewTask<'a> {
    map: MapRef<'a>,
    source: &'a Source<'a>,
    format: PixelFormat,
    out: &'a mut [u8],
}

impl Task for PreviewTask<'_> {
    /// `true` only if all latents are finite.
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        dispatch::preview(simd, self.map, self.source, self.format, self.out)
    }
}

/// Writes the samples of an image as planes of `f32`; an estimate is mixed.
///
/// `out` has as many places as the image has samples.
#[cfg(any(feature = "std", feature = "fit"))]
pub(crate) fn copy_planar(latents: &Latents<'_>, out: &mut [f32]) {
    let source = &Source::new(latents);
    with_level(best_level(), CopyPlanar { source, out });
}

#[cfg(any(feature = "std", feature = "fit"))]
struct CopyPlanar<'a> {
    source: &'a Source<'a>,
    out: &'a mut [f32],
}

#[cfg(any(feature = "std", feature = "fit"))]
impl Task for CopyPlanar<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, pixels) = (self.source.channels, self.source.pixels());
        self.source
            .load(simd, 0..channels, 0..pixels, self.out, pixels);
    }
}
