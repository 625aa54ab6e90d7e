//! Promise: all outputs are the same picture, only written differently.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::{
    LatentPreview, Latents, PixelFormat, Preview, Projection, Rounding, linear_decode,
};
use proptest::prelude::*;
use support::Random;

fn all(latents: &Latents<'_>, projection: &dyn LatentPreview) -> [Preview; 4] {
    [
        PixelFormat::Rgb8,
        PixelFormat::Rgba8,
        PixelFormat::RgbF32,
        PixelFormat::RgbF32Planar,
    ]
    .map(|format| {
        projection
            .preview(latents, format, Rounding::Nearest)
            .unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn outputs_agree(seed in any::<u64>(), channels in 1..8_usize, h in 1..6_usize, w in 1..90_usize) {
        let mut random = Random(seed);
        let samples: Vec<f32> = (0..channels * h * w).map(|_| random.unit() * 4.0).collect();
        let factors = random.rows(channels, 0.4);
        let latents = Latents::planar(&samples, [channels, h, w]).unwrap();
        let projection = Projection::linear(factors.clone()).unwrap();
        let [rgb8, rgba8, floats, planes] = all(&latents, &projection);

        for preview in [&rgb8, &rgba8, &floats, &planes] {
            prop_assert_eq!((preview.width(), preview.height()), (w, h));
            prop_assert_eq!(preview.as_bytes().len(), w * h * preview.format().bytes_per_pixel());
        }
        prop_assert_eq!(rgb8.as_f32(), None);
        let (floats, planes) = (floats.as_f32().unwrap(), planes.as_f32().unwrap());
        let mut decoded = vec![0.0; h * w * 3];
        linear_decode(&samples, &factors, &mut decoded).unwrap();
        for p in 0..h * w {
            let rgba = &rgba8.as_bytes()[p * 4..][..4];
            prop_assert_eq!(&rgba[..3], &rgb8.as_bytes()[p * 3..][..3]);
            prop_assert_eq!(rgba[3], 255);
            for o in 0..3 {
                let float = floats[p * 3 + o];
                prop_assert_eq!(float, planes[o * h * w + p]);
                let from_decoded = ((decoded[p * 3 + o] + 1.0) / 2.0).clamp(0.0, 1.0);
                prop_assert!((float - from_decoded).abs() < 1e-6);
                let level = f32::from(rgba[o]);
                prop_assert!((float * 255.0 - level).abs() < 0.501, "{} for {}", level, float);
            }
        }
    }
}

#[test]
fn bytes_and_floats_of_a_preview_are_the_same_memory() {
    let latents = Latents::planar(&[0.25_f32; 4], [1, 2, 2]).unwrap();
    let projection = Projection::linear(&[[1.0, 0.0, -1.0]]).unwrap();
    let preview = projection
        .preview(&latents, PixelFormat::RgbF32, Rounding::Nearest)
        .unwrap();
    let bytes: Vec<u8> = preview
        .as_f32()
        .unwrap()
        .iter()
        .flat_map(|value| value.to_ne_bytes())
        .collect();
    assert_eq!(preview.as_bytes(), bytes);
    assert_eq!(preview.into_bytes(), bytes);
}

#[test]
fn an_unaligned_buffer_takes_floats() {
    let latents = Latents::planar(&[0.0_f32; 50], [1, 1, 50]).unwrap();
    let projection = Projection::linear(&[[1.0; 3]]).unwrap();
    let mut buffer = vec![0; 50 * 12 + 1];
    projection
        .preview_into(&latents, PixelFormat::RgbF32, &mut buffer[1..])
        .unwrap();
    for float in buffer[1..].chunks(4) {
        assert_eq!(f32::from_ne_bytes(float.try_into().unwrap()), 0.5);
    }
}
