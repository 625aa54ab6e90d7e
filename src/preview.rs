//! What every previewer can do, and the picture it makes.

#[cfg(feature = "alloc")]
use crate::{Denoise, Preview};
use crate::{Latents, PreviewError};

/// How a picture is laid out in its buffer. Rows run from top to bottom without padding.
///
/// ```
/// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection};
///
/// let latents = Latents::planar(&[0.0_f32; 4], [4, 1, 1])?;
/// let format = PixelFormat::Rgba8;
/// let mut pixel = vec![0; format.bytes_per_pixel()];
/// Projection::SD_V1_4.preview_into(&latents, format, &mut pixel)?;
/// assert_eq!(pixel, [128, 128, 128, 255]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelFormat {
    /// R, G, B: one `u8` each, 0 to 255.
    Rgb8,
    /// R, G, B, A: one `u8` each; A is 255.
    Rgba8,
    /// R, G, B: one native-endian `f32` each, 0 to 1.
    RgbF32,
    /// All R, then all G, then all B: native-endian `f32`, 0 to 1.
    RgbF32Planar,
}

impl PixelFormat {
    /// Bytes per pixel, over all channels.
    ///
    /// ```
    /// assert_eq!(latent_preview::PixelFormat::Rgb8.bytes_per_pixel(), 3);
    /// ```
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Rgb8 => 3,
            Self::Rgba8 => 4,
            Self::RgbF32 | Self::RgbF32Planar => 12,
        }
    }
}

/// How a display value between 0 and 1 becomes a `u8`. The `f32` formats are not rounded.
///
/// ```
/// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection, Rounding};
///
/// let latents = Latents::planar(&[0.0_f32; 4], [4, 1, 1])?;
/// let mut pixel = [0; 3];
/// Projection::SD_V1_4.preview_into_with(&latents, PixelFormat::Rgb8, Rounding::Truncate, &mut pixel)?;
/// assert_eq!(pixel, [127; 3]); // of 127.5
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest level, ties to even.
    #[default]
    Nearest,
    /// Down, as ComfyUI, InvokeAI and the first published demo do: for byte
    /// equality with them.
    Truncate,
}

/// Anything that turns latents into an RGB picture.
///
/// The trait is object-safe. References, boxes and `Arc`s of a previewer are previewers too, so
/// that a `Box<dyn LatentPreview>` goes wherever a previewer does. Implementors write
/// [`channels`](Self::channels) and [`preview_into_with`](Self::preview_into_with).
///
/// # What every implementation keeps to
///
/// - Latents are in *model space*: what the denoising loop holds.
/// - The `f32` formats hold display values: the decoder's -1 to 1 mapped to
///   0 to 1, and clamped. The `u8` formats hold 255 times that, rounded.
/// - NaN becomes 0, +infinity the largest value, -infinity 0. (Where powers of
///   an infinite latent cancel, as in `x - x^2`, the higher power decides. A
///   [`TinyDecoder`](crate::TinyDecoder) makes 0 of all that looks at such a latent.)
/// - On an error the output buffer is untouched.
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Rounding};
///
/// /// Leaves a picture out where a latent is not finite.
/// struct Strict<P>(P);
///
/// impl<P: LatentPreview> LatentPreview for Strict<P> {
///     fn channels(&self) -> usize {
///         self.0.channels()
///     }
///
///     fn scale(&self) -> usize {
///         self.0.scale()
///     }
///
///     fn preview_into_with(
///         &self,
///         latents: &Latents<'_>,
///         format: PixelFormat,
///         rounding: Rounding,
///         out: &mut [u8],
///     ) -> Result<usize, PreviewError> {
///         let non_finite = self.0.preview_into_with(latents, format, rounding, out)?;
///         if non_finite > 0 {
///             out.fill(0);
///         }
///         Ok(non_finite)
///     }
/// }
///
/// let mut picture = [7; 3];
/// let latents = Latents::planar(&[f32::NAN, 1.0, 1.0, 1.0], [4, 1, 1])?;
/// let previewer: &dyn LatentPreview = &Strict(LatentFormat::Sd1.previewer());
/// previewer.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
/// assert_eq!(picture, [0; 3]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
pub trait LatentPreview {
    /// How many latent channels it takes.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview};
    ///
    /// assert_eq!(LatentFormat::Sd3.previewer().channels(), 16);
    /// ```
    fn channels(&self) -> usize;

    /// How many output pixels a latent pixel becomes in each direction.
    ///
    /// ```
    /// use latent_preview::{LatentFormat, LatentPreview};
    ///
    /// assert_eq!(LatentFormat::Sd3.previewer().scale(), 1);
    /// assert_eq!(LatentFormat::Sd3.tiny_2x().expect("there is one for SD3").scale(), 2);
    /// ```
    fn scale(&self) -> usize {
        1
    }

