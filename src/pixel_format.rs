//! How the pixels of a picture lie in memory.

/// How the pixels of a picture lie in memory. Rows run from top to bottom without padding.
///
/// A *display value* is the decoder's -1 to 1 mapped to 0 to 1 and clamped. A `u8` is 255 times
/// a display value, rounded.
///
/// ```
/// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection};
///
/// let latents = Latents::planar(&[0.0_f32; 4], [4, 1, 1])?;
/// let mut pixel = [0; 4];
/// Projection::SD_V1_4.preview_into(&latents, PixelFormat::Rgba8, &mut pixel)?;
/// assert_eq!(pixel, [128, 128, 128, 255]);
/// let mut pixel = [0; 3];
/// Projection::SD_V1_4.preview_into(&latents, PixelFormat::Rgb8Truncated, &mut pixel)?;
/// assert_eq!(pixel, [127; 3]); // 127.5
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelFormat {
    /// R, G, B: one `u8` each, rounded to nearest, ties to even.
    Rgb8,
    /// R, G, B, A: one `u8` each, rounded as [`Rgb8`](Self::Rgb8); A is 255.
    Rgba8,
    /// R, G, B: one `u8` each, rounded down for byte equality with ComfyUI, InvokeAI and the
    /// first published demo.
    Rgb8Truncated,
    /// R, G, B, A: one `u8` each, rounded down; A is 255.
    Rgba8Truncated,
    /// R, G, B: one native-endian `f32` display value each.
    RgbF32,
    /// All R, then all G, then all B: native-endian `f32` display values.
    RgbF32Planar,
    /// R, G, B: one native-endian `f32` each in decoder range, -1 to 1 for colors that can
    /// be shown, not clamped. NaN and infinities pass through.
    DecoderF32,
}

impl PixelFormat {
    /// Bytes per pixel, for all channels together.
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Rgb8 | Self::Rgb8Truncated => 3,
            Self::Rgba8 | Self::Rgba8Truncated => 4,
            Self::RgbF32 | Self::RgbF32Planar | Self::DecoderF32 => 12,
        }
    }

    #[cfg(feature = "alloc")]
    pub(crate) const fn is_float(self) -> bool {
        self.bytes_per_pixel() == 12
    }

    /// Factor and offset from decoder range to the range of the numbers.
    pub(crate) const fn range(self) -> (f32, f32) {
        match self {
            Self::Rgb8 | Self::Rgba8 | Self::Rgb8Truncated | Self::Rgba8Truncated => (127.5, 127.5),
            Self::RgbF32 | Self::RgbF32Planar => (0.5, 0.5),
            Self::DecoderF32 => (1.0, 0.0),
        }
    }
}
