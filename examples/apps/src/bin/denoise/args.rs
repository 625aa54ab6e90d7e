//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Parser;
use latent_preview::LatentFormat;

use latent_preview_apps::picture::{Filter, scale};
use latent_preview_apps::sampler::Method;

/// Runs a real sampler on the latents of a few pictures and previews each step.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// The format of the latents: sd1, sdxl, sd3, flux1 or flux2
    #[arg(long, default_value = "sd1")]
    pub format: LatentFormat,

    /// The sampler [default: ddim for sd1 and sdxl, else flow]
    #[arg(long, value_enum)]
    pub method: Option<Method>,

    /// The number of steps from noise to picture
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub steps: u16,

    /// The seed of the first noise
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// The reach of the square that decides each latent pixel: small squares make collages,
    /// from 48 on a run ends at one of the bundled pictures
    #[arg(long, default_value_t = 6)]
    pub radius: usize,

    /// Previews only every N-th step, and the last one
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    pub every: NonZeroUsize,

    /// The origin of the previewer, such as ComfyUI [default: the format's default previewer]
    #[arg(long)]
    pub previewer: Option<String>,

    /// Learns from the last step, for the next run with the same file. `--previewer` names the
    /// table to start with
    #[arg(long, value_name = "FILE")]
    pub learn: Option<PathBuf>,

    /// Writes the previews of each step into this folder, as PNG
    #[arg(long, value_name = "DIR")]
    pub write_intermediates: Option<PathBuf>,

    /// Shows the estimate of x0 in the terminal at each step
    #[arg(long)]
    pub live: bool,

    /// The enlargement of the pictures
    #[arg(long, default_value_t = 4, value_parser = scale)]
    pub scale: usize,

    /// How the pictures are enlarged (in the sheet always nearest)
    #[arg(long, value_enum, default_value_t)]
    pub filter: Filter,

    /// The folder for the sheet and the animations
    #[arg(long, default_value = "denoise-out")]
    pub output: PathBuf,
}
