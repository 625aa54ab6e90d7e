//! From `../data/mochi.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static MOCHI_PROJECTIONS: &[PublishedProjection] = &[
    PublishedProjection {
        format: LatentFormat::Mochi,
        origin: "ComfyUI",
        repository: "yzkee/ComfyUI",
        path: "comfy/latent_formats.py",
        commit: "783545f689a0af730065994b46b382ae24844c99",
        license: "GPL-3.0",
        also_used_by: &[],
        note: None,
        doubt: None,
        pixel_format: PixelFormat::Rgb8Truncated,
        projection: Projection::Affine(Polynomial::from_static([-0.094, -0.1418, -0.1453], &[
            [-0.0069, -0.0045, 0.0018],
            [0.0154, -0.0692, -0.0274],
            [0.0333, 0.0019, 0.0206],
            [-0.139, 0.0628, 0.1678],
            [-0.0725, 0.0134, -0.1898],
            [0.0074, -0.027, -0.0209],
            [-0.0176, -0.0277, -0.0221],
            [0.5294, 0.5204, 0.3852],
            [-0.0326, -0.0446, -0.0143],
            [-0.0659, 0.0153, -0.0153],
            [0.0185, -0.0217, 0.0014],
            [-0.0396, -0.0495, -0.0281],
        ], &[], &[])),
    },];

pub(in crate::format) static MOCHI: Facts = Facts {
    name: "mochi",
    title: "Mochi 1",
    channels: 12,
    downscale: 8,
    frames: 6,
    period: None,
    packing: None,
    models: &["Mochi 1"],
    names: &["mochi-1-preview", "taem1", "MochiPipeline"],
    vae: Some(VaeSpace {
        scale: 1.0,
        shift: 0.0,
        mean: &[-0.06730896, -0.038011383, -0.07477821, -0.055652644, 0.012767231, -0.047035426, 0.04389697, -0.093463056, -0.09918315, -0.008729793, -0.011931556, -0.032199338],
        std: &[0.9263795, 0.92488945, 0.93930596, 0.9592537, 0.82445604, 0.91726, 0.92941546, 1.3720943, 0.8813937, 0.91683155, 0.9185249, 0.92747575],
    }),
    recommended: Some((0, Recommendation { evidence: Evidence::Nothing, psnr: None, reason: "the only published table. SceneWorks states for its own fit that an affine map can explain 0.81 of the variance (R2 on held-out pictures); that table is not available" })),
    tiny: None,
    license: Some("GPL-3.0"),
};
