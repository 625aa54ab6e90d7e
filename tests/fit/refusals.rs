//! Pairs and fits that are refused, and the messages.

use latent_preview::fit::{Fit, FitError, FitKind, Pairs, RefinedShape, Target};
use latent_preview::{LatentPreview, Latents, PixelFormat, PreviewError, Projection};

use super::{Random, SIDE, pairs, planar, samples};

#[test]
fn what_cannot_be_determined_is_refused() {
    let empty = Pairs::new(4);
    let affine = Fit::new(FitKind::Affine);
    let gray = Projection::affine(vec![[0.0; 3]; 4], [0.0; 3]).unwrap();
    assert_eq!(affine.run(&empty, None).unwrap_err(), FitError::NoPairs);
    assert_eq!(empty.score(&gray), Err(FitError::NoPairs));

    // The third channel does not vary; the fourth is the first.
    let mut random = Random(100);
    let mut samples = samples(&mut random, 4);
    let plane = SIDE * SIDE;
    let gray = vec![100; 3 * plane];
    let pair = |samples: &[f32]| {
        let mut pairs = Pairs::new(4);
        let target = Target::rgb8(&gray, [SIDE, SIDE]).unwrap();
        pairs.add(&planar(samples, 4), target).unwrap();
        pairs
    };
    samples.copy_within(..plane, 3 * plane);
    for kind in [
        FitKind::Linear,
        FitKind::Affine,
        FitKind::Refined(RefinedShape::SMALL),
    ] {
        let error = Fit::new(kind).run(&pair(&samples), None).unwrap_err();
        assert_eq!(error, FitError::IllConditioned { channel: 3 });
    }
    samples[2 * plane..3 * plane].fill(0.5);
    let error = affine.run(&pair(&samples), None).unwrap_err();
    assert_eq!(error, FitError::IllConditioned { channel: 2 });
    assert!(error.to_string().contains("channel 2 does not vary"));
    // As the message says, a ridge helps against both.
    for kind in [FitKind::Affine, FitKind::Refined(RefinedShape::SMALL)] {
        let calmed = Fit::new(kind).ridge(1e-3).run(&pair(&samples), None);
        assert!(calmed.unwrap().train.psnr > 40.0, "{kind:?}");
    }

    let mut small = Pairs::new(4);
    let latents = Latents::planar(&samples[..4 * 34], [4, 2, 17]).unwrap();
    small
        .add(&latents, Target::rgb8(&gray[..3 * 34], [2, 17]).unwrap())
        .unwrap();
    let error = Fit::new(FitKind::Cubic).run(&small, None).unwrap_err();
    let (needed, actual) = (35, 34);
    assert_eq!(error, FitError::TooFewPixels { needed, actual });

    // The products of that many unknowns would take a terabyte.
    let mut wide = Pairs::new(128);
    let values: Vec<_> = (0..128 * 256).map(|i| (i * i % 1009) as f32).collect();
    let latents = Latents::planar(&values, [128, 16, 16]).unwrap();
    let target = Target::rgb8(&[99; 256 * 3], [16, 16]).unwrap();
    wide.add(&latents, target).unwrap();
    let cubic = Fit::new(FitKind::Cubic).ridge(1.0);
    let error = cubic.run(&wide, None).unwrap_err();
    let (needed, limit) = (366_145, 10_000);
    assert_eq!(error, FitError::TooManyUnknowns { needed, limit });

    let mut small = Pairs::new(5);
    let latents = Latents::planar(&samples[..10], [5, 1, 2]).unwrap();
    let target = Target::rgb8(&gray[..6], [1, 2]).unwrap();
    small.add(&latents, target).unwrap();
    let (pairs, mut passes) = (pair(&samples), 0);
    let mut progress = |_| passes += 1;
    let error = affine.run_with_progress(&pairs, Some(&small), &mut progress);
    let (expected, actual) = (4, 5);
    assert_eq!(error.unwrap_err(), FitError::Channels { expected, actual });
    let error = affine.run_with_progress(&pairs, Some(&empty), &mut progress);
    assert_eq!(error.unwrap_err(), FitError::NoPairs);
    assert_eq!(passes, 0, "refused before anything is fitted");
}

