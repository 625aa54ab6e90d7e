//! How far previews are from the decoder's pictures.

use palette::{FromColor, Lab, Srgb, color_difference::Ciede2000};

use crate::PreviewError;

/// How far pictures are from their targets.
///
/// ```
/// use latent_preview::fit::{Pairs, Target};
/// use latent_preview::{Latents, Projection};
///
/// let mut pairs = Pairs::new(4);
/// pairs.add(&Latents::planar(&[0.0_f32; 4], [4, 1, 1])?, Target::rgb8(&[118; 3], [1, 1])?)?;
/// let score = pairs.score(&Projection::SD_V1_4)?; // previews gray, 128
/// assert!((score.psnr - 28.1).abs() < 0.1);
/// # Ok::<(), latent_preview::PreviewError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// Peak signal-to-noise ratio in dB over all pixels and R, G and B together.
    /// More is better; infinite if there is no difference.
    pub psnr: f64,
    /// Mean absolute difference in levels of 255.
    pub mae: f64,
    /// Mean CIEDE2000 color difference. Below about 2 few people see one.
    pub ciede2000: f64,
    /// For each of R, G and B, the share of the targets' variance that is
    /// explained: 1 at best, 0 for a constant gray, below 0 for worse.
    pub r2: [f64; 3],
}

/// Sums over pixels.
#[derive(Default)]
pub(super) struct Scorer {
    pixels: usize,
    absolute: f64,
    squares: [f64; 3],
    difference: f64,
    target: [f64; 3],
    target_squares: [f64; 3],
}

impl Scorer {
    /// Adds a preview, RGB8, and the picture that it should be.
    pub(super) fn add(&mut self, preview: &[u8], target: &[[f32; 3]]) -> Result<(), PreviewError> {
        let (pixels, _) = preview.as_chunks::<3>();
        if preview.len() != 3 * target.len() {
            return Err(PreviewError::BufferSize {
                expected: 3 * target.len(),
                actual: preview.len(),
            });
        }
        self.pixels += pixels.len();
        for (pixel, target) in pixels.iter().zip(target) {
            // Rounded as the targets are, so that equal is equal.
            let actual = pixel.map(|level| f64::from((f64::from(level) / 255.0) as f32));
            let expected = target.map(f64::from);
            for o in 0..3 {
                let error = actual[o] - expected[o];
                self.absolute += error.abs();
                self.squares[o] += error * error;
                self.target[o] += expected[o];
                self.target_squares[o] += expected[o] * expected[o];
            }
            self.difference += lab(actual).difference(lab(expected));
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<Score, PreviewError> {
        if self.pixels == 0 {
            return Err(PreviewError::NoPairs);
        }
        let count = self.pixels as f64;
        let squares: f64 = self.squares.iter().sum();
        Ok(Score {
            psnr: 10.0 * libm::log10(3.0 * count / squares),
            mae: self.absolute / (3.0 * count) * 255.0,
            ciede2000: self.difference / count,
            r2: core::array::from_fn(|o| {
                let mean = self.target[o] / count;
                let variance = self.target_squares[o] - count * mean * mean;
                1.0 - self.squares[o] / variance
            }),
        })
    }
}

fn lab([red, green, blue]: [f64; 3]) -> Lab<palette::white_point::D65, f64> {
    Lab::from_color(Srgb::new(red, green, blue))
}
