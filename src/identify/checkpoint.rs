//! The format by the names and shapes of a model's tensors.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::{BY_NAME, names};
use super::tables::{MODELS, NAMES, PREFIXES};
use super::{Identified, IdentifyError, gguf, safetensors};
use crate::LatentFormat;
use crate::error::Excerpt;

/// The headers of models have at most some megabytes.
pub(super) const LONGEST_HEADER: usize = 32 << 20;

/// A part of a checkpoint: a denoiser or an autoencoder.
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) formats: &'static [LatentFormat],
    /// One of each must be there.
    pub(super) tensors: &'static [&'static [Need]],
    pub(super) lacks: &'static [&'static str],
}

pub(super) struct Need {
    pub(super) name: &'static str,
    /// Zero stands for any size, an empty list for any shape.
    pub(super) shape: &'static [u64],
}

/// The sizes of a tensor, in the order of PyTorch.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    sizes: [u64; Self::AXES],
    axes: usize,
}

impl Shape {
    /// More axes than any tensor of a model has.
    pub(super) const AXES: usize = 8;

    /// `false` if there are too many axes.
    pub(super) fn push(&mut self, size: u64) -> bool {
        let Some(place) = self.sizes.get_mut(self.axes) else {
            return false;
        };
        *place = size;
        self.axes += 1;
        true
    }

    fn is(&self, expected: &[u64]) -> bool {
        let sizes = self.sizes.iter().take(self.axes);
        let is_size = |(&size, &expected): (&u64, &u64)| expected == 0 || size == expected;
        expected.is_empty() || expected.len() == self.axes && sizes.zip(expected).all(is_size)
    }
}

impl LatentFormat {
    /// The format of a model in one file, from the first bytes of a safetensors or GGUF file.
    /// They must hold the whole header; the weights are not read.
    ///
    /// The names and shapes of tensors identify the denoiser and the autoencoder. The first 32
    /// MiB of a file are always enough; a header that claims to be longer is refused.
    ///
    /// # Errors
    ///
    /// [`IdentifyError::Header`] if the bytes are not such a header or end before it does;
    /// [`IdentifyError::UnknownTensors`]; [`IdentifyError::SeveralFormats`] if models of
    /// several formats have these tensors, as with autoencoders alone;
    /// [`IdentifyError::Contradiction`] if denoiser and autoencoder do not match.
    ///
    /// ```
    /// use latent_preview::LatentFormat;
    ///
    /// let header = br#"{"double_stream_modulation_img.lin.weight": {"dtype": "BF16",
    ///     "shape": [18432, 3072], "data_offsets": [0, 113246208]}, "img_in.weight": {"dtype": "BF16",
    ///     "shape": [3072, 128], "data_offsets": [113246208, 114032640]}}"#;
    /// let length = (header.len() as u64).to_le_bytes();
    /// let found = LatentFormat::from_checkpoint(&[&length[..], header].concat())?;
    /// assert_eq!(found.format, LatentFormat::Flux2);
    /// # Ok::<(), latent_preview::IdentifyError>(())
    /// ```
    pub fn from_checkpoint(first_bytes: &[u8]) -> Result<Identified, IdentifyError> {
        let mut seen = Seen::default();
        let see = |name: &str, shape| seen.see(name, shape);
        if first_bytes.starts_with(gguf::MAGIC) {
            gguf::read(first_bytes, see)?;
        } else {
            safetensors::read(first_bytes, see)?;
        }
        seen.identify()
    }
}

/// The part of a tensor's name that identifies models, if it has one.
fn interesting(name: &str) -> impl Iterator<Item = &'static str> {
    let bare = PREFIXES
        .iter()
        .filter_map(|prefix| name.strip_prefix(prefix));
    bare.filter_map(|bare| {
        let index = NAMES.binary_search(&bare).ok()?;
        NAMES.get(index).copied()
    })
}

pub(super) fn is_interesting(name: &str) -> bool {
    interesting(name).next().is_some()
}

/// The tensors that distinguish models: a few, however many the file has.
#[derive(Default)]
struct Seen {
    tensors: Vec<(&'static str, Shape)>,
    count: usize,
    first: String,
    is_lora: bool,
}

impl Seen {
    fn see(&mut self, name: &str, shape: Shape) {
        if self.count == 0 {
            self.first = Excerpt::new(name).to_string();
        }
        self.count += 1;
        self.is_lora |= name.contains("lora_") || name.contains(".lora");
        for name in interesting(name) {
            if self.find(name).is_none() {
                self.tensors.push((name, shape));
            }
        }
    }

    fn find(&self, name: &str) -> Option<&Shape> {
        let mut tensors = self.tensors.iter();
        let found = tensors.find(|(own, _)| *own == name);
        found.map(|(_, shape)| shape)
    }

    fn has(&self, model: &Model) -> bool {
        let is_there = |need: &Need| {
            self.find(need.name)
                .is_some_and(|shape| shape.is(need.shape))
        };
        let mut tensors = model.tensors.iter();
        tensors.all(|any| any.iter().any(is_there))
            && model.lacks.iter().all(|name| self.find(name).is_none())
    }

    fn identify(&self) -> Result<Identified, IdentifyError> {
        let models: Vec<&Model> = MODELS.iter().filter(|model| self.has(model)).collect();
        let Some(first) = models.first() else {
            return Err(IdentifyError::UnknownTensors {
                tensors: self.count,
                hint: if self.is_lora {
                    ": the file is a LoRA; give the model that it was made for".to_string()
                } else if self.count == 0 {
                    format!(": {BY_NAME}")
                } else {
                    format!(", the first of which is {}: {BY_NAME}", self.first)
                },
            });
        };
        let ground = |models: &[&Model]| {
            let names: Vec<_> = models.iter().map(|model| model.name).collect();
            format!("the tensors of the {}", names.join(" and the "))
        };
        let is_of_all = |format: &LatentFormat| models.iter().all(|m| m.formats.contains(format));
        let candidates: Vec<_> = first.formats.iter().copied().filter(is_of_all).collect();
        match *candidates {
            [format] => Ok(Identified {
                format,
                ground: ground(&models),
            }),
            [] => {
                let parts = models
                    .iter()
                    .map(|m| format!("{} ({})", m.name, names(m.formats)));
                let parts: Vec<_> = parts.collect();
                Err(IdentifyError::Contradiction {
                    grounds: parts.join(", "),
                })
            }
            _ => Err(IdentifyError::SeveralFormats {
                candidates,
                ground: ground(&models),
                next: BY_NAME,
            }),
        }
    }
}
