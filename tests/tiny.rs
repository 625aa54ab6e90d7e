//! Promise: a tiny decoder's picture has no seams, needs little stack and shows non-finite
//! latents as black; decoders out of bounds are refused. `tests/accuracy` compares random ones
//! with the reference.

#![cfg(all(feature = "alloc", feature = "testing"))]

#[expect(dead_code, reason = "only nets are tested here")]
#[path = "accuracy/map.rs"]
mod map;
mod support;

use latent_preview::{
    LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Previewer, TinyDecoder,
    TinyLayer,
};
use map::{Kind, Map};
use support::Random;

/// A decoder with random weights, whose sums stay about as large as its inputs.
fn decoder(
    random: &mut Random,
    channels: usize,
    layers: &[TinyLayer],
    scale: usize,
) -> TinyDecoder {
    let layers = layers.to_vec();
    match Map::new(&Kind::Tiny { layers, scale }, channels, random) {
        Map::Tiny(decoder) => decoder,
        Map::Projection(_) => unreachable!("a net was asked for"),
    }
}

/// The boundary of a strip or a vector is not an edge: a picture does not change when columns
/// are added far from it.
#[test]
fn a_wide_picture_is_that_of_its_parts() {
    let mut random = Random(7);
    let layers = [TinyLayer {
        kernel_size: 3,
        channels: 8,
    }; 2];
    let decoder = decoder(&mut random, 4, &layers, 2);
    let (height, width) = (12, 200);
    let values: Vec<f32> = (0..4 * height * width)
        .map(|_| random.unit() * 2.0)
        .collect();
    let whole = decoder
        .preview_rgb(&Latents::planar(&values, [4, height, width]).unwrap())
        .unwrap();
    for start in [0, 1, 50, 130] {
        let part = 70;
        let strided = Latents::strided(
            &values[start..],
            [4, height, part],
            [height * width, width, 1],
        );
        let preview = decoder.preview_rgb(&strided.unwrap()).unwrap();
        for y in 0..2 * height {
            // Two latent pixels reach beyond the part.
            let inner = 4..2 * part - 4;
            let at = |picture: &[u8], width: usize, x: usize| {
                picture[(y * width + x) * 3..][..3].to_vec()
            };
            for x in inner {
                assert_eq!(
                    at(preview.as_bytes(), 2 * part, x),
                    at(whole.as_bytes(), 2 * width, x + 2 * start),
                );
            }
        }
    }
}

#[test]
fn a_latent_that_is_not_finite_makes_what_looks_at_it_black() {
    let mut random = Random(11);
    let layers = [TinyLayer {
        kernel_size: 3,
        channels: 5,
    }; 2];
    let mut decoder_weights = decoder(&mut random, 2, &layers, 1).weights().to_vec();
    // No pixel is black otherwise.
    let head = 5 * (1 + 18) + 5 * (1 + 45);
    decoder_weights[head..head + 3].fill(9.0);
    let decoder = TinyDecoder::new(2, &layers, 1, decoder_weights).unwrap();
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut samples = [0.25_f32; 2 * 9 * 9];
        samples[81 + 4 * 9 + 3] = value;
        let preview = decoder
            .preview_rgb(&Latents::planar(&samples, [2, 9, 9]).unwrap())
            .unwrap();
        assert_eq!(preview.non_finite(), 1);
        for (i, pixel) in preview.as_bytes().chunks(3).enumerate() {
            let is_near = (i / 9).abs_diff(4) <= 2 && (i % 9).abs_diff(3) <= 2;
            assert_eq!(pixel == [0; 3], is_near, "{i}");
        }
    }
}

