//! The decoded pictures that a fit aims at.

use alloc::{vec, vec::Vec};
use core::fmt;

use super::FitError;
use crate::PreviewError;

/// A decoder's picture, borrowed: interleaved RGB.
///
/// Its height and width are those of the latents, or the same whole multiple of both. It is
/// averaged down to the latents' size, channel by channel, without any change of gamma.
///
/// ```
/// use latent_preview::fit::Target;
///
/// let bytes = Target::rgb8(&[128; 2 * 4 * 3], [2, 4])?; // 4 wide, 2 high
/// let floats = Target::rgb_f32(&[0.5; 2 * 4 * 3], [2, 4])?;
/// assert!(Target::rgb_f32(&[-1.0; 3], [1, 1]).is_err()); // not decoder range
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Target<'a> {
    values: Values<'a>,
    size: [usize; 2],
}

#[derive(Clone, Copy)]
enum Values<'a> {
    Bytes(&'a [u8]),
    Floats(&'a [f32]),
}

impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("height", &self.size[0])
            .field("width", &self.size[1])
            .finish_non_exhaustive()
    }
}

impl<'a> Target<'a> {
    /// A picture of three bytes per pixel; `size` is `[height, width]`.
    ///
    /// # Errors
    ///
    /// [`FitError::PixelCount`] if the slice has another length.
    pub fn rgb8(pixels: &'a [u8], size: [usize; 2]) -> Result<Self, FitError> {
        check_size(pixels.len(), size)?;
        let values = Values::Bytes(pixels);
        Ok(Self { values, size })
    }

    /// A picture of three floats per pixel, 0 to 1; `size` is `[height, width]`.
    ///
    /// # Errors
    ///
    /// [`FitError::PixelCount`] if the slice has another length,
    /// [`FitError::TargetRange`] if a value is not from 0 to 1.
    ///
    /// ```
    /// use latent_preview::fit::Target;
    ///
    /// let decoded = [-1.02_f32, 0.0, 1.0]; // decoders return -1 to 1 and overshoot
    /// let pixels = decoded.map(|value| ((value + 1.0) / 2.0).clamp(0.0, 1.0));
    /// let target = Target::rgb_f32(&pixels, [1, 1])?;
    /// # Ok::<(), latent_preview::fit::FitError>(())
    /// ```
    pub fn rgb_f32(pixels: &'a [f32], size: [usize; 2]) -> Result<Self, FitError> {
        check_size(pixels.len(), size)?;
        if let Some(index) = pixels.iter().position(|value| !(0.0..=1.0).contains(value)) {
            return Err(FitError::TargetRange { index });
        }
        let values = Values::Floats(pixels);
        Ok(Self { values, size })
    }

    /// The picture at the size of its latents: the mean of each square of pixels.
    pub(super) fn at_size(&self, latents: [usize; 2]) -> Result<Vec<[f32; 3]>, FitError> {
        let [height, width] = latents;
        let scale = self.size[0] / height;
        let scaled = latents.map(|side| scale.checked_mul(side));
        if scale == 0 || scaled != self.size.map(Some) {
            let target = self.size;
            return Err(FitError::TargetSize { latents, target });
        }
        let mut sums = vec![[0.0; 3]; height * width];
        for y in 0..self.size[0] {
            for x in 0..self.size[1] {
                let pixel = self.pixel(y * self.size[1] + x);
                let sum = &mut sums[y / scale * width + x / scale];
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += value;
                }
            }
        }
        let count = (scale * scale) as f64;
        let mean = |sum: [f64; 3]| sum.map(|value| (value / count) as f32);
        Ok(sums.into_iter().map(mean).collect())
    }

    fn pixel(&self, p: usize) -> [f64; 3] {
        match self.values {
            Values::Bytes(bytes) => bytes.as_chunks().0[p].map(|byte| f64::from(byte) / 255.0),
            Values::Floats(floats) => floats.as_chunks().0[p].map(f64::from),
        }
    }
}

fn check_size(actual: usize, [height, width]: [usize; 2]) -> Result<(), FitError> {
    let pixels = height.checked_mul(width);
    let expected = pixels.and_then(|pixels| pixels.checked_mul(3));
    match expected {
        None => Err(PreviewError::ShapeOverflow.into()),
        Some(expected) if expected != actual => Err(FitError::PixelCount { expected, actual }),
        Some(_) => Ok(()),
    }
}
