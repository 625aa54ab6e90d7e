//! A preview's picture.

use alloc::{vec, vec::Vec};
use core::fmt;

use crate::{PixelFormat, PreviewError};

/// An RGB picture of a latent, owned.
///
/// ```
/// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection};
///
/// let mut samples = [0.0_f32; 4 * 2 * 3];
/// samples[0] = f32::NAN;
/// let preview = Projection::SD_V1_4.preview_rgb(&Latents::planar(&samples, [4, 2, 3])?)?;
/// assert_eq!((preview.width(), preview.height()), (3, 2));
/// assert_eq!(preview.as_bytes()[..6], [0, 0, 0, 128, 128, 128]);
/// assert_eq!(preview.non_finite(), 1);
/// assert_eq!((preview.format(), preview.as_f32()), (PixelFormat::Rgb8, None));
/// assert_eq!(preview.into_bytes().len(), 3 * 2 * 3);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Preview {
    width: usize,
    height: usize,
    format: PixelFormat,
    pixels: Pixels,
    non_finite: usize,
}

// A `Vec<u8>` could hold the bytes of floats, but not at an aligned address.
#[derive(Clone, PartialEq)]
enum Pixels {
    U8(Vec<u8>),
    F32(Vec<f32>),
}

impl Pixels {
    fn as_bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::U8(bytes) => bytes,
            Self::F32(floats) => bytemuck::cast_slice_mut(floats),
        }
    }
}

/// Prints size and format only: nobody reads thousands of bytes on one line.
impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("format", &self.format)
            .field("non_finite", &self.non_finite)
            .finish_non_exhaustive()
    }
}

impl Preview {
    /// A picture of `[width, height]` in `bytes` bytes. `write` fills it and returns the number
    /// of non-finite latent pixels.
    pub(crate) fn written(
        [width, height]: [usize; 2],
        format: PixelFormat,
        bytes: usize,
        write: impl FnOnce(&mut [u8]) -> Result<usize, PreviewError>,
    ) -> Result<Self, PreviewError> {
        let mut pixels = if format.is_float() {
            Pixels::F32(vec![0.0; bytes / size_of::<f32>()])
        } else {
            Pixels::U8(vec![0; bytes])
        };
        let non_finite = write(pixels.as_bytes_mut())?;
        Ok(Self {
            width,
            height,
            format,
            pixels,
            non_finite,
        })
    }

    /// Number of pixels in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The format of the pixels.
    #[must_use]
    pub const fn format(&self) -> PixelFormat {
        self.format
    }

    /// The picture: `height * width * format.bytes_per_pixel()` bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.pixels {
            Pixels::U8(bytes) => bytes,
            Pixels::F32(floats) => bytemuck::cast_slice(floats),
        }
    }

    /// The picture's numbers, if its format holds floats.
    #[must_use]
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.pixels {
            Pixels::U8(_) => None,
            Pixels::F32(floats) => Some(floats),
        }
    }

    /// The numbers, without copying, if the format holds floats.
    #[cfg(feature = "ndarray")]
    pub(crate) fn into_f32(self) -> Option<Vec<f32>> {
        match self.pixels {
            Pixels::U8(_) => None,
            Pixels::F32(floats) => Some(floats),
        }
    }

    /// The picture's bytes, without copying for the `u8` formats.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self.pixels {
            Pixels::U8(bytes) => bytes,
            Pixels::F32(floats) => bytemuck::cast_slice(&floats).to_vec(),
        }
    }

    /// Copies the picture into a buffer with longer rows, such as a texture: `wgpu` wants rows
    /// at multiples of 256 bytes. `bytes_per_row` is the distance from one row to the next. The
    /// bytes between and after the rows stay as they are. [`PixelFormat::RgbF32Planar`] has
    /// three planes of rows.
    ///
    /// # Errors
    ///
    /// [`PreviewError::OverlappingRows`] if rows would overlap, [`PreviewError::RowsBeyondBuffer`] if the
    /// buffer ends before the last row.
    ///
    /// ```
    /// use latent_preview::{LatentPreview, Latents, PixelFormat, Projection};
    ///
    /// let samples = [0.0_f32; 4 * 20 * 30];
    /// let latents = Latents::planar(&samples, [4, 20, 30])?;
    /// let preview = Projection::SD_V1_4.preview(&latents, PixelFormat::Rgba8)?;
    /// let mut texture = vec![0; 256 * 20];
    /// preview.copy_rows(256, &mut texture)?;
    /// assert_eq!(texture[256..260], [128, 128, 128, 255]); // the second row
    /// # Ok::<(), latent_preview::PreviewError>(())
    /// ```
    pub fn copy_rows(&self, bytes_per_row: usize, out: &mut [u8]) -> Result<(), PreviewError> {
        let planes = match self.format {
            PixelFormat::RgbF32Planar => 3,
            _ => 1,
        };
        let (pixels, rows) = (self.as_bytes(), planes * self.height);
        let Some(row @ 1..) = pixels.len().checked_div(rows) else {
            return Ok(());
        };
        if bytes_per_row < row {
            return Err(PreviewError::OverlappingRows {
                expected: row,
                actual: bytes_per_row,
            });
        }
        let expected = bytes_per_row.saturating_mul(rows - 1).saturating_add(row);
        let actual = out.len();
        if actual < expected {
            return Err(PreviewError::RowsBeyondBuffer { expected, actual });
        }
        let places = out.chunks_mut(bytes_per_row);
        for (place, pixels) in places.zip(pixels.chunks_exact(row)) {
            place[..row].copy_from_slice(pixels);
        }
        Ok(())
    }

    /// The number of latent pixels that were NaN or infinite in some channel. If it is not 0,
    /// the run has diverged or half precision has overflowed.
    #[must_use]
    pub const fn non_finite(&self) -> usize {
        self.non_finite
    }
}
