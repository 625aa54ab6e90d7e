//! The trait of every previewer, and the pictures it makes.

#[cfg(feature = "std")]
mod background;
mod linear_decode;
#[cfg(feature = "alloc")]
mod picture;

#[cfg(feature = "alloc")]
use alloc::{boxed::Box, sync::Arc};

#[cfg(feature = "std")]
pub use background::BackgroundPreviewer;
pub use linear_decode::linear_decode;
#[cfg(feature = "testing")]
pub(crate) use linear_decode::linear_decode_at;
#[cfg(feature = "alloc")]
pub use picture::Preview;

use crate::kernel::{self, Level};
use crate::map::MapRef;
use crate::{Latents, PixelFormat, PreviewError, Projection, TinyDecoder};

/// Turns latents into an RGB picture.
///
/// Every previewer, projection and tiny decoder has it. Call
/// [`preview_rgb`](Self::preview_rgb) for a picture in a new buffer, or
/// [`preview_into`](Self::preview_into) for one in a buffer of yours:
///
/// ```
/// use latent_preview::{LatentFormat, LatentPreview, Latents, PixelFormat};
///
/// let samples = [0.0_f32; 4 * 8 * 8];
/// let latents = Latents::planar(&samples, [4, 8, 8])?;
/// let previewer = LatentFormat::Sd1.previewer()?;
/// # #[cfg(feature = "alloc")] {
/// let preview = previewer.preview_rgb(&latents)?;
/// assert_eq!((preview.width(), preview.height()), (8, 8));
/// # }
///
/// let mut texture = [0; 8 * 8 * 4];
/// let non_finite = previewer.preview_into(&latents, PixelFormat::Rgba8, &mut texture)?;
/// assert_eq!(non_finite, 0); // NaN or infinity would say that the run has diverged
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
///
/// The trait is object-safe. References, boxes and `Arc`s of a previewer are previewers too. A
/// window or a server, whose threads own the previewer, needs a
/// `Box<dyn LatentPreview + Send>`; threads that share it, an
/// `Arc<dyn LatentPreview + Send + Sync>`. Implementors write [`channels`](Self::channels) and
/// [`preview_into`](Self::preview_into); a previewer that wraps another one also forwards
/// [`scale`](Self::scale) and [`check`](Self::check).
///
/// # Rules for every implementation
///
/// - Latents are in *model space*: the numbers that the denoising loop holds.
/// - A [`PixelFormat`] says which numbers are written and how they are rounded.
/// - NaN becomes 0, +infinity the largest value, -infinity 0, but for the exceptions below.
/// - After an error the output buffer is untouched.
///
/// | map | an infinite channel becomes | a non-finite latent pixel affects |
/// |---|---|---|
/// | polynomial | 0 or the largest value; if powers cancel, as in `x - x^2`, the higher one decides | its own pixel |
/// | [`Refined`](crate::Refined) | the same, but a color correction takes infinity for 1.25 | pixels up to 1 away for a 3x3 convolution, and 1 more for a filter |
/// | [`TinyDecoder`] | 0, like NaN | pixels up to 1 away for each 3x3 layer |
///
/// # Stack
///
/// [`preview_into`](Self::preview_into) allocates nothing and works on the stack. It needs at
/// most this much, over all layouts, types and formats (x86-64 with AVX-512; `cargo test
/// --release --test stack` checks it):
///
/// | map | optimized |
/// |---|---|
/// | linear, affine | 48 KiB |
/// | quadratic, cubic | 52 KiB |
/// | [`Refined`](crate::Refined) | 60 KiB |
/// | [`TinyDecoder`] | 140 KiB |
///
/// Unoptimized code needs more. A stack of half a megabyte is large enough for every map.
pub trait LatentPreview {
    /// The number of latent channels that it accepts.
    fn channels(&self) -> usize;

    /// The output pixels per latent pixel, in each direction.
    fn scale(&self) -> usize {
        1
    }

    /// Refuses latents that it cannot preview.
    ///
    /// # Errors
    ///
    /// [`PreviewError::ChannelCount`] if the latents have another number of channels. A
    /// [`Previewer`](crate::Previewer) of a format says which call to make instead.
    fn check(&self, latents: &Latents<'_>) -> Result<(), PreviewError> {
        check_channels_of(latents, self.channels())
    }

