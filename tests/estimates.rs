//! Promise: the preview of an estimate of x0 equals that of the mixed tensor, for any two
//! layouts and types, for every map, on every CPU.

#![cfg(all(feature = "alloc", feature = "testing"))]

#[path = "accuracy/map.rs"]
mod map;
mod support;

use latent_preview::testing::Backend;
use latent_preview::{
    Denoise, LatentPreview, Latents, PixelFormat, PreviewError, Projection, bf16, f16,
};
use map::{Kind, Map, polynomials, refined, tiny};
use proptest::prelude::*;
use support::output::{check as check_picture, formats};
use support::reference::{self, Image, Mixture};
use support::{FromF32, Layout, Random, Stored};

/// The error of `f32` arithmetic for the sums of maps that read neighbors.
const ERROR: f64 = 5e-6;

#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    kind: Kind,
    shape: [usize; 3],
    layouts: [Layout; 2],
    weights: [f32; 2],
    format: PixelFormat,
}

fn cases() -> impl Strategy<Value = Case> {
    let layout = || {
        prop_oneof![
            Just(Layout::Planar),
            proptest::sample::select(Layout::ALL.to_vec())
        ]
    };
    let weight = || prop_oneof![1 => Just(0.0_f32), 1 => Just(1.0), 6 => -3.0..3.0_f32];
    (
        any::<u64>(),
        // The first has its own path, for floats to RGB8.
        prop_oneof![
            2 => (prop_oneof![Just(Kind::Linear), Just(Kind::Affine)], Just(4)),
            4 => polynomials(),
            3 => refined(),
            2 => tiny(),
        ],
        (1..=12_usize, 1..=80_usize),
        [layout(), layout()],
        [weight(), weight()],
        prop_oneof![1 => Just(PixelFormat::Rgb8), 2 => formats()],
    )
        .prop_map(
            |(seed, (kind, channels), (h, w), layouts, weights, format)| Case {
                seed,
                kind,
                shape: if layouts.iter().any(|layout| layout.is_packed()) {
                    [channels, h.next_multiple_of(2), w.next_multiple_of(2)]
                } else {
                    [channels, h, w]
                },
                layouts,
                weights,
                format,
            },
        )
}

/// The random values that are stored, and their magnitudes.
fn stored<T: FromF32>(shape: [usize; 3], layout: Layout, random: &mut Random) -> [Stored<T>; 2] {
    let [_, h, w] = shape;
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| random.unit() * 0.7)
        .collect();
    [|value: f32| value, f32::abs].map(|change| {
        Stored::new(shape, layout, 1, T::from_f32(99.0), |c, y, x| {
            T::from_f32(change(values[(c * h + y) * w + x]))
        })
    })
}

fn check<X: FromF32, Y: FromF32>(case: &Case) -> Result<(), TestCaseError> {
    let mut random = Random(case.seed);
    let [channels, h, w] = case.shape;
    let map = Map::new(&case.kind, channels, &mut random);
    let x_ts = stored::<X>(case.shape, case.layouts[0], &mut random);
    let outputs = stored::<Y>(case.shape, case.layouts[1], &mut random);
    let [a, b] = case.weights;
    let [truth, magnitudes] = [(0, [a, b]), (1, [a.abs(), b.abs()])].map(|(i, weights)| Mixture {
        latents: [x_ts[i].latents().unwrap(), outputs[i].latents().unwrap()],
        weights,
    });
    let [x_t, output] = truth.latents;
    let estimate = Latents::denoised(&x_t, &output, Denoise::new(a, b).unwrap()).unwrap();
    for c in 0..channels {
        let (y, x) = (h - 1, w / 2);
        let get = |latents: &Latents<'_>| f64::from(latents.get(c, y, x).unwrap());
        let expected = f64::from(a) * get(&x_t) + f64::from(b) * get(&output);
        prop_assert_eq!(estimate.get(c, y, x), Some(expected as f32));
    }
    let scale = match case.kind {
        Kind::Tiny { scale, .. } => scale,
        _ => 1,
    };
    let (pixels, columns) = (scale * h * scale * w, scale * w);
    let decoded = |map: reference::Map<'_>, image: &dyn Image| -> Vec<[f64; 3]> {
        (0..pixels)
            .map(|p| reference::decode(map, image, p / columns, p % columns))
            .collect()
    };
    let expected = decoded(map.truth(), &truth);
    // A polynomial rounds its terms, and each estimate in them.
    let absolute = map.absolute();
    let sizes = absolute.map(|absolute| decoded((&absolute).into(), &magnitudes));
    let roundings = channels as f64 + 8.0;
    let error = |p: usize, o: usize| {
        Some(match &sizes {
            None => ERROR,
            Some(sizes) => sizes[p][o] * f64::from(f32::EPSILON) * roundings,
        })
    };
    for backend in Backend::available() {
        let mut out = vec![0xa5; pixels * case.format.bytes_per_pixel()];
        let non_finite = backend.preview_into(map.any(), &estimate, case.format, &mut out);
        prop_assert_eq!(non_finite, Ok(0));
        let checked = check_picture(case.format, &out, &expected, error);
        prop_assert!(checked.is_ok(), "{backend} {case:?}: {checked:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: support::cases(100), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_type(case in cases()) {
        check::<f32, f32>(&case)?;
        check::<f16, f16>(&case)?;
        check::<bf16, bf16>(&case)?;
    }

    #[test]
    fn two_types(case in cases()) {
        check::<f32, f16>(&case)?;
        check::<bf16, f32>(&case)?;
        check::<f16, bf16>(&case)?;
    }
}

