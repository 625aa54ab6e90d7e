//! Promise: all pixel formats hold the same picture.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::{
    LatentPreview, Latents, PixelFormat, Preview, PreviewError, Projection, bf16, f16,
    linear_decode,
};
use proptest::prelude::*;
use support::output::FORMATS;
use support::{FromF32, Random};

fn all(latents: &Latents<'_>, projection: &dyn LatentPreview) -> [Preview; 7] {
    FORMATS.map(|format| projection.preview(latents, format).unwrap())
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
        let pictures = all(&latents, &projection);
        for preview in &pictures {
            prop_assert_eq!((preview.width(), preview.height()), (w, h));
            prop_assert_eq!(preview.as_bytes().len(), w * h * preview.format().bytes_per_pixel());
        }
        let [rgb8, rgba8, down, down_rgba, floats, planes, in_decoder_range] = pictures;
        for bytes in [&rgb8, &rgba8, &down, &down_rgba] {
            prop_assert_eq!(bytes.as_f32(), None);
        }
        let (floats, planes) = (floats.as_f32().unwrap(), planes.as_f32().unwrap());
        let mut decoded = vec![0.0; h * w * 3];
        linear_decode(&samples, &factors, &mut decoded).unwrap();
        prop_assert_eq!(in_decoder_range.as_f32().unwrap(), &decoded[..]);
        for p in 0..h * w {
            let rgba = &rgba8.as_bytes()[p * 4..][..4];
            prop_assert_eq!(&rgba[..3], &rgb8.as_bytes()[p * 3..][..3]);
            prop_assert_eq!(rgba[3], 255);
            let down_rgba = &down_rgba.as_bytes()[p * 4..][..4];
            prop_assert_eq!(&down_rgba[..3], &down.as_bytes()[p * 3..][..3]);
            prop_assert_eq!(down_rgba[3], 255);
            for o in 0..3 {
                let float = floats[p * 3 + o];
                prop_assert_eq!(float, planes[o * h * w + p]);
                let from_decoded = ((decoded[p * 3 + o] + 1.0) / 2.0).clamp(0.0, 1.0);
                prop_assert!((float - from_decoded).abs() < 1e-6);
                let level = f32::from(rgba[o]);
                prop_assert!((float * 255.0 - level).abs() < 0.501, "{} for {}", level, float);
                let truncated = f32::from(down_rgba[o]);
                let above = float * 255.0 - truncated;
                prop_assert!((-1e-3..1.001).contains(&above), "{} for {}", truncated, float);
            }
        }
    }

    #[test]
    fn decoder_range_is_that_of_linear_decode_bit_for_bit(
        seed in any::<u64>(),
        channels in prop_oneof![4 => 1..8_usize, 1 => 8..=128_usize],
        h in 1..6_usize,
        w in 1..90_usize,
    ) {
        same_bits::<f32>(seed, [channels, h, w])?;
        same_bits::<f16>(seed, [channels, h, w])?;
        same_bits::<bf16>(seed, [channels, h, w])?;
    }
}

fn same_bits<T: FromF32>(seed: u64, shape: [usize; 3]) -> Result<(), TestCaseError> {
    let [channels, h, w] = shape;
    let mut random = Random(seed);
    let factors = random.rows(channels, 0.4);
    let mut samples: Vec<T> = (0..channels * h * w)
        .map(|_| T::from_f32(random.unit() * 4.0))
        .collect();
    for value in [f32::INFINITY, f32::NEG_INFINITY, -0.0] {
        let at = random.bits() as usize % samples.len();
        samples[at] = T::from_f32(value);
    }
    let mut expected = vec![0.0; 3 * h * w];
    linear_decode(&samples, &factors, &mut expected).unwrap();
    let latents = Latents::planar(&samples, shape).unwrap();
    let projection = Projection::linear(factors).unwrap();
    let preview = projection.preview(&latents, PixelFormat::DecoderF32);
    let preview = preview.unwrap();
    for (actual, expected) in preview.as_f32().unwrap().iter().zip(expected) {
        // The bits of a NaN mean nothing.
        let is_same = actual.to_bits() == expected.to_bits();
        prop_assert!(
            is_same || actual.is_nan() && expected.is_nan(),
            "{actual} {expected}"
        );
    }
    Ok(())
}

#[test]
fn bytes_and_floats_of_a_preview_are_the_same_memory() {
    let latents = Latents::planar(&[0.25_f32; 4], [1, 2, 2]).unwrap();
    let projection = Projection::linear(&[[1.0, 0.0, -1.0]]).unwrap();
    let preview = projection.preview(&latents, PixelFormat::RgbF32).unwrap();
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

/// Rows as far apart as a texture needs them, with nothing written between.
#[test]
fn rows_can_be_padded() {
    let samples: Vec<f32> = (0..4 * 5 * 7).map(|i| i as f32 / 70.0 - 1.0).collect();
    let latents = Latents::planar(&samples, [4, 5, 7]).unwrap();
    for preview in all(&latents, &Projection::SD_V1_4) {
        let planes = if preview.format() == PixelFormat::RgbF32Planar {
            3
        } else {
            1
        };
        let (rows, pixels) = (5 * planes, preview.as_bytes());
        let row = pixels.len() / rows;
        for padded in [row, row + 1, 256, 4096] {
            let needed = padded * (rows - 1) + row;
            for len in [needed, needed + 3, padded * rows] {
                let mut out = vec![0xa5; len];
                preview.copy_rows(padded, &mut out).unwrap();
                for (y, line) in out.chunks(padded).enumerate() {
                    let written = if y < rows {
                        &pixels[y * row..][..row]
                    } else {
                        &[]
                    };
                    assert_eq!(&line[..written.len()], written);
                    assert!(line[written.len()..].iter().all(|&byte| byte == 0xa5));
                }
            }
            let mut short = vec![0xa5; needed - 1];
            let (expected, actual) = (needed, needed - 1);
            let error = PreviewError::RowsBeyondBuffer { expected, actual };
            assert_eq!(preview.copy_rows(padded, &mut short), Err(error));
            assert!(short.iter().all(|&byte| byte == 0xa5));
        }
        let error = PreviewError::OverlappingRows {
            expected: row,
            actual: row - 1,
        };
        assert_eq!(preview.copy_rows(row - 1, &mut [0; 9999]), Err(error));
        let error = preview.copy_rows(usize::MAX, &mut []).unwrap_err();
        let (expected, actual) = (usize::MAX, 0);
        assert_eq!(error, PreviewError::RowsBeyondBuffer { expected, actual });
    }
}
