//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Trains a tiny decoder on pairs of latents and decoded pictures.
#[derive(Parser, Debug)]
pub struct Args {
    /// Safetensors files with `NAME.lat` [C,h,w] and a picture `NAME.rgb` [h,w,3] or
    /// `NAME.rgb2` [2h,2w,3]; the two may be in different files
    #[arg(required = true)]
    pub pairs: Vec<PathBuf>,

    /// Only reports on these weights, without training
    #[arg(long, value_name = "FILE")]
    pub score: Option<PathBuf>,

    /// The output pixels per latent pixel, in each direction
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub scale: u8,

    /// The convolutions, separated by commas: kernel size (1 or 3), `x` and number of channels
    #[arg(long, default_value = "3x16,3x16")]
    pub layers: Layers,

    /// Names of pairs for validation during the training. Pairs that a file lists as `test` are
    /// only used in the report
    #[arg(long, value_delimiter = ',', value_name = "NAME,...")]
    pub validate: Vec<String>,

    /// The number of updates of the weights
    #[arg(long, default_value_t = 5000)]
    pub steps: usize,

    /// The number of pairs per update
    #[arg(long, default_value_t = 4)]
    pub batch: usize,

    /// The number of disturbed pairs per update, with estimated pictures: noise, gain, noise and
    /// blur in turn
    #[arg(long, default_value_t = 1)]
    pub disturbed: usize,

    /// The lowest share of signal, 0 to 1, in latents disturbed by noise
    #[arg(long, default_value_t = 0.8)]
    pub signal: f32,

    /// The weight of the squared error; the absolute one has weight 1
    #[arg(long, default_value_t = 4.0)]
    pub squares: f64,

    /// The weight of the error of differences between neighbors: against blocks and grids
    #[arg(long, default_value_t = 0.1)]
    pub edges: f64,

    /// The weight of the difference between the mean error of each place in a latent pixel and
    /// that of all its places, over squares of 6x6 latent pixels: against a grid in flat areas
    #[arg(long, default_value_t = 1.0)]
    pub grid: f64,

    /// The highest step size of Adam, which updates the other weights
    #[arg(long, default_value_t = 4e-3)]
    pub learning_rate: f64,

    /// The highest step size of Muon, which updates the convolutions
    #[arg(long, default_value_t = 0.01)]
    pub muon: f64,

    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// The folder for the weights, the plot and the report
    #[arg(long, default_value = "train-out")]
    pub output: PathBuf,
}

/// The kernel size and number of channels of each convolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Layers(pub Vec<(usize, usize)>);

impl std::str::FromStr for Layers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let layer = |part: &str| {
            let (side, width) = part.split_once('x').ok_or("a layer is written like 3x16")?;
            match (side, width.parse()) {
                ("1" | "3", Ok(width @ 1..=64)) => Ok((if side == "1" { 1 } else { 3 }, width)),
                _ => Err(format!("{part}: kernel sizes are 1 or 3, channels 1 to 64")),
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
