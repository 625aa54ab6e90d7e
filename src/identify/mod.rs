//! The format of a model, by the model's own files.

// The first, so that rustdoc lists `from_model` before the other two.
#[cfg(feature = "std")]
mod files;

mod checkpoint;
mod config;
mod diffusers;
mod error;
mod gguf;
mod pipelines;
mod safetensors;
#[rustfmt::skip]
mod tables;

pub use error::IdentifyError;

use alloc::string::String;

use crate::LatentFormat;

/// The format of a model, and the ground for it. From [`LatentFormat::from_model`],
/// [`LatentFormat::from_diffusers`] and [`LatentFormat::from_checkpoint`].
///
/// `Display` prints both.
///
/// ```
/// use latent_preview::LatentFormat;
///
/// let config = r#"{"_class_name": "AutoencoderKLHunyuanVideo", "latent_channels": 16,
///     "scaling_factor": 0.476986}"#;
/// let found = LatentFormat::from_diffusers(config, None)?;
/// assert_eq!(found.format, LatentFormat::HunyuanVideo);
/// assert_eq!(
///     found.to_string(),
///     "hunyuan-video, by vae/config.json: AutoencoderKLHunyuanVideo, latent_channels 16, \
///      scaling_factor 0.476986"
/// );
/// # Ok::<(), latent_preview::IdentifyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identified {
    /// The format of its latents.
    pub format: LatentFormat,
    /// The values, classes or tensors that show it, for a log or a user.
    pub ground: String,
}

impl core::fmt::Display for Identified {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}, by {}", self.format, self.ground)
    }
}
