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

    /// Steps from noise to picture
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub steps: u16,

    /// The seed of the first noise
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// How far the square reaches that decides what a latent pixel becomes: small ones make
    /// collages, from 48 on the runs end at one of the bundled pictures
    #[arg(long, default_value_t = 6)]
    pub radius: usize,

    /// Previews only every so many steps, and the last
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    pub every: NonZeroUsize,

    /// Whose previewer to use instead of the default one, such as ComfyUI
    #[arg(long)]
    pub previewer: Option<String>,

    /// Learns from the last step, for the next run with the same file; as a start, name a table with
    /// `--previewer`
    #[arg(long, value_name = "FILE")]
    pub learn: Option<PathBuf>,

    /// Writes the previews of each step into this folder, as PNG
    #[arg(long, value_name = "DIR")]
    pub write_intermediates: Option<PathBuf>,

    /// Shows the estimate of x0 in the terminal, step by step
    #[arg(long)]
    pub live: bool,

    /// By how much the pictures are enlarged
    #[arg(long, default_value_t = 4, value_parser = scale)]
    pub scale: usize,

    /// How they are enlarged (the sheet: always nearest)
    #[arg(long, value_enum, default_value_t)]
    pub filter: Filter,

    /// The folder for the sheet and the animations
    #[arg(long, default_value = "denoise-out")]
    pub output: PathBuf,
}
