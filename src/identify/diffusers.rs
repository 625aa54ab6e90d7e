//! The format by the configuration of an autoencoder, as diffusers writes it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value as Json};

use super::config::{class_of, object};
use super::error::BY_NAME;
use super::pipelines::{by_pipeline, formats_of_pipeline};
use super::tables::CLASSES;
use super::{Identified, IdentifyError};
use crate::LatentFormat;
use crate::error::Excerpt;

/// The allowed distance from the format's number: files round.
const TOLERANCE: f64 = 1e-3;

/// A class of autoencoders.
pub(super) struct Class {
    pub(super) name: &'static str,
    /// The values of omitted keys.
    pub(super) defaults: &'static [(&'static str, Value)],
    pub(super) spaces: &'static [Space],
}

/// The values of a model of a class.
pub(super) struct Space {
    pub(super) formats: &'static [LatentFormat],
    /// `true` if other models share these values.
    pub(super) needs_pipeline: bool,
    pub(super) values: &'static [(&'static str, Value)],
}

pub(super) enum Value {
    Number(f64),
    Numbers(&'static [f64]),
    /// The mean or the standard deviation of a format, by the key.
    Of(LatentFormat),
    Length(usize),
    Absent,
}

impl LatentFormat {
    /// The format of a model in a diffusers folder, from the texts of `vae/config.json` and, if
    /// available, of `model_index.json`.
    ///
    /// The configuration determines the latents of every model with this autoencoder, whatever
    /// the model's name, by class, latent channels, scaling and shift factor, mean and standard
    /// deviation of the channels. Keys that do not concern latents may have any value. If the
    /// autoencoder leaves several formats, the class of the pipeline decides. A pipeline without
    /// an autoencoder is told by its `model_index.json` alone, instead of `vae_config`.
    ///
    /// # Errors
    ///
    /// Nothing is guessed: [`IdentifyError::OtherValues`], with the nearest format and what
    /// differs, if no known model has these values, or if the autoencoder is that of another
    /// format than the pipeline's and their latents have the same shape (if they have another
    /// one, the autoencoder decides; if the classes differ, it is an
    /// [`IdentifyError::Contradiction`]); [`IdentifyError::SeveralFormats`],
    /// [`IdentifyError::UnknownClass`], [`IdentifyError::UnknownPipeline`],
    /// [`IdentifyError::Config`].
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let config = r#"{"_class_name": "AutoencoderKL", "latent_channels": 4,
    ///     "block_out_channels": [128, 256, 512, 512], "scaling_factor": 0.13025}"#;
    /// let index = r#"{"_class_name": "StableDiffusionXLPipeline"}"#;
    /// let found = LatentFormat::from_diffusers(config, Some(index))?;
    /// assert_eq!(found.format, LatentFormat::Sdxl);
    /// println!("{}", found.ground);
    /// # Ok::<(), latent_preview::IdentifyError>(())
    /// ```
    pub fn from_diffusers(
        vae_config: &str,
        model_index: Option<&str>,
    ) -> Result<Identified, IdentifyError> {
        let file = "vae/config.json";
        let config = object(file, vae_config)?;
        let class_name = class_of(file, &config)?;
        if class_name.ends_with("Pipeline") {
            return match model_index {
                None => by_pipeline(class_name),
                Some(_) => Err(IdentifyError::Config {
                    file,
                    reason: format!(
                        "this is the model_index.json of {}: give the text of vae/config.json \
                         first, then that of model_index.json",
                        Excerpt::new(class_name)
                    ),
                }),
            };
        }
        let index = model_index.map(|text| object("model_index.json", text));
        let index = index.transpose()?.unwrap_or_default();
        let pipeline = index.get("_class_name").and_then(Json::as_str);

        identify(class_name, &config, pipeline)
    }
}

/// A possible format of a class, and its differences from the configuration.
struct Compared {
    class: &'static Class,
    space: &'static Space,
    format: LatentFormat,
    differences: Vec<Difference>,
}

impl Compared {
    /// The relative difference of its numbers.
    fn distance(&self) -> f64 {
        self.differences.iter().map(Difference::relative).sum()
    }

    fn channels(&self) -> Option<&Difference> {
        let mut differences = self.differences.iter();
        differences.find(|difference| ["latent_channels", "z_dim"].contains(&difference.key))
    }

