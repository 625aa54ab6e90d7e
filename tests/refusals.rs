//! Promise: bad input is refused with an error that states the expected and the actual value,
//! and nothing is written.

#![cfg(feature = "alloc")]

mod support;

use latent_preview::{
    LatentImages, LatentPreview, Latents, PackOrder, PixelFormat, PreviewError, Projection,
    Refined, TinyDecoder, TinyLayer, linear_decode,
};
use support::output::FORMATS;

const HUGE: usize = usize::MAX;

fn latents_of(samples: &[f32], shape: [usize; 3]) -> Latents<'_> {
    Latents::planar(samples, shape).unwrap()
}

#[test]
fn the_sample_count_must_match_the_shape() {
    let samples = [0.0_f32; 24];
    for actual in [0, 23] {
        let short = &samples[..actual];
        let error = Some(PreviewError::SampleCount {
            expected: 24,
            actual,
        });
        let order = PackOrder::ChannelFirst;
        assert_eq!(Latents::planar(short, [4, 2, 3]).err(), error);
        assert_eq!(Latents::interleaved(short, [2, 3, 4]).err(), error);
        assert_eq!(Latents::interleaved_batch(short, [2, 2, 2, 3]).err(), error);
        assert_eq!(Latents::video(short, [2, 3, 2, 2]).err(), error);
        assert_eq!(Latents::batch(short, [2, 3, 2, 2]).err(), error);
        assert_eq!(Latents::packed_planes(short, [4, 2, 3], order).err(), error);
        assert_eq!(Latents::strided(short, [4, 2, 3], [6, 3, 1]).err(), error);
        // Tokens are counted in patches, and the message says so.
        let error = Some(PreviewError::PatchCount {
            expected: 24,
            actual,
        });
        assert_eq!(Latents::packed_tokens(short, [2, 3, 4], order).err(), error);
        let batch = Latents::packed_tokens_batch(short, [1, 2, 3, 4], order);
        assert_eq!(batch.err(), error);
    }
    // A longer slice is wrong too, unless strides describe it.
    assert_eq!(
        Latents::planar(&samples, [4, 2, 2]).err(),
        Some(PreviewError::SampleCount {
            expected: 16,
            actual: 24
        })
    );
    assert!(Latents::strided(&samples, [4, 2, 2], [4, 2, 1]).is_ok());
}

#[test]
fn no_dimension_may_be_zero() {
    let none: [f32; 0] = [];
    for index in 0..3 {
        let mut shape = [2, 2, 2];
        shape[index] = 0;
        let error = Some(PreviewError::ZeroDimension { index });
        assert_eq!(Latents::planar(&none, shape).err(), error);
        assert_eq!(Latents::interleaved(&none, shape).err(), error);
        assert_eq!(Latents::strided(&none, shape, [4, 2, 1]).err(), error);
    }
    assert_eq!(
        Latents::video(&none, [4, 0, 2, 2]).err(),
        Some(PreviewError::ZeroDimension { index: 1 })
    );
    assert_eq!(
        Latents::interleaved_batch(&none, [4, 2, 0, 2]).err(),
        Some(PreviewError::ZeroDimension { index: 2 })
    );
}

#[test]
fn overflowing_shapes_and_strides_are_refused() {
    let samples = [0.0_f32; 4];
    let overflow = Some(PreviewError::ShapeOverflow);
    for shape in [[HUGE, 2, 1], [1 << 40, 1 << 40, 4], [HUGE, HUGE, HUGE]] {
        assert_eq!(Latents::planar(&samples, shape).err(), overflow);
        assert_eq!(Latents::interleaved(&samples, shape).err(), overflow);
        assert_eq!(Latents::strided(&samples, shape, [4, 2, 1]).err(), overflow);
    }
    assert_eq!(
        Latents::batch(&samples, [HUGE / 2, 1, 3, 1]).err(),
        overflow
    );
    assert_eq!(
        Latents::interleaved_batch(&samples, [HUGE / 2, 1, 1, 3]).err(),
        overflow
    );
    for strides in [[HUGE, 1, 1], [HUGE / 2 + 1, 2, 1]] {
        assert_eq!(
            Latents::strided(&samples, [3, 2, 2], strides).err(),
            overflow
                .clone()
                .filter(|_| strides[1] != strides[2])
                .or(Some(PreviewError::OverlappingStrides)),
        );
    }
}

