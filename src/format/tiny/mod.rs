//! Decoders that were trained for formats.
//!
//! `README.md` beside this file says on which pictures, how, and how good they are.

use super::LatentFormat;
use crate::map::weight_count;
use crate::{Coefficients, TinyDecoder, TinyLayer};

/// The decoder of a format that makes a picture of this scale.
pub(super) fn preset(format: LatentFormat, scale: usize) -> Option<TinyDecoder> {
    let [one, two] = match format {
        LatentFormat::Sd1 => [SD1, SD1_2X],
        LatentFormat::Sdxl => [SDXL, SDXL_2X],
        LatentFormat::Sd3 => [SD3, SD3_2X],
        LatentFormat::Flux1 => [FLUX1, FLUX1_2X],
        LatentFormat::Flux2 => [FLUX2, FLUX2_2X],
        _ => return None,
    };
    Some(if scale == 1 { one } else { two })
}

/// Declares a decoder whose weights are in a file beside this one.
macro_rules! presets {
    ($($name:ident = $file:literal: $channels:literal, [$($size:literal x $outputs:literal),+], $scale:literal;)+) => {$(
        const $name: TinyDecoder = {
            const LAYERS: &[TinyLayer] = &[$(TinyLayer { kernel_size: $size, channels: $outputs }),+];
            static WEIGHTS: [f32; weight_count($channels, LAYERS, $scale)] =
                data_of(include_bytes!($file));
            TinyDecoder::from_parts($channels, LAYERS, $scale, Coefficients::from_static(&WEIGHTS))
        };
    )+

        #[cfg(all(test, feature = "safetensors"))]
        const FILES: &[(&[u8], TinyDecoder)] = &[$((include_bytes!($file), $name)),+];
    };
}

presets! {
    SD1 = "sd1.safetensors": 4, [3 x 20, 3 x 20], 1;
    SD1_2X = "sd1-2x.safetensors": 4, [3 x 20, 3 x 20], 2;
    SDXL = "sdxl.safetensors": 4, [3 x 20, 3 x 20], 1;
    SDXL_2X = "sdxl-2x.safetensors": 4, [3 x 20, 3 x 20], 2;
    SD3 = "sd3.safetensors": 16, [3 x 20, 3 x 20], 1;
    SD3_2X = "sd3-2x.safetensors": 16, [3 x 24, 3 x 24], 2;
    FLUX1 = "flux1.safetensors": 16, [3 x 20, 3 x 20], 1;
    FLUX1_2X = "flux1-2x.safetensors": 16, [3 x 24, 3 x 24], 2;
    FLUX2 = "flux2.safetensors": 32, [3 x 20, 3 x 20], 1;
    FLUX2_2X = "flux2-2x.safetensors": 32, [1 x 16, 3 x 24, 3 x 24], 2;
}

/// The floats of a safetensors file, in the order in which it holds them. A test compares
/// them with those that a loader finds.
const fn data_of<const N: usize>(file: &[u8]) -> [f32; N] {
    let (header_len, rest) = file.split_at(8);
    let header_len = u64::from_le_bytes(*header_len.first_chunk().expect("eight bytes"));
    let (values, tail) = rest.split_at(header_len as usize).1.as_chunks();
    assert!(values.len() == N && tail.is_empty());
    let mut floats = [0.0; N];
    let mut i = 0;
    while i < N {
        floats[i] = f32::from_le_bytes(values[i]);
        i += 1;
    }
    floats
}

#[cfg(all(test, feature = "safetensors"))]
mod tests {
    use super::{FILES, TinyDecoder};

    #[test]
    fn presets_are_what_the_loader_finds_in_their_files() {
        for (file, preset) in FILES {
            assert_eq!(TinyDecoder::from_safetensors(file).as_ref(), Ok(preset));
        }
    }
}
