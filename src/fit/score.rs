//! Scores of previews against the decoder's pictures.

use palette::{FromColor, Lab, Srgb, color_difference::Ciede2000};

/// The distance of pictures from their targets.
///
/// ```
/// use latent_preview::fit::{Pairs, Target};
/// use latent_preview::{Latents, Projection};
///
/// let mut pairs = Pairs::new(1);
/// pairs.add(&Latents::planar(&[0.0_f32], [1, 1, 1])?, Target::rgb8(&[118; 3], [1, 1])?)?;
/// let gray = Projection::linear(&[[1.0; 3]])?; // makes 128 of 0
/// let score = pairs.score(&gray)?;
/// assert!((score.psnr - 28.1).abs() < 0.1);
/// # Ok::<(), latent_preview::fit::FitError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// Peak signal-to-noise ratio in dB over all pixels and R, G and B together. Higher is
    /// better; infinite if there is no difference.
    pub psnr: f64,
    /// Mean absolute difference in levels of 255.
    pub mae: f64,
    /// Mean CIEDE2000 color difference. Few people see a difference below about 2.
    pub ciede2000: f64,
    /// For each of R, G and B, the share of the targets' variance that the pictures explain: 1
    /// at best, 0 if they are no better than the targets' mean, below 0 if they are worse. If
    /// the targets do not vary, it is 1 if every value is exact, else 0.
    pub r2: [f64; 3],
}

/// Sums over pixels.
#[derive(Default)]
pub(super) struct Scorer {
    pixels: usize,
    absolute: f64,
    squares: [f64; 3],
    difference: f64,
    /// The first target. The others are measured from it, so that the variance of equal targets
    /// is exactly 0.
    origin: Option<[f64; 3]>,
    target: [f64; 3],
    target_squares: [f64; 3],
}

impl Scorer {
    /// Adds a preview, RGB8, and its target.
    pub(super) fn add(&mut self, preview: &[u8], target: &[[f32; 3]]) {
        for (pixel, target) in preview.as_chunks::<3>().0.iter().zip(target) {
            // Rounds as the targets are rounded, so that equal values have no difference.
            let actual = pixel.map(|level| f64::from((f64::from(level) / 255.0) as f32));
            let expected = target.map(f64::from);
            let origin = *self.origin.get_or_insert(expected);
            for o in 0..3 {
                let error = actual[o] - expected[o];
                self.absolute += error.abs();
                self.squares[o] += error * error;
                let from_origin = expected[o] - origin[o];
                self.target[o] += from_origin;
                self.target_squares[o] += from_origin * from_origin;
            }
            self.difference += lab(actual).difference(lab(expected));
            self.pixels += 1;
        }
    }

    /// `None` without pixels.
    pub(super) fn finish(&self) -> Option<Score> {
        let count = self.pixels as f64;
        (self.pixels > 0).then(|| Score {
            psnr: 10.0 * libm::log10(3.0 * count / self.squares.iter().sum::<f64>()),
            mae: self.absolute / (3.0 * count) * 255.0,
            ciede2000: self.difference / count,
            r2: core::array::from_fn(|o| {
                let variance = self.target_squares[o] - self.target[o] * self.target[o] / count;
                match self.squares[o] {
                    0.0 => 1.0,
                    squares if variance > 0.0 => 1.0 - squares / variance,
                    _ => 0.0,
                }
            }),
        })
    }
}

fn lab([red, green, blue]: [f64; 3]) -> Lab<palette::white_point::D65, f64> {
    Lab::from_color(Srgb::new(red, green, blue))
}
