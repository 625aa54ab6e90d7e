//! Previews that learn from the picture at the end of each run.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use candle_core::Tensor;
use latent_preview::fit::{Learner, Target};
use latent_preview::{Latents, Previewer};

/// Continues from the file, if there is one.
pub fn load(path: &Path, start: &Previewer) -> Result<Learner> {
    let mut learner = Learner::from(start.clone());
    if path.exists() {
        let text = fs::read_to_string(path)?;
        learner.resume(serde_json::from_str(&text).with_context(|| path.display().to_string())?)?;
    }
    Ok(learner)
}

/// Learns from the last latent and its decoded picture, and stores the learner. Returns its
/// report.
pub fn learn(
    learner: &mut Learner,
    path: &Path,
    latents: &Tensor,
    picture: &image::RgbImage,
) -> Result<String> {
    let (_, channels, height, width) = latents.dims4()?;
    let samples: Vec<f32> = latents.flatten_all()?.to_vec1()?;
    let latents = Latents::planar(&samples, [channels, height, width])?;
    let size = [picture.height() as usize, picture.width() as usize];
    let said = match learner.learn(&latents, Target::rgb8(picture.as_raw(), size)?) {
        Ok(learned) => format!("the next previews: {learned}"),
        Err(reason) => format!("nothing was learned: {reason}"),
    };
    let stored = serde_json::to_string(learner)?;
    fs::write(path, stored).with_context(|| path.display().to_string())?;
    Ok(said)
}