#[test]
fn positions_may_not_share_a_sample() {
    let samples = [0.0_f32; 64];
    for strides in [
        [0, 4, 1],
        [16, 0, 1],
        [16, 4, 0],
        [1, 1, 1],
        [16, 3, 1],
        [4, 4, 1],
    ] {
        assert_eq!(
            Latents::strided(&samples, [4, 4, 4], strides).err(),
            Some(PreviewError::OverlappingStrides),
            "{strides:?}"
        );
    }
    // The stride of an axis of length 1 is not used.
    assert!(Latents::strided(&samples, [1, 4, 4], [0, 4, 1]).is_ok());
    assert!(Latents::strided(&samples, [4, 1, 4], [4, HUGE, 1]).is_ok());
}

#[test]
fn packed_channels_come_in_fours() {
    let samples = [0.0_f32; 24];
    for order in [PackOrder::ChannelFirst, PackOrder::PatchFirst] {
        let error = Some(PreviewError::PackedChannels { actual: 6 });
        assert_eq!(
            Latents::packed_tokens(&samples, [2, 2, 6], order).err(),
            error
        );
        assert_eq!(
            Latents::packed_planes(&samples, [6, 2, 2], order).err(),
            error
        );
    }
}

/// The tensor's own shape, `[1, tokens, values]`, would be a picture of two rows.
#[test]
fn tokens_in_one_line_are_no_picture() {
    let samples = [0.0_f32; 4 * 4 * 64];
    let order = PackOrder::ChannelFirst;
    for tokens in [63, 64, 128] {
        let (one, two) = (&samples[..4 * tokens], &samples[..8 * tokens]);
        let error = Some(PreviewError::TokensInLine { tokens, values: 4 });
        let expected = error.filter(|_| tokens >= 64);
        for [rows, columns] in [[1, tokens], [tokens, 1]] {
            let image = Latents::packed_tokens(one, [rows, columns, 4], order);
            assert_eq!(image.err(), expected);
            let batch = Latents::packed_tokens_batch(two, [2, rows, columns, 4], order);
            assert_eq!(batch.err(), expected);
        }
        assert!(Latents::packed_tokens(two, [2, tokens, 4], order).is_ok());
    }
}

#[test]
fn latents_have_at_most_128_channels_after_unpacking() {
    type Made<'a> = Result<Latents<'a>, PreviewError>;
    let first = |images: Result<LatentImages<'_>, PreviewError>| -> Result<_, _> {
        images.map(|mut images| images.next().map(|image| image.channels()))
    };
    let samples = [0.0_f32; 4 * 129];
    for channels in [128, 129] {
        let (plain, packed) = (&samples[..channels], &samples[..4 * channels]);
        let order = PackOrder::PatchFirst;
        let made: [Made<'_>; 5] = [
            Latents::planar(plain, [channels, 1, 1]),
            Latents::interleaved(plain, [1, 1, channels]),
            Latents::strided(plain, [channels, 1, 1], [1, 1, 1]),
            Latents::packed_tokens(packed, [1, 1, 4 * channels], order),
            Latents::packed_planes(packed, [4 * channels, 1, 1], order),
        ];
        let expected = match channels {
            128 => Ok(Some(128)),
            actual => Err(PreviewError::TooManyChannels { actual }),
        };
        for made in made {
            assert_eq!(made.map(|latents| Some(latents.channels())), expected);
        }
        let batch = Latents::batch(packed, [4, channels, 1, 1]);
        assert_eq!(first(batch), expected);
        let batch = Latents::interleaved_batch(packed, [4, 1, 1, channels]);
        assert_eq!(first(batch), expected);
        let video = Latents::video(packed, [channels, 4, 1, 1]);
        assert_eq!(first(video), expected);
    }
}

