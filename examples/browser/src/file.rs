//! The tensors of a safetensors file.

use latent_preview::{DType, LatentFormat, LatentImages, OwnedSamples, PreviewError};
use safetensors::{Dtype, SafeTensorError, SafeTensors};

/// Tensors that may be latents.
pub struct File {
    pub tensors: Vec<Tensor>,
    /// `true` if they are in VAE space, not in model space.
    pub is_vae_space: bool,
    /// The format that the file names.
    format: Option<LatentFormat>,
}

pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    samples: OwnedSamples,
}

impl File {
    pub fn parse(bytes: &[u8]) -> Result<Self, SafeTensorError> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let metadata = header.metadata().as_ref();
        let file = SafeTensors::deserialize(bytes)?;
        let mut tensors: Vec<Tensor> = file
            .iter()
            .filter_map(|(name, view)| {
                let dtype = match view.dtype() {
                    Dtype::F32 => DType::F32,
                    Dtype::F16 => DType::F16,
                    Dtype::BF16 => DType::Bf16,
                    _ => return None,
                };
                Some(Tensor {
                    name: name.to_owned(),
                    shape: view.shape().to_vec(),
                    samples: OwnedSamples::from_le_bytes(dtype, view.data()).ok()?,
                })
            })
            .filter(|tensor| tensor.formats().next().is_some())
            .collect();
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            tensors,
            // ComfyUI saves the latents that its VAE nodes exchange, and marks such files with
            // this key.
            is_vae_space: file.tensor("latent_tensor").is_ok()
                && file.tensor("latent_format_version_0").is_ok(),
            format: metadata.and_then(|all| all.get("format")?.parse().ok()),
        })
    }

    /// The formats that a tensor fits; the one that the file names comes first.
    pub fn formats(&self, tensor: &Tensor) -> Vec<LatentFormat> {
        let mut formats: Vec<_> = tensor.formats().collect();
        formats.sort_by_key(|format| Some(*format) != self.format);
        formats
    }
}

impl Tensor {
    /// The images of a batch or the frames of a video.
    pub fn images(&self, format: LatentFormat) -> Result<LatentImages<'_>, PreviewError> {
        format.images(&self.samples, &self.shape)
    }

    fn formats(&self) -> impl Iterator<Item = LatentFormat> {
        let all = LatentFormat::ALL.iter().copied();
        all.filter(|format| self.images(*format).is_ok())
    }
}
