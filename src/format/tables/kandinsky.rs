//! From `../data/kandinsky.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static KANDINSKY21_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static KANDINSKY21: Facts = Facts {
    name: "kandinsky21",
    title: "Kandinsky 2.1 (MoVQ)",
    channels: 4,
    downscale: 8,
    frames: 1,
    period: None,
    packing: None,
    models: &["Kandinsky 2.1"],
    names: &["kandinsky-2-1-prior", "KandinskyPipeline", "KandinskyCombinedPipeline", "KandinskyImg2ImgPipeline", "KandinskyInpaintPipeline"],
    vae: None,
    recommended: None,
    tiny: None,
    license: None,
};
