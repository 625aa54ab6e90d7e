//! The formats by the class of a pipeline, or by another name.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::tables::PIPELINES;
use super::{Identified, IdentifyError};
use crate::error::Excerpt;
use crate::{LatentFormat, PreviewError};

/// The beginnings of pipelines' classes, and the formats of the models that have them, for classes
/// that are no names.
const BEGINNINGS: [(&str, &[LatentFormat]); 4] = [
    ("StableDiffusionXL", &[LatentFormat::Sdxl]),
    ("LTX2", &[LatentFormat::Ltx2, LatentFormat::Ltx23]),
    ("Wan", &[LatentFormat::Wan21, LatentFormat::Wan22]),
    (
        "CogVideoX",
        &[LatentFormat::CogVideoX, LatentFormat::CogVideoX15],
    ),
];

/// The format of a pipeline without an autoencoder, or without its configuration.
pub(super) fn by_pipeline(class: &str) -> Result<Identified, IdentifyError> {
    let pipeline = Excerpt::new(class).to_string();
    let ground = format!("model_index.json: {pipeline}");
    match *formats_of_pipeline(class) {
        [format] => Ok(Identified { format, ground }),
        [] => Err(IdentifyError::UnknownPipeline { pipeline }),
        ref candidates => Err(IdentifyError::SeveralFormats {
            candidates: candidates.to_vec(),
            ground,
            next: "give the configuration of its autoencoder, too",
        }),
    }
}

/// The formats of the models with this name. One is certain, as `parse` is; several may not be
/// all.
pub(super) fn formats_of_name(name: &str) -> Vec<LatentFormat> {
    match name.parse() {
        Ok(format) => [format].to_vec(),
        Err(PreviewError::AmbiguousFormat { candidates, .. }) => candidates.to_vec(),
        Err(_) => Vec::new(),
    }
}

pub(super) fn formats_of_pipeline(class: &str) -> Vec<LatentFormat> {
    let mut formats = formats_of_name(class);
    let begun = BEGINNINGS.iter().find(|(beginning, _)| {
        let rest = class.strip_prefix(beginning);
        // `Wander` is not a Wan.
        rest.is_some_and(|rest| !rest.starts_with(char::is_lowercase))
    });
    let Some((_, own)) = begun else {
        return formats;
    };
    if formats.is_empty() {
        formats.extend_from_slice(own);
    }
    // Only for the owner's own classes: a guest has no pipeline of Kolors, another SDXL.
    for (owner, guest) in PIPELINES {
        if own.contains(owner) && *formats == [*owner] {
            formats.push(*guest);
        }
    }
    formats
}
