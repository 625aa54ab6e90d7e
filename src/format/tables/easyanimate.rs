//! From `../data/easyanimate.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static EASYANIMATE51_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static EASYANIMATE51: Facts = Facts {
    name: "easyanimate51",
    title: "EasyAnimate 5.1",
    channels: 16,
    downscale: 8,
    frames: 4,
    period: None,
    packing: None,
    models: &["EasyAnimate 5.1"],
    names: &["EasyAnimate V5.1", "EasyAnimatePipeline", "EasyAnimateControlPipeline", "EasyAnimateInpaintPipeline"],
    vae: Some(VaeSpace {
        scale: 0.7125,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};
