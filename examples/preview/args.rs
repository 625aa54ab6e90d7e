//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Previews latents: the bundled ones without arguments, or a file of yours.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// A .safetensors, ComfyUI .latent or .npy file; without it, the bundled latents
    pub file: Option<PathBuf>,

    /// Which tensor of the file
    #[arg(long, requires = "file")]
    pub tensor: Option<String>,

    /// The latents' format: sd1, sdxl or flux1
    #[arg(long, requires = "file")]
    pub format: Option<String>,

    /// Which of the format's projections; the list is printed if the name is unknown
    #[arg(long, requires = "file")]
    pub projection: Option<String>,

    /// Where the picture goes; with several images, a number is put before the ending
    #[arg(long, requires = "file")]
    pub output: Option<PathBuf>,

    /// By how many whole pixels each preview pixel is enlarged
    #[arg(long, default_value_t = 4, value_parser = scale)]
    pub scale: usize,
}

fn scale(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(scale @ 1..=64) => Ok(scale),
        _ => Err("a whole number from 1 to 64 is needed".to_owned()),
    }
}
