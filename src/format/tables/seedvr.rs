//! From `../data/seedvr.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static SEEDVR2_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static SEEDVR2: Facts = Facts {
    name: "seedvr2",
    title: "SeedVR2",
    channels: 16,
    downscale: 8,
    frames: 4,
    period: None,
    packing: None,
    models: &["SeedVR2"],
    names: &["seedvr2-3b", "seedvr2-7b", "SeedVR2_comfyUI"],
    vae: Some(VaeSpace {
        scale: 0.9152,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};
