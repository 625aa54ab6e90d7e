//! Promise: a tiny decoder is that of the `f64` reference, on every backend, for every
//! shape of the net, sample type, layout and output, at every edge; and of the
//! frameworks that train it.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::testing::{Backend, reference_display, reference_tiny};
use latent_preview::{
    Denoise, LatentFormat, LatentPreview, Latents, PixelFormat, PreviewError, Rounding,
    TinyDecoder, TinyLayer, bf16, f16,
};
use proptest::prelude::*;
use support::output::{Output, outputs};
use support::{FromF32, Layout, Random, Stored};

/// What f32 arithmetic may be off by, in display values, for the sums made here.
const ERROR: f64 = 1e-5;

#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    shape: [usize; 3],
    layout: Layout,
    layers: Vec<TinyLayer>,
    scale: usize,
    has_non_finite: bool,
    output: Output,
}

fn layer() -> impl Strategy<Value = TinyLayer> {
    let side = prop_oneof![Just(1), Just(3)];
    let width = prop_oneof![4 => 1..=9_usize, 1 => 16..=24_usize];
    (side, width).prop_map(|(side, width)| TinyLayer { side, width })
}

fn cases() -> impl Strategy<Value = Case> {
    (
        any::<u64>(),
        prop_oneof![2 => Just(4_usize), 2 => 1..=9_usize, 1 => Just(33_usize)],
        1..=9_usize,
        // Strips are up to 64 columns wide, vectors up to 16.
        prop_oneof![2 => 1..=34_usize, 2 => 56..=70_usize, 1 => 118..=130_usize],
        proptest::sample::select(Layout::ALL.to_vec()),
        prop_oneof![
            6 => proptest::collection::vec(layer(), 1..=2),
            1 => proptest::collection::vec(layer(), 3),
        ],
        (1..=2_usize, outputs(), any::<bool>()),
    )
        .prop_map(|(seed, c, mut h, mut w, layout, layers, rest)| {
            if layout.is_packed() {
                (h, w) = (h.next_multiple_of(2), w.next_multiple_of(2));
            }
            Case {
                seed,
                shape: [c, h, w],
                layout,
                layers,
                scale: rest.0,
                has_non_finite: rest.2,
                output: rest.1,
            }
        })
}

/// A decoder of random weights, whose sums stay about as large as its inputs.
fn decoder(
    random: &mut Random,
    channels: usize,
    layers: &[TinyLayer],
    scale: usize,
) -> TinyDecoder {
    let mut weights = Vec::new();
    let mut inputs = channels;
    let mut add = |count: usize, fan_in: usize| {
        let size = 1.5 / (fan_in as f32).sqrt();
        weights.extend((0..count).map(|_| random.unit() * size));
    };
    for layer in layers {
        let fan_in = inputs * layer.side * layer.side;
        add(layer.width, 9);
        add(layer.width * fan_in, fan_in);
        inputs = layer.width;
    }
    add(3 * scale * scale, 9);
    add(3 * scale * scale * inputs, 4 * inputs);
    add(3 * channels, 4 * channels);
    TinyDecoder::new(channels, layers, scale, weights).unwrap()
}

fn check<T: FromF32>(case: &Case) -> Result<(), TestCaseError> {
    let mut random = Random(case.seed);
    let decoder = decoder(&mut random, case.shape[0], &case.layers, case.scale);
    let [c, h, w] = case.shape;
    let mut values: Vec<f32> = (0..c * h * w).map(|_| random.unit() * 2.0).collect();
    let mut non_finite = std::collections::HashSet::new();
    if case.has_non_finite {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let at = random.bits() as usize % values.len();
            values[at] = value;
        }
        non_finite.extend(
            (0..values.len())
                .filter(|&i| !values[i].is_finite())
                .map(|i| i % (h * w)),
        );
    }
    let stored = stored::<T>(case, &values);
    let latents = stored.latents().unwrap();
    compare(case, &decoder, &latents, non_finite.len())
}

