//! From `../data/ming.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static MING_IMAGE_PROJECTIONS: &[PublishedProjection] = &[
    PublishedProjection {
        format: LatentFormat::MingImage,
        origin: "ComfyUI",
        repository: "Comfy-Org/ComfyUI",
        path: "comfy/latent_formats.py",
        commit: "75399d78ddcc01f46f9b94521b29f1fe8a90ed53",
        license: "GPL-3.0",
        also_used_by: &[],
        note: None,
        doubt: Some("made for another space: its rows are those of a table for raw latents of the VAE of Wan 2.1, 8 to 11 times as large (cosine 0.90 with that of SceneWorks). It therefore fits such latents divided by 8 to 11 (ComfyUI's constant for the format is 8.0064) and saturates on latents of unit variance"),
        pixel_format: PixelFormat::Rgb8Truncated,
        projection: Projection::Affine(Polynomial::from_static([-0.1048, -0.1049, -0.1874], &[
            [0.0028, 0.4359, 1.6986],
            [-0.3094, -0.362, -0.0783],
            [0.9806, 0.5697, 0.1953],
            [1.0482, 1.0832, 0.4385],
            [0.0648, -0.0981, -0.2756],
            [0.8954, -0.0321, -0.2461],
            [-0.8438, -1.0825, -0.4071],
            [-0.461, 0.2319, 0.1578],
            [-1.0171, -0.9257, -1.341],
            [-0.6377, 0.1949, 0.225],
            [0.0362, 0.6733, -0.045],
            [-0.053, 0.3718, 0.7762],
            [-0.9903, 0.2123, 0.419],
            [-0.2607, -0.7047, -0.1375],
            [0.8319, 0.1645, 0.6854],
            [0.7366, 0.4105, 0.6899],
        ], &[], &[])),
    },];

pub(in crate::format) static MING_IMAGE: Facts = Facts {
    name: "ming-image",
    title: "Ming-Image",
    channels: 16,
    downscale: 8,
    frames: 4,
    period: None,
    packing: None,
    models: &["Ming-Image", "Ming-flash-omni"],
    names: &["ming", "ming-flash-image"],
    vae: Some(VaeSpace {
        scale: 8.0064,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: Some((0, Recommendation { evidence: Evidence::Nothing, psnr: None, reason: "the only published table; it was made for another space, so previews of model space are too bright in some places and too dark in others" })),
    tiny: None,
    license: Some("GPL-3.0"),
};