#[test]
fn maps_have_at_most_128_channels() {
    type Made = Result<Projection, PreviewError>;
    let rows = |count| vec![[0.001; 3]; count];
    let tensor = |count: usize| vec![0.001_f32; 3 * count];
    for c in [128, 129] {
        let (pairs, triples) = (c * (c + 1) / 2, c * (c + 1) * (c + 2) / 6);
        let made: [Made; 8] = [
            Projection::linear(rows(c)),
            Projection::affine(rows(c), [0.0; 3]),
            Projection::quadratic([0.0; 3], rows(c), rows(pairs)),
            Projection::cubic([0.0; 3], rows(c), rows(pairs), rows(triples)),
            Projection::quadratic_from_tensors(&tensor(c * c), &tensor(c), [0.0; 3]),
            Projection::cubic_from_tensors(
                &tensor(c * c * c),
                &tensor(c * c),
                &tensor(c),
                [0.0; 3],
            ),
            Refined::conv1x1(rows(c), [0.0; 3]).map(Projection::from),
            Refined::conv3x3(rows(9 * c), [0.0; 3]).map(Projection::from),
        ];
        for made in made {
            let expected = match c {
                128 => Ok(128),
                actual => Err(PreviewError::TooManyChannels { actual }),
            };
            assert_eq!(made.map(|projection| projection.channels()), expected);
        }
        let layer = TinyLayer {
            kernel_size: 1,
            channels: 1,
        };
        let weights = vec![0.0; 1 + c + 3 + 3 + 3 * c];
        let expected = match c {
            128 => Ok(128),
            actual => Err(PreviewError::TinyDecoder {
                rule: "takes 1 to 128 latent channels",
                actual,
            }),
        };
        let made = TinyDecoder::new(c, &[layer], 1, weights);
        assert_eq!(made.map(|decoder| decoder.channels()), expected);

        let mut out = [7.0; 3];
        let decoded = linear_decode(&vec![1.0_f32; c], &rows(c), &mut out);
        if c == 128 {
            assert_eq!(decoded, Ok(()));
            assert!(out.iter().all(|value| (value - 0.128).abs() < 1e-6));
        } else {
            assert_eq!(decoded, Err(PreviewError::TooManyChannels { actual: c }));
            assert_eq!(out, [7.0; 3]);
            // Without pixels too.
            let decoded = linear_decode(&[0.0_f32; 0], &rows(c), &mut []);
            assert_eq!(decoded, Err(PreviewError::TooManyChannels { actual: c }));
        }
    }
    // For any number of rows, nothing is multiplied before they are counted.
    let too_many = Some(PreviewError::TooManyChannels { actual: 100_000 });
    let none: &'static [[f32; 3]] = &[];
    let cubic = Projection::cubic([0.0; 3], rows(100_000), none, none);
    assert_eq!(cubic.err(), too_many);
    let cubic = Projection::cubic_from_tensors(&[], &[], &tensor(100_000), [0.0; 3]);
    assert_eq!(cubic.err(), too_many);
}

#[test]
fn the_channels_must_be_the_projections() {
    let samples = [0.0_f32; 16 * 4];
    let latents = latents_of(&samples, [16, 2, 2]);
    let error = PreviewError::ChannelCount {
        expected: 4,
        actual: 16,
    };
    assert_eq!(
        Projection::SD_V1_4.preview_rgb(&latents).err(),
        Some(error.clone())
    );
}