/// The most common case in every width: tails begin and end everywhere, in pictures and in
/// rows.
#[test]
fn every_width() {
    for width in 1..=70 {
        for (channels, height, other) in [
            (3, 1, Layout::Planar),
            (4, 1, Layout::Planar),
            (5, 1, Layout::Planar),
            (4, 3, Layout::PaddedRows),
        ] {
            let case = Case {
                seed: width as u64,
                kind: Kind::Affine,
                shape: [channels, height, width],
                layouts: [Layout::Planar, other],
                weights: [1.5, -0.7],
                format: PixelFormat::Rgb8,
            };
            check::<f32, f32>(&case).unwrap();
            check::<f16, f16>(&case).unwrap();
            check::<bf16, f32>(&case).unwrap();
        }
    }
}

#[test]
fn non_finite_pixels_are_those_of_either_tensor() {
    for width in [2, 64] {
        let mut x_t = vec![0.0_f32; 4 * width];
        let mut output = x_t.clone();
        x_t[1] = f32::NAN;
        output[width] = f32::INFINITY;
        let mut out = vec![7; width * 3];
        let mut count = |a, b| {
            let x_t = Latents::planar(&x_t, [4, 1, width]).unwrap();
            let output = Latents::planar(&output, [4, 1, width]).unwrap();
            let denoise = Denoise::new(a, b).unwrap();
            let estimate = Latents::denoised(&x_t, &output, denoise).unwrap();
            Projection::SD_V1_4
                .preview_into(&estimate, PixelFormat::Rgb8, &mut out)
                .unwrap()
        };
        assert_eq!(count(0.5, 0.5), 2);
        // A tensor with weight 0 is not read.
        assert_eq!(count(0.5, 0.0), 1);
        assert_eq!(count(0.0, 2.0), 1);
        assert_eq!(count(1.0, 0.0), 1);
        assert_eq!(count(0.0, 1.0), 1);
        // Infinity minus infinity is NaN.
        x_t[width] = f32::INFINITY;
        let x_t = Latents::planar(&x_t, [4, 1, width]).unwrap();
        let output = Latents::planar(&output, [4, 1, width]).unwrap();
        let estimate = Latents::denoised(&x_t, &output, Denoise::new(1.0, -1.0).unwrap()).unwrap();
        assert!(estimate.get(1, 0, 0).unwrap().is_nan());
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let samples = [0.0_f32; 64];
    let latents = Latents::planar(&samples, [4, 4, 4]).unwrap();
    let denoise = Denoise::flow(0.5).unwrap();
    for shape in [[16, 2, 2], [4, 2, 8], [4, 8, 2]] {
        let other = Latents::planar(&samples, shape).unwrap();
        let error = Latents::denoised(&latents, &other, denoise).unwrap_err();
        let expected = PreviewError::OtherShape {
            expected: [4, 4, 4],
            actual: shape,
        };
        assert_eq!(error, expected);
    }
    let estimate = Latents::denoised(&latents, &latents, denoise).unwrap();
    for (x_t, output) in [(&estimate, &latents), (&latents, &estimate)] {
        let error = Latents::denoised(x_t, output, denoise).unwrap_err();
        assert_eq!(error, PreviewError::NestedEstimate);
    }
}

/// In noise, x0 is a small difference of large numbers. The error is no larger than the
/// documentation of `Denoise` says.
#[test]
fn large_weights_cost_what_the_docs_say() {
    use latent_preview::LatentFormat;

    let mut random = Random(7);
    for format in [LatentFormat::Sd1, LatentFormat::Flux1] {
        let shape = [format.channels(), 8, 12];
        let previewers = [format.previewer(), format.fast_previewer()].map(Result::unwrap);
        for alpha_cumprod in [1e-2, 1e-4, 6e-8, 1e-10] {
            let denoise = Denoise::epsilon(alpha_cumprod).unwrap();
            let [a, b] = [denoise.x_t(), denoise.model_output()].map(f64::from);
            let mut values = |size| -> Vec<f32> {
                let count = shape.iter().product();
                (0..count).map(|_| size * random.unit()).collect()
            };
            let (x0, epsilon) = (values(2.0), values(3.0));
            let pairs = || {
                x0.iter()
                    .zip(&epsilon)
                    .map(|(&x, &e)| (f64::from(x), f64::from(e)))
            };
            let x_t: Vec<_> = pairs().map(|(x, e)| ((x - b * e) / a) as f32).collect();
            let pairs = x_t.iter().zip(&epsilon);
            let exact: Vec<_> = pairs
                .map(|(&x, &e)| (a * f64::from(x) + b * f64::from(e)) as f32)
                .collect();
            let planar = |samples| Latents::planar(samples, shape).unwrap();
            let estimate = Latents::denoised(&planar(&x_t), &planar(&epsilon), denoise).unwrap();
            for previewer in &previewers {
                let rgb = |latents: &Latents<'_>| {
                    let preview = previewer.preview(latents, PixelFormat::RgbF32).unwrap();
                    preview.as_f32().unwrap().to_vec()
                };
                let (found, expected) = (rgb(&estimate), rgb(&planar(&exact)));
                let errors = found
                    .iter()
                    .zip(&expected)
                    .map(|(a, b)| 255.0 * (a - b).abs());
                let error = f64::from(errors.fold(0.0, f32::max));
                let limit = 1e-3 + 3e-5 * a.max(-b);
                assert!(error < limit, "{format} {alpha_cumprod}: {error} {limit}");
            }
        }
    }
}