/// Values in the order of planes, in the layout of the case.
fn stored<T: FromF32>(case: &Case, values: &[f32]) -> Stored<T> {
    let [_, h, w] = case.shape;
    let filler = T::from_f32(f32::NAN);
    let value = |c, y, x| T::from_f32(values[(c * h + y) * w + x]);
    Stored::new(
        case.shape,
        case.layout,
        case.seed as usize % 3,
        filler,
        value,
    )
}

fn compare(
    case: &Case,
    decoder: &TinyDecoder,
    latents: &Latents<'_>,
    non_finite: usize,
) -> Result<(), TestCaseError> {
    let (height, width) = (latents.height() * case.scale, latents.width() * case.scale);
    let expected: Vec<[f64; 3]> = (0..height * width)
        .map(|i| reference_tiny(decoder, latents, i / width, i % width).map(display))
        .collect();
    let Output { format, rounding } = case.output;
    for backend in Backend::available() {
        let mut out = vec![0xaa; height * width * format.bytes_per_pixel()];
        let counted = backend
            .tiny_into(decoder, latents, format, rounding, &mut out)
            .unwrap();
        prop_assert_eq!(counted, non_finite);
        let checked = case.output.check(&out, &expected, ERROR);
        prop_assert!(checked.is_ok(), "{backend} {case:?}: {checked:?}");
    }
    Ok(())
}

/// The value that is shown, of one that is not clamped yet.
fn display(value: f64) -> f64 {
    // The reference takes decoder range.
    reference_display(2.0 * value - 1.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(support::cases(96)))]

    #[test]
    fn f32_is_that_of_the_reference(case in cases()) {
        check::<f32>(&case)?;
    }

    #[test]
    fn f16_is_that_of_the_reference(case in cases()) {
        check::<f16>(&case)?;
    }

    #[test]
    fn bf16_is_that_of_the_reference(case in cases()) {
        check::<bf16>(&case)?;
    }

    /// The clean latent is formed before the net, not behind it.
    #[test]
    fn estimates_are_those_of_the_reference(case in cases(), sigma in 0.05_f32..0.95) {
        let mut random = Random(case.seed);
        let decoder = decoder(&mut random, case.shape[0], &case.layers, case.scale);
        let count = case.shape.iter().product();
        let mut values = || -> Vec<f32> { (0..count).map(|_| random.unit() * 2.0).collect() };
        let (x_t, output) = (stored::<f32>(&case, &values()), stored::<f16>(&case, &values()));
        let (x_t, output) = (x_t.latents().unwrap(), output.latents().unwrap());
        let estimate = Latents::denoised(&x_t, &output, Denoise::flow(sigma).unwrap()).unwrap();
        compare(&case, &decoder, &estimate, 0)?;
    }
}

/// The most that is allowed: the rows of all layers are at their longest then.
#[test]
fn the_largest_net_is_that_of_the_reference() {
    let mut random = Random(3);
    let layers = [TinyLayer { side: 3, width: 64 }; 4];
    let decoder = decoder(&mut random, 128, &layers, 2);
    let shape = [128, 3, 19];
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| random.unit() * 2.0)
        .collect();
    let latents = Latents::planar(&values, shape).unwrap();
    // The reference takes a second for a pixel. This one is beside the end of a strip.
    let (y, x) = (3, 15);
    let expected =
        reference_tiny(&decoder, &latents, y, x).map(|value| reference_display(2.0 * value - 1.0));
    for backend in Backend::available() {
        let mut out = vec![0; 6 * 38 * 12];
        let (format, rounding) = (PixelFormat::RgbF32, Rounding::Nearest);
        backend
            .tiny_into(&decoder, &latents, format, rounding, &mut out)
            .unwrap();
        let pixel = &out[(y * 38 + x) * 12..][..12];
        for (bytes, expected) in pixel.as_chunks().0.iter().zip(expected) {
            let actual = f64::from(f32::from_ne_bytes(*bytes));
            assert!(
                (actual - expected).abs() < 1e-4,
                "{backend}: {actual} {expected}"
            );
        }
    }
}

