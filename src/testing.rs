//! A hook for this crate's own tests and benches: the choice of instructions. It is not part of
//! the public API and may change in any release.

use core::fmt;

use crate::kernel::{self, Level};
use crate::map::MapRef;
use crate::preview::{linear_decode_at, preview_at};
use crate::{Latents, PixelFormat, PreviewError, Previewer, Projection, Samples, TinyDecoder};

/// Any map that the kernel computes: a projection, a tiny decoder, or a previewer of one.
#[derive(Clone, Copy, Debug)]
pub struct AnyMap<'a>(MapRef<'a>);

impl AnyMap<'_> {
    /// The output pixels per latent pixel, in each direction.
    #[must_use]
    pub const fn scale(self) -> usize {
        self.0.scale()
    }
}

impl<'a> From<&'a Projection> for AnyMap<'a> {
    fn from(projection: &'a Projection) -> Self {
        Self(projection.into())
    }
}

impl<'a> From<&'a TinyDecoder> for AnyMap<'a> {
    fn from(decoder: &'a TinyDecoder) -> Self {
        Self(decoder.into())
    }
}

impl<'a> From<&'a Previewer> for AnyMap<'a> {
    fn from(previewer: &'a Previewer) -> Self {
        Self(previewer.map().as_ref())
    }
}

/// A set of CPU instructions that this machine has.
#[derive(Clone, Copy, Debug)]
pub struct Backend {
    name: &'static str,
    level: Level,
}

impl Backend {
    /// All sets that this machine has, the plainest first. The public calls use the last one.
    pub fn available() -> impl Iterator<Item = Self> {
        kernel::levels().map(|(name, level)| Self { name, level })
    }

    /// The set of that name, if this machine has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::available().find(|backend| backend.name == name)
    }

    /// `fallback`, `sse2`, `avx2`, `avx512`, `neon` or `simd128`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// `LatentPreview::preview_into` with these instructions.
    ///
    /// # Errors
    ///
    /// As the public call.
    pub fn preview_into<'a>(
        self,
        map: impl Into<AnyMap<'a>>,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        preview_at(self.level, map.into().0, latents, format, out)
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
        linear_decode_at(self.level, samples.into(), factors, out)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
