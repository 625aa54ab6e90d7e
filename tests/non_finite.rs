//! Promise: NaN shows as 0, +infinity as the largest value, -infinity as 0, on every backend,
//! and such pixels are counted.

#![cfg(all(feature = "alloc", feature = "testing"))]

mod support;

use latent_preview::testing::Backend;
use latent_preview::{
    LatentPreview, Latents, PixelFormat, Preview, Projection, Refined, linear_decode,
};
use support::output::FORMATS;

/// A width that has full vectors and a rest on every backend.
const WIDTH: usize = 97;

/// One channel: R rises with it, G falls, B rises twice as fast.
fn projection() -> Projection {
    Projection::linear(&[[1.0, -1.0, 2.0]]).unwrap()
}

/// Zeros with `value` at one position.
fn row(position: usize, value: f32) -> [f32; WIDTH] {
    let mut row = [0.0; WIDTH];
    row[position] = value;
    row
}

#[test]
fn non_finite_latents_become_the_ends_of_the_range() {
    let cases = [
        (f32::NAN, [0, 0, 0]),
        (-f32::NAN, [0, 0, 0]),
        (f32::INFINITY, [255, 0, 255]),
        (f32::NEG_INFINITY, [0, 255, 0]),
        // Levels beyond the range of i32.
        (2e7, [255, 0, 255]),
        (-1e12, [0, 255, 0]),
        // Finite, but beyond f32 once projected: this makes no NaN.
        (f32::MAX, [255, 0, 255]),
        (f32::MIN, [0, 255, 0]),
    ];
    for backend in Backend::available() {
        for (value, expected) in cases {
            for position in 0..WIDTH {
                let samples = row(position, value);
                let latents = Latents::planar(&samples, [1, 1, WIDTH]).unwrap();
                for (format, gray) in [(PixelFormat::Rgb8, 128), (PixelFormat::Rgb8Truncated, 127)]
                {
                    let mut out = [0; WIDTH * 3];
                    let count = backend
                        .preview_into(&projection(), &latents, format, &mut out)
                        .unwrap();
                    for (x, pixel) in out.chunks(3).enumerate() {
                        let expected = if x == position { expected } else { [gray; 3] };
                        assert_eq!(pixel, expected, "{backend} {format:?} {value} at {x}");
                    }
                    assert_eq!(count, usize::from(!value.is_finite()), "{backend} {value}");
                }
            }
        }
    }
}

fn preview(samples: &[f32], format: PixelFormat) -> Preview {
    let latents = Latents::planar(samples, [1, 1, samples.len()]).unwrap();
    projection().preview(&latents, format).unwrap()
}

#[test]
fn float_outputs_hold_no_nan_and_stay_in_range() {
    let samples = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0];
    assert_eq!(
        preview(&samples, PixelFormat::RgbF32).as_f32().unwrap(),
        [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.5, 0.5, 0.5]
    );
    assert_eq!(
        preview(&samples, PixelFormat::RgbF32Planar)
            .as_f32()
            .unwrap(),
        [0.0, 1.0, 0.0, 0.5, 0.0, 0.0, 1.0, 0.5, 0.0, 1.0, 0.0, 0.5]
    );
}

#[test]
fn the_preview_counts_non_finite_pixels() {
    // Two channels; one pixel is bad in both, two in one each.
    let mut samples = [0.0_f32; 2 * WIDTH];
    for index in [3, 50, WIDTH + 3, WIDTH + 96] {
        samples[index] = f32::NAN;
    }
    let latents = Latents::planar(&samples, [2, 1, WIDTH]).unwrap();
    let projection = Projection::linear(&[[1.0; 3], [0.0; 3]]).unwrap();
    for format in FORMATS {
        let preview = projection.preview(&latents, format).unwrap();
        assert_eq!(preview.non_finite(), 3, "{format:?}");
    }
}

#[test]
fn decoder_range_passes_them_through() {
    let mut rgb = [0.0; 9];
    let samples = [f32::NAN, f32::INFINITY, 2.0];
    linear_decode(&samples, &[[1.0, -1.0, 2.0]], &mut rgb).unwrap();
    let picture = preview(&samples, PixelFormat::DecoderF32);
    assert_eq!(picture.non_finite(), 2);
    for rgb in [&rgb, picture.as_f32().unwrap()] {
        assert!(rgb[..3].iter().all(|value| value.is_nan()));
        assert_eq!(
            rgb[3..],
            [
                f32::INFINITY,
                f32::NEG_INFINITY,
                f32::INFINITY,
                2.0,
                -2.0,
                4.0
            ]
        );
    }
}

#[test]
fn colors_take_infinity_for_the_end_of_their_range() {
    let halves = vec![[0.5, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.5]];
    let (pairs, triples) = (vec![[0.0; 3]; 6], vec![[0.0; 3]; 10]);
    let refined = Refined::conv1x1(vec![[1.0; 3]], [0.0; 3])
        .and_then(|refined| refined.with_colors([0.0; 3], halves, pairs, triples));
    let projection = Projection::Refined(refined.unwrap());
    let samples = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0];
    let latents = Latents::planar(&samples, [1, 1, 4]).unwrap();
    let preview = projection.preview_rgb(&latents).unwrap();
    let end = |value: f64| (127.5 + 127.5 * 0.5 * value).round_ties_even() as u8;
    let expected = [0, end(1.25), end(-1.25), 128].map(|level| [level; 3]);
    assert_eq!(preview.as_bytes(), expected.as_flattened());
    assert_eq!(preview.non_finite(), 3);
}

#[test]
fn a_constant_that_the_range_takes_beyond_f32_may_cancel() {
    // 2^122 - 2^120 * 4 = 0, but 127.5 * 2^122 is infinite.
    let large = 2.0_f32.powi(120);
    for channels in [1, 4, 5] {
        let mut rows = vec![[0.0; 3]; channels];
        rows[0] = [-large; 3];
        let projection = Projection::affine(rows, [4.0 * large; 3]).unwrap();
        let samples = [
            [4.0_f32; WIDTH],
            [0.0; WIDTH],
            [0.0; WIDTH],
            [0.0; WIDTH],
            [0.0; WIDTH],
        ];
        let samples = &samples.as_flattened()[..channels * WIDTH];
        let latents = Latents::planar(samples, [channels, 1, WIDTH]).unwrap();
        let preview = projection.preview_rgb(&latents).unwrap();
        assert_eq!(preview.as_bytes(), [128; WIDTH * 3], "{channels}");
    }
}

#[test]
fn enormous_coefficients_leave_zero_gray() {
    let rows = vec![[f32::MAX, f32::MIN, 1e38]; 4];
    let mut samples = [0.0_f32; 4 * WIDTH];
    samples[5] = 1.0;
    let latents = Latents::planar(&samples, [4, 1, WIDTH]).unwrap();
    let preview = Projection::linear(rows)
        .unwrap()
        .preview_rgb(&latents)
        .unwrap();
    for (x, pixel) in preview.as_bytes().chunks(3).enumerate() {
        let expected = if x == 5 { [255, 0, 255] } else { [128; 3] };
        assert_eq!(pixel, expected, "at {x}");
    }
}
