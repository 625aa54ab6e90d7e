//! From `../data/cog.toml`.
// Written by `UPDATE_TABLES=1 cargo test --test format_tables`; change `../data` instead.

use super::*;

const COGVIEW4_DEFAULT: PublishedProjection = PublishedProjection {
        format: LatentFormat::CogView4,
        origin: "InvokeAI",
        repository: "invoke-ai/InvokeAI",
        path: "invokeai/app/util/step_callback.py",
        commit: "8e71a8a519399d6db32054ae9afc7c6c4e2355af",
        license: "Apache-2.0",
        also_used_by: &[],
        note: None,
        doubt: None,
        pixel_format: PixelFormat::Rgb8Truncated,
        projection: Projection::Linear(Polynomial::from_static([0.0, 0.0, 0.0], &[
            [0.00408832, -0.00082485, -0.00214816],
            [0.00084172, 0.00132241, 0.00842067],
            [-0.00466737, -0.00983181, -0.00699561],
            [0.03698397, -0.04797235, 0.03585809],
            [0.00234701, -0.00124326, 0.00080869],
            [-0.00723903, -0.00388422, -0.00656606],
            [-0.00970917, -0.00467356, -0.00971113],
            [0.17292486, -0.03452463, -0.1457515],
            [0.02330308, 0.02942557, 0.02704329],
            [-0.00903131, -0.01499841, -0.01432564],
            [0.01250298, 0.0019407, -0.02168986],
            [0.01371188, 0.00498283, -0.01302135],
            [0.42396525, 0.4280575, 0.42148206],
            [0.00983825, 0.00613302, 0.00610316],
            [0.00473307, -0.00889551, -0.00915924],
            [-0.00955853, -0.00980067, -0.00977842],
        ], &[], &[])),
    };
pub(in crate::format) static COGVIEW4_PERMISSIVE: PublishedProjection = COGVIEW4_DEFAULT;

pub(in crate::format) static COGVIEW4_PROJECTIONS: &[PublishedProjection] = &[
    COGVIEW4_DEFAULT,];

pub(in crate::format) static COGVIEW4: Facts = Facts {
    name: "cogview4",
    title: "CogView 4",
    channels: 16,
    downscale: 8,
    frames: 1,
    period: None,
    packing: None,
    models: &["CogView 4"],
    names: &["cogview4-6b", "CogView4ControlPipeline"],
    vae: Some(VaeSpace {
        scale: 1.0,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: Some((0, Recommendation { evidence: Evidence::Nothing, psnr: None, reason: "the only published table" })),
    tiny: None,
    license: Some("Apache-2.0"),
};

pub(in crate::format) static COGVIEW3_PLUS_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static COGVIEW3_PLUS: Facts = Facts {
    name: "cogview3-plus",
    title: "CogView3-Plus",
    channels: 16,
    downscale: 8,
    frames: 1,
    period: None,
    packing: None,
    models: &["CogView3-Plus"],
    names: &["cogview3-plus-3b"],
    vae: Some(VaeSpace {
        scale: 1.0,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};

pub(in crate::format) static COGVIDEOX_2B_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static COGVIDEOX_2B: Facts = Facts {
    name: "cogvideox-2b",
    title: "CogVideoX 2B",
    channels: 16,
    downscale: 8,
    frames: 4,
    period: None,
    packing: None,
    models: &["CogVideoX 2B"],
    names: &["cogvideox-fun-2b", "cogvideox-2b-fun", "cogvideox-fun-1.1-2b"],
    vae: Some(VaeSpace {
        scale: 1.1525843,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};

pub(in crate::format) static COGVIDEOX_5B_PROJECTIONS: &[PublishedProjection] = &[];

pub(in crate::format) static COGVIDEOX_5B: Facts = Facts {
    name: "cogvideox-5b",
    title: "CogVideoX 5B and 1.5",
    channels: 16,
    downscale: 8,
    frames: 4,
    period: None,
    packing: None,
    models: &["CogVideoX 5B", "CogVideoX 1.5", "CogVideoX-Fun", "ConsisID", "VOID"],
    names: &["cogvideox1.5-5b", "cogvideox-5b-i2v", "cogvideox-fun-5b", "cogvideox-fun-1.1-5b", "cogvideox-fun-1.5-5b"],
    vae: Some(VaeSpace {
        scale: 0.7,
        shift: 0.0,
        mean: &[],
        std: &[],
    }),
    recommended: None,
    tiny: None,
    license: None,
};