    /// `pipeline` is the class of the format's pipeline, if the model has that.
    fn refusal(&self, pipeline: Option<&str>) -> IdentifyError {
        let differences: Vec<_> = self.differences.iter().map(Difference::to_string).collect();
        IdentifyError::OtherValues {
            nearest: self.format,
            pipeline: pipeline.map(|class| Excerpt::new(class).to_string()),
            differences: differences.join(" and "),
        }
    }
}

fn identify(
    class_name: &str,
    config: &Map<String, Json>,
    pipeline: Option<&str>,
) -> Result<Identified, IdentifyError> {
    let wanted = pipeline.map_or_else(Vec::new, formats_of_pipeline);
    let is_wanted = |format: &LatentFormat| wanted.contains(format);
    let classes = CLASSES.iter().filter(|class| class.name == class_name);
    let spaces = classes.flat_map(|class| class.spaces.iter().map(move |space| (class, space)));
    let compared = spaces.flat_map(|(class, space)| {
        let formats = space.formats.iter();
        formats.map(move |&format| Compared {
            class,
            space,
            format,
            differences: space.differences(class, config),
        })
    });
    let mut compared: Vec<_> = compared.collect();
    // One without differences first, then the pipeline's, then the most similar: of as many
    // channels, with the fewest differences.
    compared.sort_by(|a, b| {
        let rank = |of: &Compared| {
            let count = of.differences.len();
            let is_others = !is_wanted(&of.format);
            (count > 0, is_others, of.channels().is_some(), count)
        };
        rank(a)
            .cmp(&rank(b))
            .then(a.distance().total_cmp(&b.distance()))
    });
    let Some(nearest) = compared.first() else {
        return Err(IdentifyError::UnknownClass {
            class: Excerpt::new(class_name).to_string(),
        });
    };
    // Not a fault of the configuration, but another model's, such as one of sounds.
    if compared.iter().all(|own| own.channels().is_some())
        && let Some(Difference { key, actual, .. }) = nearest.channels()
        && let Some(channels) = actual.as_ref().and_then(Json::as_u64)
    {
        return Err(IdentifyError::UnknownClass {
            class: format!("{} with {key} {channels}", nearest.class.name),
        });
    }
    if !nearest.differences.is_empty() {
        return Err(nearest.refusal(pipeline.filter(|_| is_wanted(&nearest.format))));
    }

    let space = nearest.space;
    let ground = space.ground(nearest.class, config);
    let says = pipeline.map_or_else(String::new, |class| Excerpt::new(class).to_string());
    let narrowed: Vec<_> = space.formats.iter().copied().filter(is_wanted).collect();
    let (candidates, ground) = match &*narrowed {
        [] => {
            let is_alike = |other: &LatentFormat| {
                let shape = |format: LatentFormat| (format.channels(), format.spatial_downscale());
                space.formats.iter().any(|&own| shape(own) == shape(*other))
            };
            // A pipeline with an autoencoder of the same shape and another scale: one of the
            // two is wrong. With another shape, the model was trained for this autoencoder.
            if wanted.iter().any(is_alike) {
                let mut own = compared.iter().filter(|own| is_wanted(&own.format));
                return Err(match own.next() {
                    Some(own) => own.refusal(pipeline),
                    None => IdentifyError::Contradiction {
                        grounds: format!(
                            "{ground} has those of {}, model_index.json: {says} has those of {}",
                            super::error::names(space.formats),
                            super::error::names(&wanted)
                        ),
                    },
                });
            }
            let although = match &*wanted {
                [] => String::new(),
                _ => format!(", although model_index.json says {says}"),
            };
            (space.formats.to_vec(), ground + &although)
        }
        _ => (narrowed, format!("{ground}, and model_index.json: {says}")),
    };
    let is_certain = space.formats.len() == 1 && !space.needs_pipeline;
    match *candidates {
        // A pipeline of several formats narrows, but never decides.
        [format] if is_certain || *wanted == [format] => Ok(Identified { format, ground }),
        _ => Err(IdentifyError::SeveralFormats {
            candidates,
            ground,
            next: match pipeline {
                None => {
                    "give the text of its model_index.json as well, or parse the model's name \
                     as a `LatentFormat`"
                }
                Some(_) => BY_NAME,
            },
        }),
    }
}

struct Difference {
    key: &'static str,
    actual: Option<Json>,
    expected: &'static Value,
}

impl Difference {
    /// The relative difference of a number.
    fn relative(&self) -> f64 {
        match (self.expected, self.actual.as_ref().and_then(Json::as_f64)) {
            (Value::Number(expected), Some(actual)) => {
                (actual - expected).abs() / expected.abs().max(TOLERANCE)
            }
            _ => 1.0,
        }
    }
}

impl Space {
    fn differences(&self, class: &Class, config: &Map<String, Json>) -> Vec<Difference> {
        let differing = self.values.iter().filter(|(key, expected)| {
            let actual = config.get(*key).filter(|value| !value.is_null());
            !match actual {
                Some(actual) => expected.is_value(key, actual),
                None => expected.is_default(key, class),
            }
        });
        let differences = differing.map(|(key, expected)| Difference {
            key,
            actual: config.get(*key).cloned(),
            expected,
        });
        differences.collect()
    }

