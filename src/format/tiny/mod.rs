//! The trained tiny decoders of formats.
//!
//! `README.md` beside this file describes their training and their quality.

use half::f16;

use super::{LatentFormat, tables};
use crate::map::{change_inputs, weight_count};
use crate::{Coefficients, TinyDecoder, TinyLayer};

/// The tiny decoder of a format with this scale.
pub(super) fn preset(format: LatentFormat, scale: usize) -> Option<TinyDecoder> {
    let [one, two] = match format {
        LatentFormat::Sd1 => [SD1, SD1_2X],
        LatentFormat::Sdxl => [SDXL, SDXL_2X],
        LatentFormat::Playground25 => [PLAYGROUND25, PLAYGROUND25_2X],
        LatentFormat::Sd3 => [SD3, SD3_2X],
        LatentFormat::Flux1 => [FLUX1, FLUX1_2X],
        LatentFormat::Flux2 => [FLUX2, FLUX2_2X],
        _ => return None,
    };
    Some(if scale == 1 { one } else { two })
}

/// The layers of all of them: three convolutions of 3x3.
const LAYERS: &[TinyLayer] = &[TinyLayer {
    kernel_size: 3,
    channels: 28,
}; 3];

/// Declares a decoder whose weights are in a file beside this one, or are made from such
/// weights by a change of space.
macro_rules! presets {
    ($($name:ident = $file:literal: $channels:literal, $scale:literal $(, $change:ident)?;)+) => {$(
        const $name: TinyDecoder = {
            static WEIGHTS: [f32; weight_count($channels, LAYERS, $scale)] = {
                let weights = data_of(include_bytes!($file), $channels);
                $(let weights = changed(weights, $scale, &$change);)?
                weights
            };
            TinyDecoder::from_parts($channels, LAYERS, $scale, Coefficients::from_static(&WEIGHTS))
        };
    )+

        /// The file, the decoder, and the change of space, or none.
        #[cfg(all(test, feature = "safetensors"))]
        const FILES: &[(&[u8], TinyDecoder, &[&[(f64, f64)]])] =
            &[$((include_bytes!($file), $name, &[$(&$change)?])),+];
    };
}

presets! {
    SD1 = "sd1.safetensors": 4, 1;
    SD1_2X = "sd1-2x.safetensors": 4, 2;
    SDXL = "sdxl.safetensors": 4, 1;
    SDXL_2X = "sdxl-2x.safetensors": 4, 2;
    PLAYGROUND25 = "sdxl.safetensors": 4, 1, PLAYGROUND25_TO_SDXL;
    PLAYGROUND25_2X = "sdxl-2x.safetensors": 4, 2, PLAYGROUND25_TO_SDXL;
    SD3 = "sd3.safetensors": 16, 1;
    SD3_2X = "sd3-2x.safetensors": 16, 2;
    FLUX1 = "flux1.safetensors": 16, 1;
    FLUX1_2X = "flux1-2x.safetensors": 16, 2;
    FLUX2 = "flux2.safetensors": 32, 1;
    FLUX2_2X = "flux2-2x.safetensors": 32, 2;
}

/// Gain and offset of each channel: Playground 2.5 has SDXL's VAE but another space.
const PLAYGROUND25_TO_SDXL: [(f64, f64); 4] = {
    let (Some(from), Some(to)) = (&tables::PLAYGROUND25.vae, &tables::SDXL.vae) else {
        panic!("both have a VAE space");
    };
    let (mut inputs, mut channel) = ([(1.0, 0.0); 4], 0);
    while channel < 4 {
        inputs[channel] = from.to(to, channel, 4);
        channel += 1;
    }
    inputs
};

/// The weights of the same map for latents `gain x + offset`.
const fn changed<const N: usize>(
    mut weights: [f32; N],
    scale: usize,
    inputs: &[(f64, f64)],
) -> [f32; N] {
    change_inputs(&mut weights, LAYERS, scale, inputs);
    weights
}

/// The weights of a safetensors file, in the order of [`TinyDecoder::new`]. The file has two bytes
/// for each value outside of kernels (`f16`), and after all of these one for each value of a kernel
/// (a number of 128ths): safetensors writes larger types first, then sorts by name. A test
/// compares the weights with a loader's.
const fn data_of<const N: usize>(file: &[u8], mut inputs: usize) -> [f32; N] {
    let (header_len, rest) = file.split_at(8);
    let header_len = u64::from_le_bytes(*header_len.first_chunk().expect("eight bytes"));
    let data = rest.split_at(header_len as usize).1;
    let (halves, kernels) = data.split_at(2 * (data.len() - N));
    let halves = halves.as_chunks().0;
    let (mut floats, mut half, mut kernel, mut layer) = ([0.0; N], 0, 0, 0);
    while layer < LAYERS.len() {
        let TinyLayer {
            kernel_size,
            channels,
        } = LAYERS[layer];
        let biases = half + channels;
        while half < biases {
            floats[half + kernel] = f16::from_le_bytes(halves[half]).to_f32_const();
            half += 1;
        }
        let weights = kernel + channels * inputs * kernel_size * kernel_size;
        while kernel < weights {
            floats[half + kernel] = kernels[kernel] as i8 as f32 / 128.0;
            kernel += 1;
        }
        inputs = channels;
        layer += 1;
    }
    // Head and skip.
    while half < halves.len() {
        floats[half + kernel] = f16::from_le_bytes(halves[half]).to_f32_const();
        half += 1;
    }
    assert!(half + kernel == N && kernel == kernels.len());
    floats
}

#[cfg(all(test, feature = "safetensors"))]
mod tests {
    use super::{FILES, TinyDecoder};
    use crate::map::Map;

    #[test]
    fn presets_are_what_the_loader_finds_in_their_files() {
        for (file, preset, change) in FILES {
            let loaded = TinyDecoder::from_safetensors(file).unwrap();
            let expected = match change {
                [] => Map::Tiny(loaded),
                [inputs, ..] => Map::Tiny(loaded)
                    .rescaled(|channel| inputs[channel])
                    .unwrap(),
            };
            assert_eq!(Map::Tiny(preset.clone()), expected);
        }
    }
}