#[test]
fn wrong_pairs_are_refused() {
    let picture = [0; 3 * 8 * 8];
    let target = |size| Target::rgb8(&picture[..3 * size], [1, size]);
    let error = Target::rgb8(&picture, [8, 7]).unwrap_err();
    let (expected, actual) = (168, 192);
    assert_eq!(error, FitError::PixelCount { expected, actual });
    let huge = Target::rgb8(&picture, [usize::MAX, 2]).unwrap_err();
    assert_eq!(huge, PreviewError::ShapeOverflow.into());
    for bad in [-0.1, 1.1, f32::NAN] {
        let error = Target::rgb_f32(&[0.0, 1.0, bad], [1, 1]).unwrap_err();
        assert_eq!(error, FitError::TargetRange { index: 2 });
    }

    let mut pairs = Pairs::new(2);
    let samples = [0.0_f32, 1.0, 2.0, f32::INFINITY];
    let latents = Latents::planar(&samples, [2, 1, 2]).unwrap();
    let error = pairs.add(&latents, target(3).unwrap()).unwrap_err();
    let (latents_size, target_size) = ([1, 2], [1, 3]);
    assert_eq!(
        error,
        FitError::TargetSize {
            latents: latents_size,
            target: target_size
        }
    );
    // Twice as wide, but not twice as high.
    assert!(pairs.add(&latents, target(4).unwrap()).is_err());
    let error = pairs.add(&latents, target(2).unwrap()).unwrap_err();
    let position = [1, 0, 1];
    assert_eq!(error, FitError::NonFiniteSample { position });
    let one = Latents::planar(&samples[..2], [1, 1, 2]).unwrap();
    let error = pairs.add(&one, target(2).unwrap()).unwrap_err();
    let (expected, actual) = (2, 1);
    assert_eq!(error, FitError::Channels { expected, actual });
    assert!(pairs.is_empty());
}

/// Takes four channels and makes pictures of twice the size.
struct Double;

impl LatentPreview for Double {
    fn channels(&self) -> usize {
        4
    }

    fn scale(&self) -> usize {
        2
    }

    fn preview_into(
        &self,
        _: &Latents<'_>,
        _: PixelFormat,
        _: &mut [u8],
    ) -> Result<usize, PreviewError> {
        Ok(0)
    }
}

#[test]
fn refusals_say_what_to_call() {
    let truth = Projection::affine(Random(110).rows(4, 0.2), [0.0; 3]).unwrap();
    let pairs = pairs(&truth, 1, 0.0, 111);
    let large = pairs.score(&Double).unwrap_err();
    assert_eq!(large, FitError::Scale { scale: 2 });
    let samples = [0.0_f32; 5];
    let latents = Latents::planar(&samples, [5, 1, 1]).unwrap();
    let target = Target::rgb8(&[0; 3], [1, 1]).unwrap();
    let channels = pairs.clone().add(&latents, target).unwrap_err();
    let pixels = Target::rgb8(&[0; 2 * 192], [8, 8]).unwrap_err();
    for (error, said) in [
        (large, "are 2 times as high and as wide as the latents"),
        (
            channels,
            "the pairs have 4 latent channels, the others have 5: use separate `Pairs` or a \
             separate `Learner` for each format",
        ),
        (
            pixels,
            "a picture of this size has 192 values, the slice holds 384: give [height, width] and three values per pixel to `Target::rgb8`",
        ),
    ] {
        let text = error.to_string();
        assert!(text.contains(said), "{text}");
        assert!(!text.contains("batch") && !text.contains("the projection takes"));
    }
}
