//! The arguments of the command line.

use std::path::PathBuf;

use clap::Parser;

/// Trains a small convolutional decoder on pairs of latents and pictures.
#[derive(Parser, Debug)]
pub struct Args {
    /// safetensors files with `NAME.lat` [C,h,w] and a picture `NAME.rgb` [h,w,3] or
    /// `NAME.rgb2` [2h,2w,3]; both may be in different files
    #[arg(required = true)]
    pub pairs: Vec<PathBuf>,

    /// Trains nothing and reports on these weights
    #[arg(long, value_name = "FILE")]
    pub score: Option<PathBuf>,

    /// Pixels that a latent pixel becomes in each direction
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub scale: u8,

    /// Convolutions: the side of the kernel, 1 or 3, `x` and the width, divided by commas
    #[arg(long, default_value = "3x16,3x16")]
    pub layers: Layers,

    /// Names of pairs to look at during the training but not to train on. Pairs that a file
    /// lists as `test` are left for the report
    #[arg(long, value_delimiter = ',', value_name = "NAME,...")]
    pub validate: Vec<String>,

    /// Updates of the weights
    #[arg(long, default_value_t = 5000)]
    pub steps: usize,

    /// Pairs for each update
    #[arg(long, default_value_t = 4)]
    pub batch: usize,

    /// Disturbed pairs for each update: noise, gain, noise and blur in turn
    #[arg(long, default_value_t = 1)]
    pub disturbed: usize,

    /// The lowest share of signal, 0 to 1, in latents that are disturbed by noise
    #[arg(long, default_value_t = 0.8)]
    pub signal: f32,

    /// How much the squared error counts beside the absolute one
    #[arg(long, default_value_t = 4.0)]
    pub squares: f64,

    /// How much the error of differences between neighbors counts: against blocks and grids
    #[arg(long, default_value_t = 0.1)]
    pub edges: f64,

    /// How much the mean error of each place within a latent pixel counts, beside that of all its
    /// places, over squares of 6x6 latent pixels: against a grid in even areas
    #[arg(long, default_value_t = 1.0)]
    pub grid: f64,

    /// Weights of decoders of the same scale whose mean is learned from, too
    #[arg(long, value_delimiter = ',', value_name = "FILE,...")]
    pub teachers: Vec<PathBuf>,

    /// How much of the target the teachers say, 0 to 1; of disturbed pairs they say all
    #[arg(long, default_value_t = 0.5)]
    pub taught: f32,

    /// Blends of two pairs for each update, of which only teachers can say what they show
    #[arg(long, default_value_t = 0, requires = "teachers")]
    pub blended: usize,

    /// The highest step size of Adam, which moves the rest
    #[arg(long, default_value_t = 4e-3)]
    pub learning_rate: f64,

    /// The highest step size of Muon, which moves the convolutions
    #[arg(long, default_value_t = 0.01)]
    pub muon: f64,

    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// The folder for the weights, the plot and the report
    #[arg(long, default_value = "train-out")]
    pub output: PathBuf,
}

/// The side of each convolution's kernel and its width.
#[derive(Clone, Debug, PartialEq)]
pub struct Layers(pub Vec<(usize, usize)>);

impl std::str::FromStr for Layers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let layer = |part: &str| {
            let (side, width) = part.split_once('x').ok_or("a layer is, say, 3x16")?;
            match (side, width.parse()) {
                ("1" | "3", Ok(width @ 1..=64)) => Ok((if side == "1" { 1 } else { 3 }, width)),
                _ => Err(format!("{part}: sides are 1 or 3, widths 1 to 64")),
            }
        };
        text.split(',')
            .map(layer)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl std::fmt::Display for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (side, width)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{side}x{width}")?;
        }
        Ok(())
    }
}
