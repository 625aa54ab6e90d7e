//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use latent_preview::LatentFormat;
use latent_preview::fit::{Disturbance, FitKind, RefinedShape};

/// Fits a projection to latents and their decoded pictures.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// Safetensors files with `NAME.lat` and `NAME.rgb` or `NAME.rgb2` (U8, height x width x
    /// 3), or folders with each latent (.npy, .latent, .safetensors) beside its picture of the
    /// same name (.png, .jpg)
    #[arg(required = true)]
    pub pairs: Vec<PathBuf>,

    /// The kind of projection
    #[arg(long, default_value = "small")]
    pub kind: Kind,

    /// The latents' format, or a model that uses it: needed to unpack packed latents and to
    /// compare with the format's projections
    #[arg(long)]
    pub format: Option<LatentFormat>,

    /// Keeps coefficients small that the pairs hardly determine, such as 1e-4
    #[arg(long, default_value_t = 0.0)]
    pub ridge: f64,

    /// Also fits on noisy copies with these shares of signal, such as 0.7,0.25
    #[arg(long, value_delimiter = ',')]
    pub noise: Vec<f64>,

    /// Also fits on copies with more contrast, such as 1.6
    #[arg(long, value_delimiter = ',')]
    pub gain: Vec<f64>,

    /// The weight of all these copies together; the clean latents have weight 1
    #[arg(long, default_value_t = 0.3)]
    pub disturbed_weight: f64,

    /// Holds out every N-th pair of files that do not list pairs for testing
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
    /// An affine map, a symmetric 3x3 filter, a color correction
    Small,
    /// An affine map of 3x3 latent pixels, a symmetric 3x3 filter, a color correction
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