    /// Writes the picture into `out`, without allocating.
    ///
    /// `out` must hold exactly `scale * height * scale * width * format.bytes_per_pixel()`
    /// bytes; it needs no alignment. Returns the number of latent pixels that are NaN or
    /// infinite in some channel.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check), [`PreviewError::BufferSize`] if `out` has another size,
    /// [`PreviewError::ShapeOverflow`] if that size overflows.
    fn preview_into(
        &self,
        latents: &Latents<'_>,
        format: PixelFormat,
        out: &mut [u8],
    ) -> Result<usize, PreviewError>;

    /// The picture in a new buffer, in any format.
    ///
    /// # Errors
    ///
    /// As [`preview_into`](Self::preview_into), without `BufferSize`.
    #[cfg(feature = "alloc")]
    fn preview(&self, latents: &Latents<'_>, format: PixelFormat) -> Result<Preview, PreviewError> {
        // Checks before it allocates: a mistake must not cost an allocation.
        self.check(latents)?;
        let scale = self.scale();
        let bytes = output_size(scale, latents, format).ok_or(PreviewError::ShapeOverflow)?;
        let size = [scale * latents.width(), scale * latents.height()];
        Preview::written(size, format, bytes, |out| {
            self.preview_into(latents, format, out)
        })
    }

    /// The picture as RGB8 in a new buffer.
    ///
    /// # Errors
    ///
    /// As [`preview_into`](Self::preview_into), without `BufferSize`.
    #[cfg(feature = "alloc")]
    fn preview_rgb(&self, latents: &Latents<'_>) -> Result<Preview, PreviewError> {
        self.preview(latents, PixelFormat::Rgb8)
    }
}

pub(crate) const fn check_channels_of(
    latents: &Latents<'_>,
    expected: usize,
) -> Result<(), PreviewError> {
    let actual = latents.channels();
    if actual != expected {
        return Err(PreviewError::ChannelCount { expected, actual });
    }
    Ok(())
}

/// The bytes of a picture of these latents, if a buffer can hold that many.
fn output_size(scale: usize, latents: &Latents<'_>, format: PixelFormat) -> Option<usize> {
    [latents.height(), latents.width(), scale, scale]
        .into_iter()
        .try_fold(format.bytes_per_pixel(), usize::checked_mul)
        .filter(|&bytes| bytes <= isize::MAX as usize)
}

/// Makes a preview with the instructions of a given level. Checks the channels and the buffer.
pub(crate) fn preview_at(
    level: Level,
    map: MapRef<'_>,
    latents: &Latents<'_>,
    format: PixelFormat,
    out: &mut [u8],
) -> Result<usize, PreviewError> {
    check_channels_of(latents, map.channels())?;
    let expected = output_size(map.scale(), latents, format).ok_or(PreviewError::ShapeOverflow)?;
    let actual = out.len();
    if actual != expected {
        return Err(PreviewError::BufferSize {
            size: [latents.width(), latents.height()].map(|side| map.scale() * side),
            format,
            expected,
            actual,
        });
    }
    Ok(kernel::run(level, map, latents, format, out))
}

/// The trait for maps: [`MapRef`] holds all that differs between them.
macro_rules! preview_map {
    ($map:ty) => {
        impl LatentPreview for $map {
            fn channels(&self) -> usize {
                MapRef::from(self).channels()
            }

            fn scale(&self) -> usize {
                MapRef::from(self).scale()
            }

            fn preview_into(
                &self,
                latents: &Latents<'_>,
                format: PixelFormat,
                out: &mut [u8],
            ) -> Result<usize, PreviewError> {
                preview_at(kernel::best_level(), self.into(), latents, format, out)
            }
        }
    };
}

preview_map!(Projection);
preview_map!(TinyDecoder);

/// The trait for pointers to a previewer. They forward all methods but `preview` and
/// `preview_rgb`, whose defaults call the others.
macro_rules! preview_pointer {
    ($pointer:ty) => {
        impl<P: LatentPreview + ?Sized> LatentPreview for $pointer {
            fn channels(&self) -> usize {
                (**self).channels()
            }

            fn scale(&self) -> usize {
                (**self).scale()
            }

            fn check(&self, latents: &Latents<'_>) -> Result<(), PreviewError> {
                (**self).check(latents)
            }

            fn preview_into(
                &self,
                latents: &Latents<'_>,
                format: PixelFormat,
                out: &mut [u8],
            ) -> Result<usize, PreviewError> {
                (**self).preview_into(latents, format, out)
            }
        }
    };
}

preview_pointer!(&P);
#[cfg(feature = "alloc")]
preview_pointer!(Box<P>);
#[cfg(feature = "alloc")]
preview_pointer!(Arc<P>);
