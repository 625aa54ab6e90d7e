//! The formats by the class of a pipeline, or by another name.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::tables::PIPELINES;
use super::{Identified, IdentifyError};
use crate::error::Excerpt;
use crate::{LatentFormat, PreviewError};

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
    for (owner, guest) in PIPELINES {
        if *formats == [*owner] {
            formats.push(*guest);
        }
    }
    formats
}