#[test]
fn nets_out_of_bounds_are_refused() {
    let layer = |kernel_size, channels| TinyLayer {
        kernel_size,
        channels,
    };
    let new = |channels, layers: &[TinyLayer], scale| {
        TinyDecoder::new(channels, layers, scale, vec![0.0; 9])
    };
    let broken = |error: PreviewError| match error {
        PreviewError::TinyDecoder { rule, actual } => (rule, actual),
        other => panic!("{other}"),
    };
    let channels = "takes 1 to 128 latent channels";
    let depth = "has 1 to 4 layers";
    let scale = "has a scale of 1 or 2";
    let size = "has kernels of size 1 or 3";
    let outputs = "has layers of 1 to 64 channels";
    let huge = usize::MAX;
    for (result, expected) in [
        (new(0, &[layer(3, 4)], 1), (channels, 0)),
        (new(129, &[layer(3, 4)], 1), (channels, 129)),
        (new(huge, &[layer(3, 4)], 1), (channels, huge)),
        (new(4, &[], 1), (depth, 0)),
        (new(4, &[layer(3, 4); 5], 1), (depth, 5)),
        (new(4, &[layer(3, 4)], 0), (scale, 0)),
        (new(4, &[layer(3, 4)], 3), (scale, 3)),
        (new(4, &[layer(2, 4)], 1), (size, 2)),
        (new(4, &[layer(5, 4)], 1), (size, 5)),
        (new(4, &[layer(3, 0)], 1), (outputs, 0)),
        (new(4, &[layer(3, 4), layer(1, 65)], 1), (outputs, 65)),
    ] {
        assert_eq!(broken(result.unwrap_err()), expected);
    }
    let error = new(4, &[layer(3, 4)], 3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a tiny decoder has a scale of 1 or 2, not 3"
    );
    let count = 4 * (1 + 36) + 3 * 5 + 12;
    assert_eq!(
        new(4, &[layer(3, 4)], 1),
        Err(PreviewError::CoefficientCount {
            expected: count,
            actual: 9
        }),
    );
    let mut weights = vec![0.0; count];
    weights[100] = f32::NAN;
    assert_eq!(
        TinyDecoder::new(4, &[layer(3, 4)], 1, weights),
        Err(PreviewError::NonFiniteCoefficient { index: 100 }),
    );
}

#[test]
fn wrong_latents_and_buffers_are_refused_and_nothing_is_written() {
    let decoder = decoder(
        &mut Random(1),
        4,
        &[TinyLayer {
            kernel_size: 3,
            channels: 4,
        }],
        2,
    );
    let samples = [0.0_f32; 4 * 6];
    let latents = Latents::planar(&samples, [4, 2, 3]).unwrap();
    let mut out = [7; 4 * 6 * 3 - 1];
    assert_eq!(
        decoder.preview_into(&latents, PixelFormat::Rgb8, &mut out),
        Err(PreviewError::BufferSize {
            size: [6, 4],
            format: PixelFormat::Rgb8,
            expected: 72,
            actual: 71
        }),
    );
    let other = Latents::planar(&samples, [3, 2, 4]).unwrap();
    assert_eq!(
        decoder.preview_into(&other, PixelFormat::Rgb8, &mut out),
        Err(PreviewError::ChannelCount {
            expected: 4,
            actual: 3
        }),
    );
    assert_eq!(out, [7; 71]);
}

#[test]
fn formats_with_a_net_have_it_at_both_scales() {
    let mut found = 0;
    for &format in LatentFormat::ALL {
        let is_tiny = |previewer: &Previewer| previewer.tiny_decoder().is_some();
        let one = format.previewer().ok().filter(is_tiny);
        let two = format.previewer_2x().ok();
        assert_eq!(one.is_some(), two.is_some(), "{format}");
        for (previewer, scale) in [(one, 1), (two, 2)] {
            let Some(previewer) = previewer else { continue };
            found += 1;
            assert_eq!(previewer.scale(), scale);
            assert_eq!(previewer.channels(), format.channels());
            assert_eq!(previewer.format(), Some(format));
            assert_eq!(previewer.projection(), None);
            assert!(is_tiny(&previewer));
        }
    }
    assert_eq!(found, 12);
}

/// Changed weights have the same effect as dividing the latent.
#[test]
fn other_spaces_go_into_the_weights() {
    let format = LatentFormat::Sdxl;
    let mut random = Random(5);
    let model: Vec<f32> = (0..4 * 9 * 9).map(|_| random.unit() * 1.5).collect();
    let scaled = |factor: f32| model.iter().map(|x| x * factor).collect::<Vec<_>>();
    for tiny in [format.previewer(), format.previewer_2x()] {
        let tiny = tiny.unwrap();
        let preview = |previewer: &dyn LatentPreview, samples: &[f32]| {
            let latents = Latents::planar(samples, [4, 9, 9]).unwrap();
            previewer.preview_rgb(&latents).unwrap().into_bytes()
        };
        let expected = preview(&tiny, &model);
        let vae = preview(&tiny.for_vae_space().unwrap(), &scaled(1.0 / 0.13025));
        let sigma = preview(&tiny.for_sigma(3.0).unwrap(), &scaled(10_f32.sqrt()));
        for other in [vae, sigma] {
            assert!(
                expected
                    .iter()
                    .zip(&other)
                    .all(|(a, b)| a.abs_diff(*b) <= 1)
            );
        }
    }
}
