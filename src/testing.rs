//! Hooks for this crate's own tests and benches: the reference and the choice
//! of instructions. Not part of the public API; it may change in any release.

use core::fmt;

use fearless_simd::Level;

use crate::kernel::{self, naive, naive_tiny};
use crate::linear_decode::decode_at;
use crate::{Latents, PixelFormat, PreviewError, Projection, Rounding, Samples, TinyDecoder};

/// A set of CPU instructions that this machine has.
#[derive(Clone, Copy, Debug)]
pub struct Backend {
    name: &'static str,
    level: Level,
}

impl Backend {
    /// The one that every call uses.
    #[must_use]
    pub fn best() -> Self {
        let level = kernel::best_level();
        Self {
            name: name_of(level),
            level,
        }
    }

    /// All that this machine has, plainest first.
    pub fn available() -> impl Iterator<Item = Self> {
        let best = kernel::best_level();
        candidates(best).into_iter().flatten().map(|level| Self {
            name: name_of(level),
            level,
        })
    }

    /// The one of that name, if this machine has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::available().find(|backend| backend.name == name)
    }

    /// `fallback`, `sse2`, `sse4.2`, `avx2`, `avx512`, `neon` or `simd128`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// `LatentPreview::preview_into_with` with these instructions.
    ///
    /// # Errors
    ///
    /// As the public call.
    pub fn preview_into(
        self,
        projection: &Projection,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        projection.preview_at(self.level, latents, format, rounding, out)
    }

    /// [`preview_into`](Self::preview_into) of a tiny decoder.
    ///
    /// # Errors
    ///
    /// As the public call.
    pub fn tiny_into(
        self,
        decoder: &TinyDecoder,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        decoder.preview_at(self.level, latents, format, rounding, out)
    }

    /// `linear_decode` with these instructions.
    ///
    /// # Errors
    ///
    /// As the public call.
    pub fn linear_decode<'a>(
        self,
        samples: impl Into<Samples<'a>>,
        factors: &[[f32; 3]],
        out: &mut [f32],
    ) -> Result<(), PreviewError> {
        decode_at(self.level, samples.into(), factors, out)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn candidates(best: Level) -> [Option<Level>; 4] {
    [
        best.as_sse2().map(Level::Sse2),
        best.as_sse4_2().map(Level::Sse4_2),
        best.as_avx2().map(Level::Avx2),
        best.as_avx512().map(Level::Avx512),
    ]
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn candidates(best: Level) -> [Option<Level>; 1] {
    [Some(best)]
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn name_of(level: Level) -> &'static str {
    if level.as_avx512().is_some() {
        "avx512"
    } else if level.as_avx2().is_some() {
        "avx2"
    } else if level.as_sse4_2().is_some() {
        "sse4.2"
    } else if level.as_sse2().is_some() {
        "sse2"
    } else {
        "fallback"
    }
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn name_of(level: Level) -> &'static str {
    if level.is_fallback() {
        "fallback"
    } else if cfg!(target_arch = "aarch64") {
        "neon"
    } else {
        "simd128"
    }
}

/// RGB of one pixel in decoder range by the `f64` reference.
#[must_use]
pub fn reference_decode(
    projection: &Projection,
    latents: &Latents<'_>,
    y: usize,
    x: usize,
) -> [f64; 3] {
    naive::decode(&projection.plan(), latents, y, x)
}

/// RGB of one pixel of a tiny decoder's picture by the `f64` reference: display values
/// before the clamp.
#[must_use]
pub fn reference_tiny(
    decoder: &TinyDecoder,
    latents: &Latents<'_>,
    y: usize,
    x: usize,
) -> [f64; 3] {
    naive_tiny::decode(&decoder.net(), latents, y, x)
}

/// The reference's display value: 0 to 1.
#[must_use]
pub fn reference_display(decoded: f64) -> f64 {
    naive::display(decoded)
}

/// The reference's level of a display value.
#[must_use]
pub fn reference_level(display: f64, rounding: Rounding) -> u8 {
    naive::level(display, rounding)
}