#[test]
fn the_buffer_must_fit_and_is_untouched_if_not() {
    let samples = [0.5_f32; 16];
    let latents = latents_of(&samples, [4, 2, 2]);
    for format in FORMATS {
        let expected = 4 * format.bytes_per_pixel();
        for actual in [0, expected - 1, expected + 1] {
            let mut out = vec![0xa5; actual];
            assert_eq!(
                Projection::SD_V1_4.preview_into(&latents, format, &mut out),
                Err(PreviewError::BufferSize {
                    size: [2, 2],
                    format,
                    expected,
                    actual
                })
            );
            assert!(out.iter().all(|&byte| byte == 0xa5));
        }
    }
    // A wrong channel count also leaves a buffer of the right size untouched.
    let other = latents_of(&samples, [1, 4, 4]);
    let mut out = [0xa5; 48];
    assert!(
        Projection::SD_V1_4
            .preview_into(&other, PixelFormat::Rgb8Truncated, &mut out)
            .is_err()
    );
    assert_eq!(out, [0xa5; 48]);
}

#[test]
fn coefficients_must_be_finite_and_complete() {
    let none: &'static [[f32; 3]] = &[];
    let count = |expected, actual| Some(PreviewError::CoefficientCount { expected, actual });
    assert_eq!(Projection::linear(none).err(), count(1, 0));
    assert_eq!(Projection::affine(none, [0.0; 3]).err(), count(1, 0));
    assert_eq!(
        Projection::quadratic([0.0; 3], vec![[0.0; 3]; 4], vec![[0.0; 3]; 9]).err(),
        count(10, 9)
    );
    assert_eq!(
        Projection::cubic(
            [0.0; 3],
            vec![[0.0; 3]; 4],
            vec![[0.0; 3]; 10],
            vec![[0.0; 3]; 21]
        )
        .err(),
        count(20, 21)
    );
    assert_eq!(
        Projection::quadratic_from_tensors(&[0.0; 48], &[0.0; 11], [0.0; 3]).err(),
        count(9, 11)
    );
    assert_eq!(
        Projection::quadratic_from_tensors(&[0.0; 47], &[0.0; 12], [0.0; 3]).err(),
        count(48, 47)
    );
    assert_eq!(
        Projection::cubic_from_tensors(&[0.0; 191], &[0.0; 48], &[0.0; 12], [0.0; 3]).err(),
        count(192, 191)
    );

    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let error = Some(PreviewError::NonFiniteCoefficient { index: 4 });
        let rows = vec![[0.0; 3], [0.0, bad, 0.0]];
        assert_eq!(Projection::linear(rows.clone()).err(), error);
        assert_eq!(Projection::affine(rows.clone(), [0.0; 3]).err(), error);
        assert_eq!(
            Projection::affine(&[[0.0; 3]], [0.0, 0.0, bad]).err(),
            Some(PreviewError::NonFiniteCoefficient { index: 2 })
        );
        let mut out = [0.0; 3];
        assert_eq!(linear_decode(&[0.0_f32; 2], &rows, &mut out).err(), error);
    }
}

#[test]
fn linear_decode_checks_its_slices() {
    let mut out = [7.0; 6];
    assert_eq!(
        linear_decode(&[0.0_f32; 4], &[], &mut out),
        Err(PreviewError::CoefficientCount {
            expected: 1,
            actual: 0
        })
    );
    assert_eq!(
        linear_decode(&[0.0_f32; 5], &[[0.0; 3]; 2], &mut out),
        Err(PreviewError::UnevenPlanes {
            samples: 5,
            channels: 2
        })
    );
    assert_eq!(
        linear_decode(&[0.0_f32; 6], &[[0.0; 3]; 2], &mut out),
        Err(PreviewError::FloatCount {
            expected: 9,
            actual: 6
        })
    );
    assert_eq!(out, [7.0; 6]);
    // An empty picture is not an error.
    assert_eq!(
        linear_decode(&[0.0_f32; 0], &[[0.0; 3]; 2], &mut []),
        Ok(())
    );
}
