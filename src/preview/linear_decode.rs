//! The bare numeric core: latents times factors.

use crate::channels::check_channels;
use crate::kernel::{self, Level};
use crate::map::{MapRef, Terms, check_finite};
use crate::{Latents, PixelFormat, PreviewError, Samples};

/// Multiplies planar latents by `factors` and writes interleaved RGB in decoder range (-1 to 1
/// for colors that can be shown), not clamped.
///
/// `samples` holds one plane of pixels per channel, `factors` one row `[R, G, B]` per channel,
/// and `out` three floats per pixel. NaN and infinities pass through.
///
/// Call it when you have bare slices and your own factors. Previewers write the same numbers in
/// [`PixelFormat::DecoderF32`].
///
/// # Errors
///
/// [`PreviewError::CoefficientCount`] if there are no factors,
/// [`PreviewError::TooManyChannels`], [`PreviewError::NonFiniteCoefficient`],
/// [`PreviewError::UnevenPlanes`] if the samples are not whole planes,
/// [`PreviewError::FloatCount`] if `out` does not hold three floats per pixel.
///
/// ```
/// use latent_preview::linear_decode;
///
/// // Two channels, two pixels.
/// let mut rgb = [0.0; 6];
/// linear_decode(&[1.0_f32, 2.0, 10.0, 20.0], &[[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]], &mut rgb)?;
/// assert_eq!(rgb, [1.0, 10.0, 5.5, 2.0, 20.0, 11.0]);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
pub fn linear_decode<'a>(
    samples: impl Into<Samples<'a>>,
    factors: &[[f32; 3]],
    out: &mut [f32],
) -> Result<(), PreviewError> {
    linear_decode_at(kernel::best_level(), samples.into(), factors, out)
}

/// [`linear_decode`] with the instructions of a given level.
pub(crate) fn linear_decode_at(
    level: Level,
    samples: Samples<'_>,
    factors: &[[f32; 3]],
    out: &mut [f32],
) -> Result<(), PreviewError> {
    let channels = factors.len();
    if channels == 0 {
        return Err(PreviewError::CoefficientCount {
            expected: 1,
            actual: 0,
        });
    }
    check_channels(channels)?;
    check_finite(factors.as_flattened())?;
    if !samples.len().is_multiple_of(channels) {
        return Err(PreviewError::UnevenPlanes {
            samples: samples.len(),
            channels,
        });
    }
    let pixels = samples.len() / channels;
    let expected = pixels.checked_mul(3).ok_or(PreviewError::ShapeOverflow)?;
    if out.len() != expected {
        return Err(PreviewError::FloatCount {
            expected,
            actual: out.len(),
        });
    }
    if pixels == 0 {
        return Ok(());
    }
    let map = MapRef::Polynomial(Terms::affine([0.0; 3], factors));
    let latents = Latents::planar(samples, [channels, 1, pixels])?;
    let out = bytemuck::cast_slice_mut(out);
    kernel::run(level, map, &latents, PixelFormat::DecoderF32, out);
    Ok(())
}
