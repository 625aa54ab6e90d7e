//! The start of a training: the best affine map.

use anyhow::Result;
use latent_preview::Projection;
use latent_preview::fit::{Fit, FitKind, Pairs, Target};

use crate::pairs::Pair;
use crate::statistics::Statistics;

/// The best map from the standardized latent of a pixel to its mean color: a weight per channel
/// and a constant for each of R, G and B.
pub fn affine(pairs: &[Pair], scale: usize, statistics: &Statistics) -> Result<[Vec<f32>; 3]> {
    let channels = statistics.mean.len();
    let mut fitted = Pairs::new(channels);
    let places = scale * scale;
    for pair in pairs {
        let pixels = pair.pixels();
        let color = |pixel: usize, c: usize| {
            let values =
                (0..places).map(|place| pair.target[(c * places + place) * pixels + pixel]);
            values.sum::<f32>() / places as f32
        };
        let target: Vec<f32> = (0..3 * pixels).map(|i| color(i / 3, i % 3)).collect();
        let size = [pair.shape[1], pair.shape[2]];
        fitted.add(&pair.latents()?, Target::rgb_f32(&target, size)?)?;
    }
    let fit = Fit::new(FitKind::Affine).run(&fitted, None)?;
    let Projection::Affine(affine) = fit.projection else {
        anyhow::bail!("an affine fit gives an affine projection");
    };
    // From decoder range to display values, and from unchanged latents to standardized ones.
    Ok(std::array::from_fn(|o| {
        let weights = affine.linear().iter().map(|row| row[o] / 2.0);
        let mut row: Vec<f32> = weights
            .clone()
            .zip(&statistics.deviation)
            .map(|(w, d)| w * d)
            .collect();
        let mean: f32 = weights.zip(&statistics.mean).map(|(w, m)| w * m).sum();
        row.push((affine.constant()[o] + 1.0) / 2.0 + mean);
        row
    }))
}
