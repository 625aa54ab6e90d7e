//! Previews that learn from the picture at the end of a run.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use latent_preview::fit::{Learner, Target};
use latent_preview::{LatentFormat, LatentPreview, Latents, Previewer};

/// Continues from the file, if there is one.
pub fn load(path: &Path, start: &Previewer) -> Result<Learner> {
    let mut learner = Learner::from(start.clone());
    if path.exists() {
        let text = fs::read_to_string(path)?;
        learner.resume(serde_json::from_str(&text).with_context(|| path.display().to_string())?)?;
    }
    Ok(learner)
}

/// Learns from the last latent and its decoded picture, and stores the learner.
///
/// There is no VAE here: the format's tiny decoder takes its place.
pub fn learn(
    learner: &mut Learner,
    path: &Path,
    format: LatentFormat,
    latents: &Latents<'_>,
) -> Result<()> {
    let decoded = format.previewer()?.preview_rgb(latents)?;
    let target = Target::rgb8(decoded.as_bytes(), [decoded.height(), decoded.width()])?;
    match learner.learn(latents, target) {
        Ok(learned) => println!("The next run's previews: {learned}"),
        Err(reason) => println!("Nothing was learned: {reason}"),
    }
    let stored = serde_json::to_string(learner)?;
    fs::write(path, stored).with_context(|| path.display().to_string())?;
    Ok(())
}
