//! The data files of the formats.

use std::path::Path;
use std::{fmt, fs};

use latent_preview::Evidence;
use serde::Deserialize;

use crate::{check, moved};

/// The families that most people use; the others follow by name.
const FIRST: [&str; 7] = [
    "stable_diffusion",
    "flux",
    "wan",
    "ltx",
    "hunyuan",
    "sana",
    "cog",
];

/// The origin of a mean of published projections.
pub const MEAN: &str = "latent-preview mean";

/// One file: formats that belong together.
pub struct Family {
    pub name: String,
    pub formats: Vec<Format>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Vec<Format>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    pub variant: String,
    pub name: String,
    pub title: String,
    pub channels: usize,
    pub downscale: usize,
    #[serde(default = "one")]
    pub frames: usize,
    /// The latent frames after which a video begins anew with a single frame.
    pub period: Option<usize>,
    pub packing: Option<Packing>,
    pub note: Option<String>,
    pub models: Vec<String>,
    pub names: Vec<String>,
    pub vae: Option<Vae>,
    pub recommended: Option<Known>,
    /// The tiny decoder, if there is one.
    pub tiny: Option<Known>,
    #[serde(default, rename = "projection")]
    pub projections: Vec<Projection>,
    /// A mean of some of them.
    pub mean: Option<Mean>,
    /// Projections that were fitted for this crate, from `fitted/`.
    #[serde(default)]
    pub fitted: Vec<Fitted>,
    /// The format of the same VAE whose fitted projections are this one's, moved to its space.
    pub fitted_as: Option<String>,
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

impl Format {
    /// Origins of the published projections, of their mean, then of the fitted ones.
    pub fn origins(&self) -> Vec<String> {
        let published = self.projections.iter().map(|p| p.origin.clone());
        published
            .chain(self.mean.iter().map(|_| MEAN.to_owned()))
            .chain(self.fitted.iter().map(Fitted::origin))
            .collect()
    }

    /// How it is known that the default previewer is the one to take.
    pub fn default(&self) -> Option<&Known> {
        self.tiny.as_ref().or(self.recommended.as_ref())
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packing {
    ChannelFirst,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vae {
    #[serde(default = "unit")]
    pub scale: f64,
    #[serde(default)]
    pub shift: f64,
    #[serde(default)]
    pub mean: Vec<f64>,
    #[serde(default)]
    pub std: Vec<f64>,
    pub source: String,
}

impl Vae {
    /// Gain and offset of a channel: `model = gain * vae + offset`. Statistics of packed
    /// channels are averaged over the positions of a patch.
    pub fn gain_and_offset(&self, channel: usize, channels: usize) -> (f64, f64) {
        let average = |values: &[f64], default: f64| match values.len() / channels {
            0 => default,
            positions => {
                let own = &values[channel * positions..][..positions];
                own.iter().sum::<f64>() / positions as f64
            }
        };
        let gain = self.scale / average(&self.std, 1.0);
        (gain, -(average(&self.mean, 0.0) + self.shift) * gain)
    }
}

/// How it is known that a map is the one to take.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Whose it is; empty for a tiny decoder.
    #[serde(default)]
    pub origin: String,
    #[serde(with = "EvidenceName")]
    pub evidence: Evidence,
    pub psnr: Option<f64>,
    pub reason: String,
}

/// How the tables spell the evidence.
#[derive(Deserialize)]
#[serde(remote = "Evidence", rename_all = "kebab-case")]
enum EvidenceName {
    Nothing,
    Agreement,
    Publisher,
    TinyAutoencoder,
    FullVae,
    Exact,
}

/// The mean of published projections, in model space and decoder range.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mean {
    pub of: Vec<String>,
    pub note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Projection {
    pub origin: String,
    pub source: Source,
    #[serde(default)]
    pub also_used_by: Vec<String>,
    pub output: Output,
    pub rounding: Rounding,
    #[serde(default)]
    pub space: Space,
    pub note: Option<String>,
    pub doubt: Option<String>,
    pub bias: Option<[f64; 3]>,
    pub factors: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub repository: String,
    pub path: String,
    pub commit: String,
    pub license: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    Decoder,
    Display,
    Bytes,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    Nearest,
    Truncate,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Space {
    #[default]
    Model,
    Vae,
}

/// How a projection was fitted for this crate, and how good
/// it is on the pictures that it was not fitted on.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    pub kind: String,
    /// Arguments of the program `fit`.
    pub made_with: String,
    pub score: MeasuredScore,
    #[serde(skip)]
    pub map: Option<Map>,
    /// The format that it was fitted for.
    #[serde(skip)]
    pub fitted_for: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredScore {
    pub psnr: f64,
    pub mae: f64,
    pub ciede2000: f64,
}

impl fmt::Display for MeasuredScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.2} dB, mean absolute error {:.1} levels, mean CIEDE2000 {:.1} on the 13 pictures for scoring of src/format/data/README.md",
            self.psnr, self.mae, self.ciede2000
        )
    }
}

impl Fitted {
    pub fn origin(&self) -> String {
        format!("latent-preview {}", self.kind)
    }

    pub fn note(&self, format: &str) -> String {
        match self.fitted_for == format {
            true => self.score.to_string(),
            false => format!(
                "that of {}, moved to this space: {}",
                self.fitted_for, self.score
            ),
        }
    }

    /// Below the folder of the data.
    pub fn path(&self) -> String {
        format!("fitted/{}-{}.json", self.fitted_for, self.kind)
    }
}

/// The file that the program `fit` writes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    projection: Map,
}

type Rows = Vec<[f32; 3]>;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Map {
    Affine {
        factors: Rows,
        bias: [f32; 3],
    },
    Quadratic {
        constant: [f32; 3],
        linear: Rows,
        pairs: Rows,
    },
    Cubic(Polynomial),
    Refined {
        is_3x3: bool,
        factors: Rows,
        bias: [f32; 3],
        filter: [f32; 3],
        colors: Polynomial,
    },
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Polynomial {
    pub constant: [f32; 3],
    pub linear: Rows,
    pub pairs: Rows,
    pub triples: Rows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    pub origin: String,
    pub source: String,
    pub reason: String,
}

fn one() -> usize {
    1
}

fn unit() -> f64 {
    1.0
}

/// Reads every family, by name.
pub fn read(folder: &Path) -> Vec<Family> {
    let mut families: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let mut file: File =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for format in &mut file.format {
                for fitted in &mut format.fitted {
                    fitted.fitted_for.clone_from(&format.name);
                    fitted.map = Some(read_map(&folder.join(fitted.path())));
                }
            }
            Family {
                name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
                formats: file.format,
            }
        })
        .collect();
    families.sort_by_key(|family| {
        let place = FIRST.iter().position(|name| *name == family.name);
        (place.unwrap_or(FIRST.len()), family.name.clone())
    });
    families
        .iter_mut()
        .for_each(|family| moved::share_fits(&mut family.formats));
    families
        .iter()
        .flat_map(|family| &family.formats)
        .for_each(check::format);
    families
}

/// Reads one of the files below `identify`.
pub fn read_one<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read_map(path: &Path) -> Map {
    let text = fs::read_to_string(path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let stored: Stored =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(stored.version, 1, "{}", path.display());
    stored.projection
}
