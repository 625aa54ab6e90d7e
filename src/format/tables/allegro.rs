//! From `../data/allegro.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static ALLEGRO_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static ALLEGRO: Facts = Facts {
    name: "allegro",
    title: "Allegro",
    channels: 4,
    downscale: 8,
    frames: 4,
    period: None,
    packing: None,
    models: &["Allegro"],
    names: &["AllegroPipeline"],
    vae: Some(VaeSpace {
        scale: 0.13,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};
