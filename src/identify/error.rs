//! Why the files of a model do not tell its format.

use alloc::string::String;
use alloc::vec::Vec;

use crate::LatentFormat;

/// The call that always remains.
pub(super) const BY_NAME: &str = "take the format by the model's name";

/// Why the format of a model is not known.
///
/// ```
/// use latent_preview::{IdentifyError, LatentFormat};
///
/// let config = r#"{"_class_name": "AutoencoderKL", "latent_channels": 16,
///     "scaling_factor": 0.18215, "shift_factor": 0.1159}"#;
/// let error = LatentFormat::from_diffusers(config, None).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the autoencoder differs from that of flux1: scaling_factor is 0.18215 (that of sd1) \
///      instead of 0.3611. Correct the configuration, or take the format by the model's name"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifyError {
    /// A configuration is no JSON, or not that of an autoencoder or a pipeline.
    #[error("{file}: {reason}")]
    Config {
        /// The file, by the name that it has in a diffusers folder.
        file: &'static str,
        /// The fault.
        reason: String,
    },

    /// No known format has an autoencoder of this class.
    #[error("no known format has an autoencoder of the class {class}: {BY_NAME}")]
    UnknownClass {
        /// The class of diffusers.
        class: String,
    },

    /// No known model has this pipeline, and no configuration of an autoencoder is there.
    #[error(
        "no known model has the pipeline {pipeline}: give the configuration of its autoencoder"
    )]
    UnknownPipeline {
        /// The class of diffusers.
        pipeline: String,
    },

    /// The class is known, but no model of it has these values, or another one than that of the
    /// pipeline.
    #[error(
        "the autoencoder differs from that of {nearest}: {differences}. Correct the configuration, \
         or {BY_NAME}"
    )]
    OtherValues {
        /// The format with the fewest differences, or that of the pipeline.
        nearest: LatentFormat,
        /// The keys whose values differ, with both values and whose they are.
        differences: String,
    },

    /// The files are those of several formats.
    #[error("{ground}: this may be {}: {next}", names(candidates))]
    SeveralFormats {
        /// The formats.
        candidates: Vec<LatentFormat>,
        /// The values or tensors that all of them have.
        ground: String,
        /// The call to make instead.
        next: &'static str,
    },

    /// The header of a checkpoint is broken, too long, or no header.
    #[error("not the header of a safetensors or GGUF file: {reason}")]
    Header {
        /// The fault.
        reason: String,
    },

    /// The tensors are those of no known model.
    #[error("no known model has these tensors ({tensors} in all){hint}")]
    UnknownTensors {
        /// Tensors in the file.
        tensors: usize,
        /// The first name, or the call to make instead.
        hint: String,
    },

    /// The parts of a checkpoint or of a folder belong to models of different formats.
    #[error(
        "its parts have different latents: {grounds}. Take the format of the denoiser by its name"
    )]
    Contradiction {
        /// The parts and the formats of each.
        grounds: String,
    },

    /// A folder or a file is not that of a model.
    #[cfg(feature = "std")]
    #[error("{path}: {reason}")]
    NoModel {
        /// The path.
        path: String,
        /// The files that are looked for.
        reason: &'static str,
    },

    /// A file cannot be read.
    #[cfg(feature = "std")]
    #[error("{path}: {error}")]
    Io {
        /// The path.
        path: String,
        /// The error of the operating system.
        #[source]
        error: std::io::Error,
    },
}

/// `sdxl or playground25`
pub(super) fn names(formats: &[LatentFormat]) -> String {
    let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
    names.join(" or ")
}
