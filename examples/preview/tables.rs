//! The latent formats of the bundled files and published projections for them.
//!
//! Numbers are copied from the named file at the named commit; all map to
//! decoder range, as this crate's projections do.

use latent_preview::{PreviewError, Projection};

/// A latent space.
pub struct Format {
    pub name: &'static str,
    pub models: &'static str,
    pub channels: usize,
    /// A latent in VAE space is `(x - shift) * scale` in model space.
    pub scale: f32,
    pub shift: f32,
    /// The one that is nearest to the decoder on the bundled pictures comes last.
    tables: &'static [Table],
}

/// A published projection.
struct Table {
    name: &'static str,
    factors: &'static [[f32; 3]],
    bias: Option<[f32; 3]>,
}

impl Format {
    pub fn projections(&self) -> Result<Vec<(&'static str, Projection)>, PreviewError> {
        self.tables
            .iter()
            .map(|table| {
                let projection = match table.bias {
                    Some(bias) => Projection::affine(table.factors, bias),
                    None => Projection::linear(table.factors),
                };
                Ok((table.name, projection?))
            })
            .collect()
    }
}

/// Scale and shift are those of the models' VAE configurations.
pub const FORMATS: &[Format] = &[
    Format {
        name: "sd1",
        models: "Stable Diffusion 1 and 2",
        channels: 4,
        scale: 0.18215,
        shift: 0.0,
        tables: &[SD1_FORUM, SD1_INVOKEAI, SD1_COMFYUI, SD1_SD_CPP],
    },
    Format {
        name: "sdxl",
        models: "Stable Diffusion XL",
        channels: 4,
        scale: 0.13025,
        shift: 0.0,
        tables: &[SDXL_SD_CPP, SDXL_COMFYUI],
    },
    Format {
        name: "flux1",
        models: "FLUX.1, Chroma, Lumina 2, Z-Image",
        channels: 16,
        scale: 0.3611,
        shift: 0.1159,
        tables: &[FLUX1_INVOKEAI, FLUX1_COMFYUI, FLUX1_SD_CPP],
    },
];

/// Hugging Face forum thread "Decoding latents to RGB without upscaling", for
/// Stable Diffusion 1.4; the same numbers as `Projection::SD_V1_4`.
const SD1_FORUM: Table = Table {
    name: "forum v1.4",
    factors: &[
        [0.298, 0.207, 0.208],
        [0.187, 0.286, 0.173],
        [-0.158, 0.189, 0.264],
        [-0.184, -0.271, -0.473],
    ],
    bias: None,
};

/// invoke-ai/InvokeAI, invokeai/app/util/step_callback.py,
/// commit 8e71a8a519399d6db32054ae9afc7c6c4e2355af, Apache-2.0.
const SD1_INVOKEAI: Table = Table {
    name: "InvokeAI",
    factors: &[
        [0.3444, 0.1385, 0.067],
        [0.1247, 0.4027, 0.1494],
        [-0.3192, 0.2513, 0.2103],
        [-0.1307, -0.1874, -0.7445],
    ],
    bias: None,
};

/// leejet/stable-diffusion.cpp, src/runtime/latent-preview.h,
/// commit 97d2990807fe6d558e395f8764198d7c7e7b411c, MIT.
const SD1_SD_CPP: Table = Table {
    name: "sd.cpp",
    factors: &[
        [0.337366, 0.216344, 0.257386],
        [0.165636, 0.386828, 0.046994],
        [-0.267803, 0.237036, 0.223517],
        [-0.178022, -0.200862, -0.678514],
    ],
    bias: Some([-0.017478, -0.055834, -0.105825]),
};

/// leejet/stable-diffusion.cpp, src/runtime/latent-preview.h,
/// commit 97d2990807fe6d558e395f8764198d7c7e7b411c, MIT.
const SDXL_SD_CPP: Table = Table {
    name: "sd.cpp",
    factors: &[
        [0.258303, 0.27764, 0.329699],
        [-0.299701, 0.105446, 0.014194],
        [0.050522, 0.186163, -0.143257],
        [-0.211938, -0.149892, -0.080036],
    ],
    bias: Some([0.144381, -0.033313, 0.007061]),
};

