//! The format by the class of a pipeline.

use alloc::vec::Vec;
#[cfg(feature = "std")]
use alloc::{format, string::ToString};

#[cfg(feature = "std")]
use super::diffusers::{class_of, object};
use super::tables::PIPELINES;
#[cfg(feature = "std")]
use super::{Identified, IdentifyError};
#[cfg(feature = "std")]
use crate::error::Excerpt;
use crate::{LatentFormat, PreviewError};

/// A pipeline of several formats.
pub(super) struct Pipeline {
    pub(super) begins: &'static str,
    pub(super) formats: &'static [LatentFormat],
}

/// The format of a pipeline without an autoencoder, or without its configuration.
#[cfg(feature = "std")]
pub(super) fn by_pipeline(model_index: &str) -> Result<Identified, IdentifyError> {
    let index = object("model_index.json", model_index)?;
    let pipeline = class_of("model_index.json", &index)?;
    let ground = format!("model_index.json: {}", Excerpt::new(pipeline));
    match *formats_of_pipeline(pipeline) {
        [format] => Ok(Identified { format, ground }),
        [] => Err(IdentifyError::UnknownPipeline {
            pipeline: Excerpt::new(pipeline).to_string(),
        }),
        ref candidates => Err(IdentifyError::SeveralFormats {
            candidates: candidates.to_vec(),
            ground,
            next: "give the configuration of its autoencoder, too",
        }),
    }
}

pub(super) fn formats_of_pipeline(class: &str) -> Vec<LatentFormat> {
    let several = PIPELINES
        .iter()
        .find(|pipeline| class.starts_with(pipeline.begins));
    if let Some(pipeline) = several {
        return pipeline.formats.to_vec();
    }
    match class.parse() {
        Ok(format) => [format].to_vec(),
        Err(PreviewError::AmbiguousFormat { candidates, .. }) => {
            let formats = candidates.iter().filter_map(|name| name.parse().ok());
            formats.collect()
        }
        Err(_) => Vec::new(),
    }
}
