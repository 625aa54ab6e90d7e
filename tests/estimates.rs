//! Promise: the preview of an estimate of x0 is that of the mixed tensor, from
//! any two layouts and types, on every CPU.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::testing::{Backend, reference_decode, reference_display};
use latent_preview::{
    Denoise, LatentPreview, Latents, PixelFormat, PreviewError, Projection, Refined, Rounding,
    bf16, f16,
};
use proptest::prelude::*;
use support::{FromF32, Layout, Random, Stored};

#[derive(Clone, Copy, Debug)]
enum Kind {
    Linear,
    Affine,
    Quadratic,
    Small,
    Full,
}

impl Kind {
    fn projection(self, channels: usize, random: &mut Random) -> Projection {
        let scale = 0.5 / channels as f32;
        let bias = random.rows(1, 0.2)[0];
        let linear = random.rows(channels, scale);
        match self {
            Self::Linear => Projection::linear(linear),
            Self::Affine => Projection::affine(linear, bias),
            Self::Quadratic => {
                let pairs = random.rows(channels * (channels + 1) / 2, scale * scale);
                Projection::quadratic(bias, linear, pairs)
            }
            Self::Small => Refined::pixelwise(linear, bias)
                .and_then(|refined| refined.with_symmetric_kernel(0.4, 0.1, 0.05))
                .map(Projection::from),
            Self::Full => Refined::neighborhood(random.rows(9 * channels, scale / 9.0), bias)
                .and_then(|refined| refined.with_symmetric_kernel(0.4, 0.1, 0.05))
                .map(Projection::from),
        }
        .unwrap()
    }
}

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
    let kinds = [
        Kind::Linear,
        Kind::Affine,
        Kind::Quadratic,
        Kind::Small,
        Kind::Full,
    ];
    let formats = [
        PixelFormat::Rgb8,
        PixelFormat::Rgb8,
        PixelFormat::Rgba8,
        PixelFormat::RgbF32,
        PixelFormat::RgbF32Planar,
    ];
    let layout = || {
        prop_oneof![
            Just(Layout::Planar),
            proptest::sample::select(Layout::ALL.to_vec())
        ]
    };
    let weight = || prop_oneof![1 => Just(0.0_f32), 1 => Just(1.0), 6 => -3.0..3.0_f32];
    (
        any::<u64>(),
        proptest::sample::select(kinds.to_vec()),
        // Fewer pixels than a vector holds fit into the gather buffer with the most channels.
        prop_oneof![4 => Just(4_usize), 4 => 1..=20_usize, 1 => 129..=140_usize, 1 => Just(600)],
        (1..=12_usize, 1..=80_usize),
        [layout(), layout()],
        [weight(), weight()],
        proptest::sample::select(formats.to_vec()),
    )
        .prop_map(|(seed, kind, channels, (h, w), layouts, weights, format)| {
            // Many channels make every pixel expensive.
            let [h, w] = if channels == 600 {
                [1, w.min(40)]
            } else {
                [h, w]
            };
            Case {
                seed,
                // A product of so many channels is slow and nothing new.
                kind: match kind {
                    Kind::Quadratic if channels > 20 => Kind::Linear,
                    kind => kind,
                },
                shape: if layouts.iter().any(|layout| layout.is_packed()) {
                    [channels, h.next_multiple_of(2), w.next_multiple_of(2)]
                } else {
                    [channels, h, w]
                },
                layouts,
                weights,
                format,
            }
        })
}

fn stored<T: FromF32>(shape: [usize; 3], layout: Layout, random: &mut Random) -> Stored<T> {
    let [_, h, w] = shape;
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| random.unit() * 3.0)
        .collect();
    Stored::new(shape, layout, 1, T::from_f32(99.0), |c, y, x| {
        T::from_f32(values[(c * h + y) * w + x])
    })
}

fn check<X: FromF32, Y: FromF32>(case: &Case) -> Result<(), TestCaseError> {
    let mut random = Random(case.seed);
    let projection = case.kind.projection(case.shape[0], &mut random);
    let x_t = stored::<X>(case.shape, case.layouts[0], &mut random);
    let output = stored::<Y>(case.shape, case.layouts[1], &mut random);
    let (x_t, output) = (x_t.latents().unwrap(), output.latents().unwrap());
    let [a, b] = case.weights;
    let estimate = Latents::denoised(&x_t, &output, Denoise::new(a, b).unwrap()).unwrap();

    let [channels, h, w] = case.shape;
    for c in 0..channels {
        let (y, x) = (h - 1, w / 2);
        let get = |latents: &Latents<'_>| f64::from(latents.get(c, y, x).unwrap());
        let expected = f64::from(a) * get(&x_t) + f64::from(b) * get(&output);
        prop_assert_eq!(estimate.get(c, y, x), Some(expected as f32));
    }
    let reference: Vec<_> = (0..h * w)
        .map(|p| reference_decode(&projection, &estimate, p / w, p % w).map(reference_display))
        .collect();
    let mut out = vec![0; h * w * case.format.bytes_per_pixel()];
    for backend in Backend::available() {
        let nearest = Rounding::Nearest;
        let non_finite =
            backend.preview_into(&projection, &estimate, case.format, nearest, &mut out);
        prop_assert_eq!(non_finite, Ok(0));
        for (p, rgb) in reference.iter().enumerate() {
            for (o, &expected) in rgb.iter().enumerate() {
                let float = |index: usize| {
                    let bytes = out[index * 4..][..4].try_into().unwrap();
                    f64::from(f32::from_ne_bytes(bytes))
                };
                // Half a level where levels are written, and what f32 loses in between.
                let (actual, allowed) = match case.format {
                    PixelFormat::Rgb8 => (f64::from(out[p * 3 + o]) / 255.0, 0.502 / 255.0),
                    PixelFormat::Rgba8 => (f64::from(out[p * 4 + o]) / 255.0, 0.502 / 255.0),
                    PixelFormat::RgbF32 => (float(p * 3 + o), 5e-6),
                    _ => (float(o * h * w + p), 5e-6),
                };
                prop_assert!(
                    (actual - expected).abs() <= allowed,
                    "{backend} {case:?} pixel {p} output {o}: {actual} for {expected}"
                );
            }
        }
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

/// The commonest case, of every width: where tails begin and end.
#[test]
fn every_width() {
    for width in 1..=70 {
        for channels in [3, 4, 5] {
            let case = Case {
                seed: width as u64,
                kind: Kind::Affine,
                shape: [channels, 1, width],
                layouts: [Layout::Planar; 2],
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
        // What has no weight is not looked at.
        assert_eq!(count(0.5, 0.0), 1);
        assert_eq!(count(0.0, 2.0), 1);
        assert_eq!(count(1.0, 0.0), 1);
        assert_eq!(count(0.0, 1.0), 1);
        // Infinity minus infinity is no number either.
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
    for previewer in [
        &LatentFormat::Flux1.previewer() as &dyn LatentPreview,
        &LatentFormat::Wan21.previewer(),
    ] {
        let preview = previewer.preview_denoised(&x_t, &output, denoise).unwrap();
        let expected = previewer.preview_rgb(&clean).unwrap();
        for (a, b) in preview.as_bytes().iter().zip(expected.as_bytes()) {
            assert!(a.abs_diff(*b) <= 1);
        }
    }
    let wrong = LatentFormat::Sd1.previewer();
    assert!(wrong.preview_denoised(&x_t, &output, denoise).is_err());
}
