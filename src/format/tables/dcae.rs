//! From `../data/dcae.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static DC_AE_F32_IN_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static DC_AE_F32_IN: Facts = Facts {
    name: "dc-ae-f32-in",
    title: "DC-AE f32c32 in 1.0",
    channels: 32,
    downscale: 32,
    frames: 1,
    period: None,
    packing: None,
    models: &["DC-AE f32c32 in 1.0"],
    names: &["dc-ae-f32c32-in"],
    vae: Some(VaeSpace {
        scale: 0.3189,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};

pub(in crate::format) static DC_AE_F32_MIX_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static DC_AE_F32_MIX: Facts = Facts {
    name: "dc-ae-f32-mix",
    title: "DC-AE f32c32 mix 1.0",
    channels: 32,
    downscale: 32,
    frames: 1,
    period: None,
    packing: None,
    models: &["DC-AE f32c32 mix 1.0"],
    names: &["dc-ae-f32c32-mix"],
    vae: Some(VaeSpace {
        scale: 0.4552,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};

pub(in crate::format) static DC_AE_F64_IN_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static DC_AE_F64_IN: Facts = Facts {
    name: "dc-ae-f64-in",
    title: "DC-AE f64c128 in 1.0",
    channels: 128,
    downscale: 64,
    frames: 1,
    period: None,
    packing: None,
    models: &["DC-AE f64c128 in 1.0"],
    names: &["dc-ae-f64c128-in"],
    vae: Some(VaeSpace {
        scale: 0.2889,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};

pub(in crate::format) static DC_AE_F64_MIX_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static DC_AE_F64_MIX: Facts = Facts {
    name: "dc-ae-f64-mix",
    title: "DC-AE f64c128 mix 1.0",
    channels: 128,
    downscale: 64,
    frames: 1,
    period: None,
    packing: None,
    models: &["DC-AE f64c128 mix 1.0"],
    names: &["dc-ae-f64c128-mix"],
    vae: Some(VaeSpace {
        scale: 0.4538,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};
