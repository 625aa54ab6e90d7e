//! From `../data/pixels.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

const RGB_DEFAULT: PublishedProjection = PublishedProjection {
        format: LatentFormat::RgbPixels,
        origin: "latent-preview identity",
        repository: "latent-preview",
        path: "src/format/data/pixels.toml",
        commit: "",
        license: "MIT OR Apache-2.0",
        also_used_by: &[],
        note: None,
        doubt: None,
        pixel_format: PixelFormat::Rgb8,
        projection: Projection::Linear(Polynomial::from_static([0.0, 0.0, 0.0], &[
            [1.0, 0.0, 0.0],
            [0.0, 1.0, 0.0],
            [0.0, 0.0, 1.0],
        ], &[], &[])),
    };
pub(in crate::format) static RGB_PERMISSIVE: PublishedProjection = RGB_DEFAULT;

pub(in crate::format) static RGB_PROJECTIONS: &[PublishedProjection] = &[
    PublishedProjection {
        format: LatentFormat::RgbPixels,
        origin: "ComfyUI",
        repository: "yzkee/ComfyUI",
        path: "comfy/latent_formats.py",
        commit: "783545f689a0af730065994b46b382ae24844c99",
        license: "GPL-3.0",
        also_used_by: &[],
        note: None,
        doubt: None,
        pixel_format: PixelFormat::Rgb8Truncated,
        projection: Projection::Linear(Polynomial::from_static([0.0, 0.0, 0.0], &[
            [1.0, 0.0, 0.0],
            [0.0, 1.0, 0.0],
            [0.0, 0.0, 1.0],
        ], &[], &[])),
    },
    RGB_DEFAULT,];

pub(in crate::format) static RGB: Facts = Facts {
    name: "rgb",
    title: "RGB pixels",
    channels: 3,
    downscale: 1,
    frames: 1,
    period: None,
    packing: None,
    models: &["Chroma Radiance", "Z-Image pixel", "HiDream-O1", "PixelDiT", "Chroma1 Radiance", "Zeta-Chroma", "MiniT2I", "SenseNova U1.5", "DeepFloyd IF", "PRX Pixel"],
    names: &["rgb-pixels", "pixel-space", "rgb-pixel-space", "radiance", "z-image-pixel-space", "HiDreamO1Pixel", "HiDream-O1-Image", "PixelDiTPixel", "PixelDiT T2I", "IFPipeline", "PRXPixelPipeline"],
    vae: None,
    recommended: Some((1, Recommendation { evidence: Evidence::Exact, psnr: None, reason: "the latent is the picture, from -1 to 1" })),
    tiny: None,
    license: Some("MIT OR Apache-2.0"),
};
