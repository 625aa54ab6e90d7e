//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use latent_preview::LatentFormat;
use latent_preview::fit::{Disturbance, FitKind, RefinedShape};

/// Fits a projection to latents and the pictures that their decoder makes of them.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// Safetensors files with `NAME.lat` beside `NAME.rgb` or `NAME.rgb2` (U8, height x width x 3), or
    /// folders in which each latent (.npy, .latent, .safetensors) lies beside its picture of the same
    /// name (.png, .jpg)
    #[arg(required = true)]
    pub pairs: Vec<PathBuf>,

    /// The kind to fit
    #[arg(long, default_value = "small")]
    pub kind: Kind,

    /// The latents' format or a model that has it: needed to unpack packed latents, and to compare
    /// with what there is for it
    #[arg(long)]
    pub format: Option<LatentFormat>,

    /// Calms what the pairs hardly determine
    #[arg(long, default_value_t = 0.0)]
    pub ridge: f64,

    /// Fits on noisy copies as well: their shares of signal, such as 0.7,0.25
    #[arg(long, value_delimiter = ',')]
    pub noise: Vec<f64>,

    /// Fits on copies of more contrast as well, such as 1.6
    #[arg(long, value_delimiter = ',')]
    pub gain: Vec<f64>,

    /// How much all these copies count together, against 1 for the clean latents
    #[arg(long, default_value_t = 0.3)]
    pub disturbed_weight: f64,

    /// Every which pair is held out where files do not say which pairs are for testing
    #[arg(long, default_value_t = 4)]
    pub hold_out: usize,

    /// The folder for the results
    #[arg(long, default_value = "fit-out")]
    pub output: PathBuf,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum Kind {
    Linear,
    Affine,
    Quadratic,
    Cubic,
    /// Affine, a symmetric 3x3 kernel, a correction of colors
    Small,
    /// An affine map of 3x3 latent pixels, a symmetric 3x3 kernel, a correction of colors
    Full,
}

impl From<Kind> for FitKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Linear => Self::Linear,
            Kind::Affine => Self::Affine,
            Kind::Quadratic => Self::Quadratic,
            Kind::Cubic => Self::Cubic,
            Kind::Small => Self::Refined(RefinedShape::SMALL),
            Kind::Full => Self::Refined(RefinedShape::FULL),
        }
    }
}

impl Args {
    pub fn disturbances(&self) -> Vec<Disturbance> {
        let noise = self.noise.iter();
        let noise = noise.map(|&signal| Disturbance::Noise { signal });
        let gain = self.gain.iter().map(|&gain| Disturbance::Gain(gain));
        noise.chain(gain).collect()
    }
}
