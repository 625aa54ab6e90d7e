//! From `../data/glm.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static GLM_IMAGE_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static GLM_IMAGE: Facts = Facts {
    name: "glm-image",
    title: "GLM-Image",
    channels: 16,
    downscale: 8,
    frames: 1,
    period: None,
    packing: None,
    models: &["GLM-Image"],
    names: &["GlmImagePipeline"],
    vae: None,
    recommended: None,
    tiny: None,
    license: None,
};
