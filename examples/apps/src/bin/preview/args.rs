//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use latent_preview_apps::picture::{Filter, scale};

/// Previews latents: your own file or, without arguments, the bundled ones.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// A .safetensors, ComfyUI .latent or .npy file [default: the bundled latents]
    pub file: Option<PathBuf>,

    /// Lists every format with its projections and models
    #[arg(long, exclusive = true)]
    pub list_formats: bool,

    /// The name of the tensor in the file
    #[arg(long, requires = "file")]
    pub tensor: Option<String>,

    /// The latents' format, or a model that uses it, such as sdxl or flux.1-dev
    #[arg(long, requires = "file")]
    pub format: Option<String>,

    /// The model's diffusers folder or checkpoint, from which to read the format
    #[arg(long, requires = "file", conflicts_with = "format")]
    pub model: Option<PathBuf>,

    /// The origin of the previewer, such as ComfyUI [default: the format's default previewer]
    #[arg(long, requires = "file")]
    pub previewer: Option<String>,

    /// The space of the latents: model (the sampler's) or vae (the VAE's)
    /// [default: vae for ComfyUI .latent files, else model]
    #[arg(long, requires = "file")]
    pub space: Option<Space>,

    /// The noise level, if the latent is from a variance-exploding sampler
    #[arg(long, requires = "file")]
    pub sigma: Option<f32>,

    /// The file for the picture; several images get a number before the extension
    #[arg(long, requires = "file")]
    pub output: Option<PathBuf>,

    /// The side of the square that each preview pixel becomes, in pixels
    #[arg(long, default_value_t = 4, value_parser = scale)]
    pub scale: usize,

    /// How the picture is enlarged
    #[arg(long, value_enum, default_value_t, requires = "file")]
    pub filter: Filter,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq)]
pub enum Space {
    Model,
    Vae,
}
