//! From `../data/cosmos.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static COSMOS1_PROJECTIONS: &[PublishedProjection] = &[
    PublishedProjection {
        format: LatentFormat::Cosmos1,
        origin: "ComfyUI",
        repository: "yzkee/ComfyUI",
        path: "comfy/latent_formats.py",
        commit: "783545f689a0af730065994b46b382ae24844c99",
        license: "GPL-3.0",
        also_used_by: &[],
        note: None,
        doubt: None,
        pixel_format: PixelFormat::Rgb8Truncated,
        projection: Projection::Affine(Polynomial::from_static([-0.1223, -0.1889, -0.1976], &[
            [0.1817, 0.2284, 0.2423],
            [-0.0586, -0.0862, -0.3108],
            [-0.4703, -0.4255, -0.3995],
            [0.0803, 0.1963, 0.1001],
            [-0.082, -0.105, 0.04],
            [0.2511, 0.3098, 0.2787],
            [-0.183, -0.2117, -0.004],
            [-0.0621, -0.2187, -0.0939],
            [0.3619, 0.1082, 0.1455],
            [0.3164, 0.3922, 0.2575],
            [0.1152, 0.0231, -0.0462],
            [-0.1434, -0.3609, -0.3665],
            [0.0635, 0.1471, 0.168],
            [-0.3635, -0.1963, -0.3248],
            [-0.1865, 0.0365, 0.2346],
            [0.0447, 0.0994, 0.0881],
        ], &[], &[])),
    },];

pub(in crate::format) static COSMOS1: Facts = Facts {
    name: "cosmos1",
    title: "Cosmos 1 (CV8x8x8)",
    channels: 16,
    downscale: 8,
    frames: 8,
    period: None,
    packing: None,
    models: &["Cosmos 1", "Cosmos 1 CV8x8x8"],
    names: &["cosmos-1.0", "cosmos-1.0-diffusion-7b-text2world", "CosmosTextToWorldPipeline", "CosmosVideoToWorldPipeline"],
    vae: None,
    recommended: Some((0, Recommendation { evidence: Evidence::Nothing, psnr: None, reason: "the only published table" })),
    tiny: None,
    license: Some("GPL-3.0"),
};