/// Every previewer takes estimates, with the checks of its format.
#[test]
fn previewers_take_them() {
    use latent_preview::LatentFormat;

    let (x_t, output) = ([0.9_f32; 16 * 4], [0.4_f32; 16 * 4]);
    let x_t = Latents::planar(&x_t, [16, 2, 2]).unwrap();
    let output = Latents::planar(&output, [16, 2, 2]).unwrap();
    let denoise = Denoise::flow(0.5).unwrap();
    let clean = [0.7_f32; 16 * 4];
    let clean = Latents::planar(&clean, [16, 2, 2]).unwrap();
    let estimate = Latents::denoised(&x_t, &output, denoise).unwrap();
    for previewer in [
        &LatentFormat::Flux1.previewer().unwrap() as &dyn LatentPreview,
        &LatentFormat::Flux1.previewer_2x().unwrap(),
        &LatentFormat::Wan21.previewer().unwrap(),
    ] {
        let preview = previewer.preview_rgb(&estimate).unwrap();
        let expected = previewer.preview_rgb(&clean).unwrap();
        for (a, b) in preview.as_bytes().iter().zip(expected.as_bytes()) {
            assert!(a.abs_diff(*b) <= 1);
        }
    }
    let wrong = LatentFormat::Sd1.previewer().unwrap();
    assert!(matches!(
        wrong.preview_rgb(&estimate),
        Err(PreviewError::FormatChannels {
            format: LatentFormat::Sd1,
            ..
        })
    ));
}
