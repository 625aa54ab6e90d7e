//! The state of a learner as data, for any serde format.
//!
//! The data holds the start and the lessons; loading chooses the map from them again. A version
//! comes first, as for projections.

use alloc::{string::String, vec::Vec};

use ::serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use half::f16;

use super::lesson::{COLORS, Lesson, PIXELS};
use super::{Learner, PICTURES};
use crate::map::{Map, serde::Version};
use crate::{LatentFormat, LatentPreview, Previewer, Projection, TinyDecoder, TinyLayer};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: Version<1>,
    channels: usize,
    start: Option<Start>,
    pictures: usize,
    /// The bits of each number.
    lessons: Vec<Vec<u16>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    format: Option<String>,
    is_rescaled: bool,
    map: StoredMap,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredMap {
    Projection(Projection),
    Tiny {
        /// Kernel size and channels.
        layers: Vec<(usize, usize)>,
        scale: usize,
        weights: Vec<f32>,
    },
}

impl From<&Previewer> for Start {
    fn from(start: &Previewer) -> Self {
        Self {
            format: start.format().map(|format| format.name().into()),
            is_rescaled: start.is_rescaled(),
            map: match start.map() {
                Map::Projection(projection) => StoredMap::Projection(projection.clone()),
                Map::Tiny(decoder) => {
                    let layer = |layer: &TinyLayer| (layer.kernel_size, layer.channels);
                    StoredMap::Tiny {
                        layers: decoder.layers().iter().map(layer).collect(),
                        scale: decoder.scale(),
                        weights: decoder.weights().to_vec(),
                    }
                }
            },
        }
    }
}

impl Start {
    fn previewer<E: Error>(self, channels: usize) -> Result<Previewer, E> {
        let map = match self.map {
            StoredMap::Projection(projection) => Map::Projection(projection),
            StoredMap::Tiny {
                layers,
                scale,
                weights,
            } => {
                let layer = |(kernel_size, channels)| TinyLayer {
                    kernel_size,
                    channels,
                };
                let layers: Vec<_> = layers.into_iter().map(layer).collect();
                let decoder = TinyDecoder::new(channels, &layers, scale, weights);
                Map::Tiny(decoder.map_err(E::custom)?)
            }
        };
        let format: Option<LatentFormat> = match self.format {
            Some(name) => Some(name.parse().map_err(E::custom)?),
            None => None,
        };
        let start = Previewer::from_parts(format, map, self.is_rescaled);
        let expected = format.map_or(channels, LatentFormat::channels);
        if start.channels() != channels || expected != channels {
            return Err(E::custom("the start takes another number of channels"));
        }
        Ok(start)
    }
}

impl Serialize for Learner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bits = |lesson: &Lesson| lesson.values.iter().map(|value| value.to_bits()).collect();
        Stored {
            version: Version,
            channels: self.channels,
            start: self.start.as_ref().map(Start::from),
            pictures: self.learned.pictures,
            lessons: self.lessons.iter().map(bits).collect(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Learner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let mut learner = match stored.start {
            Some(start) => Self::from(start.previewer::<D::Error>(stored.channels)?),
            None => Self::new(stored.channels).map_err(D::Error::custom)?,
        };
        if stored.lessons.len() != stored.pictures.min(PICTURES) {
            return Err(D::Error::custom(
                "there are more or fewer lessons than pictures",
            ));
        }
        let width = learner.inputs().count(stored.channels) + COLORS;
        for bits in stored.lessons {
            let values: Vec<_> = bits.into_iter().map(f16::from_bits).collect();
            if values.len() != PIXELS * width || !values.iter().all(|value| value.is_finite()) {
                return Err(D::Error::custom("a lesson is broken"));
            }
            learner.lessons.push(Lesson { values });
        }
        learner.learned.pictures = stored.pictures;
        if stored.pictures > 0 {
            learner.choose().map_err(D::Error::custom)?;
        }
        Ok(learner)
    }
}
