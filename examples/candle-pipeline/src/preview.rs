//! Each step's preview, as a PNG file.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use candle_core::Tensor;
use latent_preview::{
    BackgroundPreviewer, Denoise, Latents, PixelFormat, Preview, PreviewError, Previewer,
};

/// Writes previews on a separate thread: the sampler does not wait for files.
pub struct Previews {
    background: BackgroundPreviewer,
    outcome: Arc<Mutex<Outcome>>,
}

#[derive(Default)]
struct Outcome {
    written: usize,
    /// The first error, which does not end the run.
    error: Option<anyhow::Error>,
}

impl Previews {
    pub fn start(folder: &Path, previewer: Previewer) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.to_owned();
        let outcome = Arc::new(Mutex::new(Outcome::default()));
        let shared = Arc::clone(&outcome);
        let background =
            BackgroundPreviewer::spawn(previewer, PixelFormat::Rgb8, move |step, preview| {
                let path = folder.join(format!("step-{:03}.png", step + 1));
                let written = save(preview, &path);
                let mut outcome = shared.lock().unwrap_or_else(PoisonError::into_inner);
                match written {
                    Ok(()) => outcome.written += 1,
                    Err(error) => outcome.error = outcome.error.take().or(Some(error)),
                }
            })?;
        Ok(Self {
            background,
            outcome,
        })
    }

    /// Hands over the estimate of the clean latent at this step. While a picture is being
    /// written, newer steps replace the one that waits.
    pub fn show(
        &self,
        step: usize,
        x_t: &Tensor,
        model_output: &Tensor,
        denoise: Denoise,
    ) -> Result<()> {
        let (_, channels, height, width) = x_t.dims4()?;
        let shape = [channels, height, width];
        let x_t: Vec<f32> = x_t.flatten_all()?.to_vec1()?;
        let model_output: Vec<f32> = model_output.flatten_all()?.to_vec1()?;
        let x_t = Latents::planar(&x_t, shape)?;
        let model_output = Latents::planar(&model_output, shape)?;
        let x0 = Latents::denoised(&x_t, &model_output, denoise)?;
        self.background.show(step, &x0);
        Ok(())
    }

    /// Waits for the last preview. Returns the number of previews written.
    pub fn finish(self) -> Result<usize> {
        self.background
            .finish()
            .map_err(|_| anyhow!("the previews have panicked"))?;
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome.error.take() {
            Some(error) => Err(error),
            None => Ok(outcome.written),
        }
    }
}

fn save(preview: Result<Preview, PreviewError>, path: &Path) -> Result<()> {
    let preview = preview?;
    let (width, height) = (preview.width() as u32, preview.height() as u32);
    let picture = image::RgbImage::from_raw(width, height, preview.into_bytes());
    write_png(&picture.context("RGB8")?, path)
}

/// Writes the file in one piece: `RgbImage::save` misses a full disk at the end of the file.
pub fn write_png(picture: &image::RgbImage, path: &Path) -> Result<()> {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png)?;
    std::fs::write(path, png.into_inner()).with_context(|| path.display().to_string())
}