    /// `vae/config.json: AutoencoderKL, latent_channels 4, scaling_factor 0.13025`
    fn ground(&self, class: &Class, config: &Map<String, Json>) -> String {
        let mut ground = format!("vae/config.json: {}", class.name);
        for (key, expected) in self.values {
            let is_left_out = config.get(*key).is_none_or(Json::is_null);
            match expected {
                Value::Number(number) if !is_left_out => ground += &format!(", {key} {number}"),
                Value::Number(number) if *number != 0.0 => {
                    ground += &format!(", {key} {number} by default");
                }
                Value::Of(format) if !is_left_out => ground += &format!(", {key} of {format}"),
                _ => {}
            }
        }
        ground
    }
}

impl Value {
    fn is_value(&self, key: &str, actual: &Json) -> bool {
        match self {
            Self::Number(expected) => actual
                .as_f64()
                .is_some_and(|actual| is_near(actual, *expected)),
            Self::Numbers(expected) => are(actual, expected.iter().copied()),
            Self::Of(format) => are(
                actual,
                statistics(*format, key).iter().map(|&x| f64::from(x)),
            ),
            Self::Length(expected) => actual
                .as_array()
                .is_some_and(|values| values.len() == *expected),
            Self::Absent => false,
        }
    }

    /// `true` if a configuration without the key has this value.
    fn is_default(&self, key: &str, class: &Class) -> bool {
        let default = class.defaults.iter().find(|(name, _)| *name == key);
        match (self, default.map(|(_, default)| default)) {
            // The class's defaults belong to no model.
            (Self::Length(_), None) => key == "block_out_channels",
            (Self::Absent, None) => true,
            (Self::Number(expected), Some(Self::Number(default))) => expected == default,
            (Self::Numbers(expected), Some(Self::Numbers(default))) => expected == default,
            (Self::Of(expected), Some(Self::Of(default))) => expected == default,
            _ => false,
        }
    }
}

/// `true` if the value is a list of these numbers.
fn are(actual: &Json, mut expected: impl ExactSizeIterator<Item = f64>) -> bool {
    let Some(values) = actual
        .as_array()
        .filter(|values| values.len() == expected.len())
    else {
        return false;
    };
    let mut values = values.iter().map(Json::as_f64);
    expected.all(|expected| {
        let value = values.next().flatten();
        value.is_some_and(|value| is_near(value, expected))
    })
}

fn is_near(actual: f64, expected: f64) -> bool {
    (actual - expected).abs() <= TOLERANCE * expected.abs().max(TOLERANCE)
}

fn statistics(format: LatentFormat, key: &str) -> &'static [f32] {
    let vae = format.vae_space();
    vae.map_or(&[], |vae| {
        if key == "latents_std" {
            vae.std
        } else {
            vae.mean
        }
    })
}

impl core::fmt::Display for Difference {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let key = self.key;
        match self.actual.as_ref().filter(|actual| !actual.is_null()) {
            None => write!(f, "{key} is missing")?,
            Some(Json::Array(values)) if values.len() > 5 => {
                write!(f, "{key} has {} other values", values.len())?;
            }
            Some(actual) => write!(f, "{key} is {}", Excerpt::new(&actual.to_string()))?,
        }
        let owner = self.actual.as_ref().and_then(|actual| owner(key, actual));
        if let Some(owner) = owner {
            write!(f, " (that of {owner})")?;
        }
        match self.expected {
            Value::Number(number) => write!(f, " instead of {number}"),
            Value::Numbers(numbers) => write!(f, " instead of {numbers:?}"),
            Value::Of(format) => write!(f, " instead of that of {format}"),
            Value::Length(length) => write!(f, " instead of a list of {length}"),
            Value::Absent => write!(f, ", which it should not have"),
        }
    }
}

/// The format with this scale: another model's scale is the most common fault.
fn owner(key: &str, actual: &Json) -> Option<LatentFormat> {
    if !["scaling_factor", "shift_factor"].contains(&key) {
        return None;
    }
    let neutral = if key == "scaling_factor" { 1.0 } else { 0.0 };
    let actual = actual.as_f64().filter(|actual| *actual != neutral)?;
    let spaces = CLASSES.iter().flat_map(|class| class.spaces);
    let mut owners = spaces.filter(|space| {
        let mut values = space.values.iter();
        values.any(|(name, value)| {
            *name == key && matches!(value, Value::Number(own) if is_near(actual, *own))
        })
    });
    owners.next()?.formats.first().copied()
}
