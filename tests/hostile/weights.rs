//! Weights of tiny decoders in safetensors files.

use latent_preview::{LatentPreview, Latents, TinyDecoder};

pub fn run(data: &[u8]) {
    let Ok(decoder) = TinyDecoder::from_safetensors(data) else {
        return;
    };
    let samples = vec![0.5_f32; decoder.channels() * 6];
    let latents = Latents::planar(&samples, [decoder.channels(), 2, 3]).expect("a latent");
    decoder.preview_rgb(&latents).expect("a picture");
}
