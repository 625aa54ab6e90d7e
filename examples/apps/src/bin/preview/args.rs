//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use latent_preview_apps::picture::{Filter, scale};

/// Previews latents: the bundled ones without arguments, or a file of yours.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// A .safetensors, ComfyUI .latent or .npy file; without it, the bundled latents
    pub file: Option<PathBuf>,

    /// Lists every format with its projections and models
    #[arg(long, exclusive = true)]
    pub list_formats: bool,

    /// Which tensor of the file
    #[arg(long, requires = "file")]
    pub tensor: Option<String>,

    /// The latents' format, or a model that has it, such as sdxl or flux.1-dev
    #[arg(long, requires = "file")]
    pub format: Option<String>,

    /// The model's folder (of diffusers) or checkpoint, whose files tell the format
    #[arg(long, requires = "file", conflicts_with = "format")]
    pub model: Option<PathBuf>,

    /// Whose previewer to use instead of the default one, such as ComfyUI
    #[arg(long, requires = "file")]
    pub previewer: Option<String>,

    /// The space of the latents: as the sampler holds them or as the VAE makes them
    /// [default: vae for .latent files of ComfyUI, else model]
    #[arg(long, requires = "file")]
    pub space: Option<Space>,

    /// The noise level, if the latent is that of a variance-exploding sampler
    #[arg(long, requires = "file")]
    pub sigma: Option<f32>,

    /// The file of the picture; with several images, a number is put before the ending
    #[arg(long, requires = "file")]
    pub output: Option<PathBuf>,

    /// By how many whole pixels each preview pixel is enlarged
    #[arg(long, default_value_t = 4, value_parser = scale)]
    pub scale: usize,

    /// How it is enlarged
    #[arg(long, value_enum, default_value_t, requires = "file")]
    pub filter: Filter,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq)]
pub enum Space {
    Model,
    Vae,
}