/// A strip or a vector boundary is no edge: a picture does not change when columns are
/// added far from it.
#[test]
fn a_wide_picture_is_that_of_its_parts() {
    let mut random = Random(7);
    let layers = [TinyLayer { side: 3, width: 8 }; 2];
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
            // Two latent pixels look beyond the part.
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
    let layers = [TinyLayer { side: 3, width: 5 }; 2];
    let mut decoder_weights = decoder(&mut random, 2, &layers, 1).weights().to_vec();
    // Nothing is black by itself.
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

/// Unoptimized code takes more than the documented 128 KiB; far from what a thread has.
#[cfg(all(feature = "std", not(target_family = "wasm")))]
#[test]
fn half_a_megabyte_of_stack_is_enough() {
    let preview = || {
        let samples = vec![0.5_f32; 4 * 9 * 40];
        let latents = Latents::planar(&samples, [4, 9, 40]).unwrap();
        let previewer = LatentFormat::Sd1.tiny_2x().unwrap();
        previewer.preview_rgb(&latents).unwrap().width()
    };
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    assert_eq!(thread.spawn(preview).unwrap().join().unwrap(), 80);
}

#[test]
fn nets_out_of_bounds_are_refused() {
    let layer = |side, width| TinyLayer { side, width };
    let new = |channels, layers: &[TinyLayer], scale| {
        TinyDecoder::new(channels, layers, scale, vec![0.0; 9])
    };
    let what = |error: PreviewError| match error {
        PreviewError::TinyDecoder { what, actual, .. } => (what, actual),
        other => panic!("{other}"),
    };
    let huge = usize::MAX;
    for (result, expected) in [
        (new(0, &[layer(3, 4)], 1), ("number of channels", 0)),
        (new(129, &[layer(3, 4)], 1), ("number of channels", 129)),
        (new(huge, &[layer(3, 4)], 1), ("number of channels", huge)),
        (new(4, &[], 1), ("number of layers", 0)),
        (new(4, &[layer(3, 4); 5], 1), ("number of layers", 5)),
        (new(4, &[layer(3, 4)], 0), ("scale", 0)),
        (new(4, &[layer(3, 4)], 3), ("scale", 3)),
        (new(4, &[layer(2, 4)], 1), ("side of a layer", 2)),
        (new(4, &[layer(5, 4)], 1), ("side of a layer", 5)),
        (new(4, &[layer(3, 0)], 1), ("width of a layer", 0)),
        (
            new(4, &[layer(3, 4), layer(1, 65)], 1),
            ("width of a layer", 65),
        ),
    ] {
        assert_eq!(what(result.unwrap_err()), expected);
    }
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
    let decoder = decoder(&mut Random(1), 4, &[TinyLayer { side: 3, width: 4 }], 2);
    let samples = [0.0_f32; 4 * 6];
    let latents = Latents::planar(&samples, [4, 2, 3]).unwrap();
    let mut out = [7; 4 * 6 * 3 - 1];
    assert_eq!(
        decoder.preview_into(&latents, PixelFormat::Rgb8, &mut out),
        Err(PreviewError::BufferSize {
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
    for &format in LatentFormat::ALL {
        let (one, two) = (format.tiny(), format.tiny_2x());
        assert_eq!(one.is_some(), two.is_some(), "{format}");
        for (previewer, scale) in [(one, 1), (two, 2)] {
            let Some(previewer) = previewer else { continue };
            assert_eq!(previewer.scale(), scale);
            assert_eq!(previewer.channels(), format.channels());
            assert_eq!(previewer.format(), format);
            assert_eq!(previewer.projection(), None);
            assert!(previewer.tiny_decoder().is_some());
        }
    }
    assert_eq!(
        LatentFormat::ALL
            .iter()
            .filter(|format| format.tiny().is_some())
            .count(),
        5
    );
}

/// What is folded into the weights is what dividing the latent does.
#[test]
fn other_spaces_go_into_the_weights() {
    let format = LatentFormat::Sdxl;
    let mut random = Random(5);
    let model: Vec<f32> = (0..4 * 20 * 20).map(|_| random.unit() * 1.5).collect();
    let scaled = |factor: f32| model.iter().map(|x| x * factor).collect::<Vec<_>>();
    for tiny in [format.tiny(), format.tiny_2x()] {
        let tiny = tiny.unwrap();
        let preview = |previewer: &dyn LatentPreview, samples: &[f32]| {
            let latents = Latents::planar(samples, [4, 20, 20]).unwrap();
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
