//! The status that all viewers see.

use latent_preview::LatentFormat;
use serde::Serialize;

use latent_preview_apps::origins;

/// The state of the run, as sent to the page.
#[derive(Serialize, Clone, Debug)]
pub struct Status {
    pub format: &'static str,
    pub previewers: Vec<&'static str>,
    pub previewer: &'static str,
    pub is_running: bool,
    pub seed: u64,
    /// The number of steps before this picture; `steps` at the end.
    pub step: usize,
    pub steps: usize,
    /// The time since the start of the run, in seconds.
    pub elapsed: f64,
    /// A PNG as a data URL; empty before the first one.
    pub picture: String,
    /// The error of the last latent; empty if there was none.
    pub error: String,
}

impl Status {
    pub fn new(format: LatentFormat, steps: usize) -> Self {
        let previewers = origins::names(format);
        Self {
            format: format.name(),
            previewer: previewers.first().copied().unwrap_or_default(),
            previewers,
            is_running: false,
            seed: 0,
            step: 0,
            steps,
            elapsed: 0.0,
            picture: String::new(),
            error: String::new(),
        }
    }

    /// The beginning of a run.
    pub fn begin(&mut self, seed: u64) {
        (self.seed, self.step, self.elapsed) = (seed, 0, 0.0);
        (self.is_running, self.picture, self.error) = (true, String::new(), String::new());
    }
}
