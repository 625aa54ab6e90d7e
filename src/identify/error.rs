//! The errors of identifying a model's format.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::LatentFormat;
use crate::error::Excerpt;

/// The call that is always possible.
pub(super) const BY_NAME: &str = "parse the model's name as a `LatentFormat`";

/// Why the format of a model could not be identified.
///
/// ```
/// use latent_preview::{IdentifyError, LatentFormat};
///
/// let config = r#"{"_class_name": "AutoencoderKL", "latent_channels": 16,
///     "scaling_factor": 0.18215, "shift_factor": 0.1159}"#;
/// let error = LatentFormat::from_diffusers(config, None).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "vae/config.json differs from that of flux1: scaling_factor is 0.18215 (that of sd1) \
///      instead of 0.3611. Correct the configuration, or parse the model's name as a `LatentFormat`"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifyError {
    /// A configuration is not JSON, or not that of an autoencoder or a pipeline.
    #[error("{file}: {reason}")]
    Config {
        /// The file, by its name in a diffusers folder.
        file: &'static str,
        /// The fault.
        reason: String,
    },

    /// No known format has an autoencoder of this class, or none with as many channels.
    #[error("no known format has an autoencoder of the class {class}: {BY_NAME}")]
    UnknownClass {
        /// The diffusers class, with the channels if it is known for others.
        class: String,
    },

    /// No known model has this pipeline, and there is no configuration of an autoencoder.
    #[error(
        "no known model has the pipeline {pipeline}: give the configuration of its autoencoder"
    )]
    UnknownPipeline {
        /// The diffusers class.
        pipeline: String,
    },

    /// The class is known, but no model has these values, or only another one than the
    /// pipeline's.
    #[error(
        "vae/config.json differs from that of {nearest}{}: {differences}. Correct the \
         configuration, or {BY_NAME}",
        pipeline.as_ref().map_or_else(String::new, |class| format!(" (model_index.json: {class})"))
    )]
    OtherValues {
        /// The format with the fewest differences, or the pipeline's.
        nearest: LatentFormat,
        /// The diffusers class of the pipeline, if `nearest` is its format.
        pipeline: Option<String>,
        /// The keys whose values differ, with both values and their owners.
        differences: String,
    },

    /// The files fit several formats.
    #[error(
        "{ground}: this may be {}{}: {next}",
        names(candidates),
        if candidates.len() == 1 { " or another format" } else { "" }
    )]
    SeveralFormats {
        /// The known formats; a single one if other models have the same values.
        candidates: Vec<LatentFormat>,
        /// The values or tensors that these formats share.
        ground: String,
        /// The call to make instead.
        next: &'static str,
    },

    /// The header of a checkpoint is broken, too long, or not a header.
    #[error("not the header of a safetensors or GGUF file: {reason}")]
    Header {
        /// The fault.
        reason: String,
    },

    /// No known model has these tensors.
    #[error("no known model has these tensors ({tensors} in all){hint}")]
    UnknownTensors {
        /// The number of tensors in the file.
        tensors: usize,
        /// The first name, or the call to make instead.
        hint: String,
    },

    /// The parts of a checkpoint or of a folder belong to models of different formats.
    #[error(
        "its parts have different latents: {grounds}. Parse the name of the denoiser's model \
         as a `LatentFormat`"
    )]
    Contradiction {
        /// The parts and the formats of each.
        grounds: String,
    },

    /// A folder or a file is not a model's.
    #[cfg(feature = "std")]
    #[error("{path}: {reason}")]
    NoModel {
        /// The path.
        path: String,
        /// The expected files.
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

/// The error without most of a text that it repeats, which may be as long as the file.
pub(super) fn excerpt(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (reason, place) = text.split_at(text.rfind(" at line ").unwrap_or(text.len()));
    format!("{}{place}", Excerpt::new(reason))
}

/// `sdxl or playground25`
pub(super) fn names(formats: &[LatentFormat]) -> String {
    let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
    names.join(" or ")
}