/// invoke-ai/InvokeAI, invokeai/app/util/step_callback.py,
/// commit 8e71a8a519399d6db32054ae9afc7c6c4e2355af, Apache-2.0.
const FLUX1_INVOKEAI: Table = Table {
    name: "InvokeAI",
    factors: &[
        [-0.0412, 0.0149, 0.0521],
        [0.0056, 0.0291, 0.0768],
        [0.0342, -0.0681, -0.0427],
        [-0.0258, 0.0092, 0.0463],
        [0.0863, 0.0784, 0.0547],
        [-0.0017, 0.0402, 0.0158],
        [0.0501, 0.1058, 0.1152],
        [-0.0209, -0.0218, -0.0329],
        [-0.0314, 0.0083, 0.0896],
        [0.0851, 0.0665, -0.0472],
        [-0.0534, 0.0238, -0.0024],
        [0.0452, -0.0026, 0.0048],
        [0.0892, 0.0831, 0.0881],
        [-0.1117, -0.0304, -0.0789],
        [0.0027, -0.0479, -0.0043],
        [-0.1146, -0.0827, -0.0598],
    ],
    bias: None,
};

/// leejet/stable-diffusion.cpp, src/runtime/latent-preview.h,
/// commit 97d2990807fe6d558e395f8764198d7c7e7b411c, MIT.
const FLUX1_SD_CPP: Table = Table {
    name: "sd.cpp",
    factors: &[
        [-0.041168, 0.019917, 0.097253],
        [0.028096, 0.02673, 0.129576],
        [0.065618, -0.06795, -0.014651],
        [-0.012998, -0.014762, 0.081251],
        [0.078567, 0.059296, -0.024687],
        [-0.015987, -0.003697, 0.005012],
        [0.033605, 0.138999, 0.068517],
        [-0.02445, -0.063567, -0.030101],
        [-0.040194, -0.01671, 0.127185],
        [0.112681, 0.088764, -0.04194],
        [-0.023498, 0.093664, 0.025543],
        [0.082899, 0.04832, 0.007491],
        [0.075712, 0.074139, 0.081965],
        [-0.143501, 0.018263, -0.136138],
        [-0.025767, -0.082035, -0.040023],
        [-0.111849, -0.055589, -0.032361],
    ],
    bias: Some([0.0246, -0.006937, -0.008089]),
};

/// yzkee/ComfyUI, comfy/latent_formats.py,
/// commit 783545f689a0af730065994b46b382ae24844c99, GPL-3.0 (numbers only).
const SD1_COMFYUI: Table = Table {
    name: "ComfyUI",
    factors: &[
        [0.3512, 0.2297, 0.3227],
        [0.325, 0.4974, 0.235],
        [-0.2829, 0.1762, 0.2721],
        [-0.212, -0.2616, -0.7177],
    ],
    bias: None,
};

/// yzkee/ComfyUI, comfy/latent_formats.py,
/// commit 783545f689a0af730065994b46b382ae24844c99, GPL-3.0 (numbers only).
const SDXL_COMFYUI: Table = Table {
    name: "ComfyUI",
    factors: &[
        [0.3651, 0.4232, 0.4341],
        [-0.2533, -0.0042, 0.1068],
        [0.1076, 0.1111, -0.0362],
        [-0.3165, -0.2492, -0.2188],
    ],
    bias: Some([0.1084, -0.0175, -0.0011]),
};

/// yzkee/ComfyUI, comfy/latent_formats.py,
/// commit 783545f689a0af730065994b46b382ae24844c99, GPL-3.0 (numbers only).
const FLUX1_COMFYUI: Table = Table {
    name: "ComfyUI",
    factors: &[
        [-0.0346, 0.0244, 0.0681],
        [0.0034, 0.021, 0.0687],
        [0.0275, -0.0668, -0.0433],
        [-0.0174, 0.016, 0.0617],
        [0.0859, 0.0721, 0.0329],
        [0.0004, 0.0383, 0.0115],
        [0.0405, 0.0861, 0.0915],
        [-0.0236, -0.0185, -0.0259],
        [-0.0245, 0.025, 0.118],
        [0.1008, 0.0755, -0.0421],
        [-0.0515, 0.0201, 0.0011],
        [0.0428, -0.0012, -0.0036],
        [0.0817, 0.0765, 0.0749],
        [-0.1264, -0.0522, -0.1103],
        [-0.028, -0.0881, -0.0499],
        [-0.1262, -0.0982, -0.0778],
    ],
    bias: Some([-0.0329, -0.0718, -0.0851]),
};