    /// Writes the picture into `out` with a choice of rounding, without allocating.
    ///
    /// `out` must hold exactly `scale * height * scale * width *
    /// format.bytes_per_pixel()` bytes; it needs no alignment. Returns how many
    /// latent pixels are non-finite: NaN or infinite in some channel.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ChannelCount`] if the latents have another number of
    /// channels, [`PreviewError::BufferSize`] if `out` has another size,
    /// [`PreviewError::ShapeOverflow`] if that size overflows.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection, Rounding};
    ///
    /// let latents = Latents::planar(&[f32::NAN, 0.0, 0.0, 0.0], [4, 1, 1])?;
    /// let mut pixel = [0; 4];
    /// let (format, rounding) = (PixelFormat::Rgba8, Rounding::Truncate);
    /// let non_finite = Projection::SD_V1_4.preview_into_with(&latents, format, rounding, &mut pixel)?;
    /// assert_eq!((non_finite, pixel), (1, [0, 0, 0, 255]));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    fn preview_into_with(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
        out: &mut [u8],
    ) -> Result<usize, PreviewError>;

    /// [`preview_into_with`](Self::preview_into_with), rounding to nearest.
    ///
    /// # Errors
    ///
    /// As [`preview_into_with`](Self::preview_into_with).
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection};
    ///
    /// let samples = [0.0_f32; 4 * 2 * 2];
    /// let latents = Latents::planar(&samples, [4, 2, 2])?;
    /// let mut picture = [0; 2 * 2 * 3];
    /// Projection::SD_V1_4.preview_into(&latents, PixelFormat::Rgb8, &mut picture)?;
    /// assert_eq!(picture, [128; 12]); // gray: 0 is the middle of -1..1
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    fn preview_into(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError> {
        self.preview_into_with(latents, format, Rounding::Nearest, out)
    }

    /// The picture in a buffer of its own, in any format.
    ///
    /// # Errors
    ///
    /// As [`preview_into_with`](Self::preview_into_with), without `BufferSize`.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection, Rounding};
    ///
    /// let samples = [0.0_f32; 4 * 2 * 2];
    /// let latents = Latents::planar(&samples, [4, 2, 2])?;
    /// let preview = Projection::SD_V1_4.preview(&latents, PixelFormat::RgbF32, Rounding::Nearest)?;
    /// assert_eq!(preview.as_f32(), Some([0.5; 12].as_slice()));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    fn preview(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        rounding: Rounding,
    ) -> Result<Preview, PreviewError> {
        // Before the buffer is made: a mistake must not cost an allocation.
        let bytes = output_size(self.channels(), self.scale(), latents, format)?;
        let size = [latents.width(), latents.height()].map(|side| side * self.scale());
        Preview::written(size, format, bytes, |out| {
            self.preview_into_with(latents, format, rounding, out)
        })
    }

    /// The picture as RGB8, rounded to nearest, in a buffer of its own.
    ///
    /// # Errors
    ///
    /// As [`preview_into_with`](Self::preview_into_with), without `BufferSize`.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Latents, Projection};
    ///
    /// let samples = [0.0_f32; 4 * 64 * 64];
    /// let latents = Latents::planar(&samples, [4, 64, 64])?;
    /// let preview = Projection::SD_V1_4.preview_rgb(&latents)?;
    /// assert_eq!((preview.width(), preview.height()), (64, 64));
    /// assert_eq!(preview.as_bytes().len(), 64 * 64 * 3);
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    fn preview_rgb(&self, latents: &Latents<'_>) -> Result<Preview, PreviewError> {
        self.preview(latents, PixelFormat::Rgb8, Rounding::Nearest)
    }

    /// The picture of the clean latent that the model sees in `x_t`, as RGB8:
    /// [`preview_rgb`](Self::preview_rgb) of [`Latents::denoised`], in one pass.
    ///
    /// # Errors
    ///
    /// As [`Latents::denoised`] and [`preview_rgb`](Self::preview_rgb).
    ///
    /// ```
    /// use latent_preview::{Denoise, LatentFormat, LatentPreview, Latents};
    ///
    /// let (x_t, velocity) = (vec![0.3_f32; 16 * 8 * 8], vec![-0.1_f32; 16 * 8 * 8]);
    /// let preview = LatentFormat::Flux1.previewer().preview_denoised(
    ///     &Latents::planar(&x_t, [16, 8, 8])?,
    ///     &Latents::planar(&velocity, [16, 8, 8])?,
    ///     Denoise::flow(0.75)?, // the scheduler's sigma of this step
    /// )?;
    /// assert_eq!((preview.width(), preview.height()), (8, 8));
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    #[cfg(feature = "alloc")]
    fn preview_denoised(
        &self,
        x_t: &Latents<'_>,
        model_output: &Latents<'_>,
        denoise: Denoise,
    ) -> Result<Preview, PreviewError> {
        self.preview_rgb(&Latents::denoised(x_t, model_output, denoise)?)
    }
}

/// Checks the latents against a previewer and says how many bytes its picture takes.
fn output_size(
    channels: usize,
    scale: usize,
    latents: &Latents<'_>,
    format: PixelFormat,
) -> Result<usize, PreviewError> {
    if latents.channels() != channels {
        return Err(PreviewError::ChannelCount {
            expected: channels,
            actual: latents.channels(),
        });
    }
    [latents.height(), latents.width(), scale, scale]
        .into_iter()
        .try_fold(format.bytes_per_pixel(), usize::checked_mul)
        .ok_or(PreviewError::ShapeOverflow)
}

/// Checks the latents and a buffer for the picture against a previewer.
pub(crate) fn check_output(
    channels: usize,
    scale: usize,
    latents: &Latents<'_>,
    format: PixelFormat,
    out: &[u8],
) -> Result<(), PreviewError> {
    let expected = output_size(channels, scale, latents, format)?;
    if out.len() == expected {
        return Ok(());
    }
    Err(PreviewError::BufferSize {
        expected,
        actual: out.len(),
    })
}
