//! From `../data/cascade.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

pub(in crate::format) static CASCADE_PRIOR_PROJECTIONS: &[PublishedProjection] = &[
    PublishedProjection {
        format: LatentFormat::CascadePrior,
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
            [-0.0326, -0.0204, -0.0127],
            [-0.1592, -0.0427, 0.0216],
            [0.0873, 0.0638, -0.002],
            [-0.0602, 0.0442, 0.1304],
            [0.08, -0.0313, -0.1796],
            [-0.081, -0.0638, -0.1581],
            [0.1791, 0.118, 0.0967],
            [0.074, 0.1416, 0.0432],
            [-0.1745, -0.1888, -0.1373],
            [0.2412, 0.1577, 0.0928],
            [0.1908, 0.0998, 0.0682],
            [0.0209, 0.0365, -0.0092],
            [0.0448, -0.065, -0.1728],
            [-0.1658, -0.1045, -0.1308],
            [0.0542, 0.1545, 0.1325],
            [-0.0352, -0.1672, -0.2541],
        ], &[], &[])),
    },];

pub(in crate::format) static CASCADE_PRIOR: Facts = Facts {
    name: "cascade-prior",
    title: "Stable Cascade, prior (stage C)",
    channels: 16,
    downscale: 42,
    frames: 1,
    period: None,
    packing: None,
    models: &["Stable Cascade stage C", "Wuerstchen stage C"],
    names: &["stable-cascade-prior", "cascade-c", "stage-c", "SC_Prior", "wuerstchen-prior", "StableCascadePriorPipeline"],
    vae: None,
    recommended: Some((0, Recommendation { evidence: Evidence::Nothing, psnr: None, reason: "the only published table" })),
    tiny: None,
    license: Some("GPL-3.0"),
};

pub(in crate::format) static CASCADE_B_PROJECTIONS: &[PublishedProjection] = &[
    PublishedProjection {
        format: LatentFormat::CascadeB,
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
            [0.1121, 0.2006, 0.1023],
            [-0.2093, -0.0222, -0.0195],
            [-0.3087, -0.1535, 0.0366],
            [0.029, -0.1574, -0.4078],
        ], &[], &[])),
    },
    PublishedProjection {
        format: LatentFormat::CascadeB,
        origin: "Draw Things",
        repository: "drawthingsai/draw-things-community",
        path: "Libraries/LocalImageGenerator/Sources/ImageConverter.swift",
        commit: "bfafc68cf2c105319f8a5fe7e12bb9bd6f2b3a09",
        license: "GPL-3.0",
        also_used_by: &[],
        note: None,
        doubt: None,
        pixel_format: PixelFormat::Rgb8Truncated,
        projection: Projection::Affine(Polynomial::from_static([0.12462745, 0.031607844, -0.052862745], &[
            [0.07980392, 0.1652549, 0.06153255],
            [-0.16319215, -0.033742744, -0.018598432],
            [-0.21830589, -0.08829804, -0.0035737255],
            [-0.016138824, -0.14745098, -0.32665098],
        ], &[], &[])),
    },
    PublishedProjection {
        format: LatentFormat::CascadeB,
        origin: "latent-preview mean",
        repository: "latent-preview",
        path: "src/format/data",
        commit: "",
        license: "GPL-3.0",
        also_used_by: &[],
        note: Some("the mean of ComfyUI and Draw Things: the only two published tables"),
        doubt: None,
        pixel_format: PixelFormat::Rgb8,
        projection: Projection::Affine(Polynomial::from_static([0.062313724, 0.015803922, -0.026431372], &[
            [0.09595196, 0.18292744, 0.08191627],
            [-0.18624608, -0.027971372, -0.019049216],
            [-0.26350296, -0.12089902, 0.016513137],
            [0.006430588, -0.15242548, -0.3672255],
        ], &[], &[])),
    },];

pub(in crate::format) static CASCADE_B: Facts = Facts {
    name: "cascade-b",
    title: "Stable Cascade, stage B",
    channels: 4,
    downscale: 4,
    frames: 1,
    period: None,
    packing: None,
    models: &["Stable Cascade stage B", "Wuerstchen stage B"],
    names: &["stable-cascade", "stage-b", "wuerstchen", "SC_B", "StableCascadeDecoderPipeline", "wuerstchen-decoder"],
    vae: Some(VaeSpace {
        scale: 2.3255813,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: Some((2, Recommendation { evidence: Evidence::Agreement, psnr: None, reason: "the two tables agree (cosine 0.99) except for a bias, which only Draw Things has; in seven trials with known truth, the mean of all tables was between 0.3 dB above and 3.0 dB below the best table, and always above the worst (`src/format/data/README.md`)" })),
    tiny: None,
    license: Some("GPL-3.0"),
};
