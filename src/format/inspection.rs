//! The space of a latent, by its numbers.

use core::fmt;

use libm::{log, sqrt};

use super::LatentFormat;
use crate::{Latents, PreviewError};

/// The standard deviations of pictures' latents in model space: 0.34 to 1.81 in 240 latents of
/// SD1, SDXL, SD3, FLUX.1, FLUX.2, LTX-2.3 and Wan 2.1. Noise has 1.
const PLAUSIBLE: (f64, f64) = (0.3, 2.0);

/// A deviation below any picture's: zeros, or a tensor that is not yet filled.
const FLAT: f64 = 0.02;

/// The statistics of a latent, and their likeliest explanation. [`LatentFormat::inspect`] makes
/// it.
///
/// It prints as a sentence for a log or a bug report.
///
/// ```
/// use latent_preview::{LatentFormat, Latents, Looks};
///
/// // Seven times as large as SDXL's latents in model space.
/// let samples: [f32; 4 * 8 * 8] = std::array::from_fn(|i| if i % 2 == 0 { 7.0 } else { -6.5 });
/// let inspection = LatentFormat::Sdxl.inspect(&Latents::planar(&samples, [4, 8, 8])?)?;
/// assert_eq!(inspection.looks, Looks::Vae);
/// println!("{inspection}");
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Inspection {
    /// The format to which the latent was compared.
    pub format: LatentFormat,
    /// The mean of all finite samples.
    pub mean: f32,
    /// The standard deviation of all finite samples.
    pub deviation: f32,
    /// The smallest finite sample.
    pub min: f32,
    /// The largest finite sample.
    pub max: f32,
    /// The number of samples that are NaN or infinite.
    pub non_finite: usize,
    /// The likeliest explanation of these numbers.
    pub looks: Looks,
}

/// The likeliest explanation of a latent's numbers.
///
/// ```
/// use latent_preview::{LatentFormat, Latents, Looks};
///
/// let zeros = [0.0_f32; 4 * 8 * 8];
/// let inspection = LatentFormat::Sdxl.inspect(&Latents::planar(&zeros, [4, 8, 8])?)?;
/// assert_eq!(inspection.looks, Looks::Flat); // the tensor is not filled yet
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Looks {
    /// Model space, which previewers take.
    Model,
    /// VAE space: the encoder's output and the decoder's input. Noisy latents of a
    /// variance-exploding sampler can be as large: inspect the last step, or an estimate of x0.
    Vae,
    /// Model space or VAE space: they are too similar to tell.
    Either,
    /// Larger than in either space: noisy latents of a variance-exploding sampler, or a change
    /// of space in the wrong direction.
    TooLarge,
    /// Smaller than in either space: scaled twice, or a change of space in the wrong direction.
    TooSmall,
    /// All samples are nearly the same: zeros, or a tensor that is not yet filled.
    Flat,
    /// No sample is finite.
    NonFinite,
}

impl LatentFormat {
    /// Computes the statistics of a latent and its likely space. Call it if previews are
    /// garish, flat, black or noise, if possible with the latent of the last step, and include
    /// its text in bug reports.
    ///
    /// It only checks the numbers: a latent of another format with as many channels may pass,
    /// and a dim or busy picture may not.
    ///
    /// # Errors
    ///
    /// [`PreviewError::FormatChannels`] and [`PreviewError::LooksPacked`], as for the format's
    /// previewers.
    pub fn inspect(self, latents: &Latents<'_>) -> Result<Inspection, PreviewError> {
        self.check(latents)?;
        let (mut count, mut non_finite) = (0_usize, 0_usize);
        let (mut sum, mut squares) = (0.0, 0.0);
        let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
        for channel in 0..latents.channels() {
            for y in 0..latents.height() {
                for x in 0..latents.width() {
                    match latents.get(channel, y, x) {
                        Some(sample) if sample.is_finite() => {
                            (min, max) = (min.min(sample), max.max(sample));
                            let sample = f64::from(sample);
                            count += 1;
                            sum += sample;
                            squares += sample * sample;
                        }
                        _ => non_finite += 1,
                    }
                }
            }
        }
        if count == 0 {
            (min, max) = (f32::NAN, f32::NAN);
        }
        let mean = sum / count as f64;
        let variance = squares / count as f64 - mean * mean;
        // Rounding can make it negative; without samples it is NaN.
        let deviation = if variance < 0.0 { 0.0 } else { sqrt(variance) };
        let looks = match count {
            0 => Looks::NonFinite,
            _ => self.looks(deviation),
        };
        Ok(Inspection {
            format: self,
            mean: mean as f32,
            deviation: deviation as f32,
            min,
            max,
            non_finite,
            looks,
        })
    }

    fn looks(self, deviation: f64) -> Looks {
        let is_plausible = |deviation: f64| (PLAUSIBLE.0..=PLAUSIBLE.1).contains(&deviation);
        let moved = deviation * self.mean_gain();
        match (is_plausible(deviation), is_plausible(moved)) {
            _ if deviation < FLAT => Looks::Flat,
            (true, false) => Looks::Model,
            (false, true) => Looks::Vae,
            (true, true) if moved == deviation => Looks::Model,
            (true, true) => Looks::Either,
            (false, false) if deviation > PLAUSIBLE.1 => Looks::TooLarge,
            (false, false) => Looks::TooSmall,
        }
    }

    /// The factor from VAE space to model space, as the geometric mean over the channels; 1 if
    /// no source states it.
    fn mean_gain(self) -> f64 {
        let Some(vae) = self.vae_space() else {
            return 1.0;
        };
        let channels = self.channels();
        let logarithms = (0..channels).map(|channel| log(vae.gain_and_offset(channel, channels).0));
        libm::exp(logarithms.sum::<f64>() / channels as f64)
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, .. } = self;
        if self.looks == Looks::NonFinite {
            return f.write_str(
                "no sample is finite: the run has diverged, or half precision overflowed",
            );
        }
        write!(
            f,
            "mean {:.2}, deviation {:.2}, {:.2} to {:.2}, {} samples not finite: ",
            self.mean, self.deviation, self.min, self.max, self.non_finite
        )?;
        match self.looks {
            Looks::Model => write!(f, "looks like {format} latents in model space"),
            Looks::Vae => write!(
                f,
                "as large as {format} latents in VAE space: preview them with \
                 `Previewer::for_vae_space`, or noisy ones of a variance-exploding sampler with \
                 `Previewer::for_sigma`"
            ),
            Looks::Either => write!(
                f,
                "the numbers fit both model space and VAE space of {format}"
            ),
            Looks::TooLarge => write!(
                f,
                "too large for {format} latents: preview noisy latents of a variance-exploding \
                 sampler with `Previewer::for_sigma`, or an estimate of `Latents::denoised`"
            ),
            Looks::TooSmall => write!(
                f,
                "too small for {format} latents: they may have been scaled twice, or divided by \
                 their deviation once too often"
            ),
            Looks::Flat => {
                f.write_str("nearly constant: zeros, or a tensor that is not filled yet")
            }
            Looks::NonFinite => Ok(()),
        }
    }
}
