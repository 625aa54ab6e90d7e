//! The bare numeric core: latents times factors, nothing else.

use fearless_simd::Level;

use crate::coefficients::check_finite;
use crate::kernel::{self, Encoding};
use crate::projection::{Plan, Polynomial};
use crate::{Latents, PreviewError, Samples};

/// Multiplies planar latents with `factors` and writes interleaved RGB in
/// decoder range (-1 to 1 for what the decoder would show), not clamped.
///
/// `samples` holds one plane of pixels per channel, `factors` one row
/// `[R, G, B]` per channel, `out` three floats per pixel. NaN and infinities
/// pass through.
///
/// Call it when the picture is not for showing yet: to blend it, to measure
/// it, or to apply a color transform of your own.
///
/// # Errors
///
/// [`PreviewError::CoefficientCount`] without factors,
/// [`PreviewError::NonFiniteCoefficient`],
/// [`PreviewError::UnevenPlanes`] if the samples are not whole planes,
/// [`PreviewError::BufferSize`] if `out` does not hold three floats per pixel.
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
    decode_at(kernel::best_level(), samples.into(), factors, out)
}

/// [`linear_decode`] with the instructions of a given level.
pub(crate) fn decode_at(
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
        return Err(PreviewError::BufferSize {
            expected,
            actual: out.len(),
        });
    }
    if pixels == 0 {
        return Ok(());
    }
    let polynomial = Polynomial {
        constant: [0.0; 3],
        linear: factors,
        pairs: &[],
        triples: &[],
    };
    let latents = Latents::planar(samples, [channels, 1, pixels])?;
    kernel::project(
        level,
        &Plan::Polynomial(polynomial),
        &latents,
        Encoding::DecoderF32,
        bytemuck::cast_slice_mut(out),
    );
    Ok(())
}
