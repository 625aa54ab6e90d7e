//! Promise: a fit finds the projection that made the pictures, scores it on unseen pairs, and
//! refuses pairs that do not determine it.

#![cfg(feature = "fit")]

mod support;

use latent_preview::fit::{
    Disturbance, Fit, FitError, FitKind, Fitted, Pairs, RefinedShape, Target,
};
use latent_preview::{LatentPreview, Latents, PixelFormat, PreviewError, Projection, Refined};
use support::Random;

const SIDE: usize = 24;

/// Independent latents between -1 and 1.
fn samples(random: &mut Random, channels: usize) -> Vec<f32> {
    (0..channels * SIDE * SIDE).map(|_| random.unit()).collect()
}

fn planar(samples: &[f32], channels: usize) -> Latents<'_> {
    Latents::planar(samples, [channels, SIDE, SIDE]).unwrap()
}

/// The picture that the `f64` reference makes of latents, in decoder range.
fn decode(projection: &Projection, latents: &Latents<'_>) -> Vec<[f64; 3]> {
    let columns = |y| (0..latents.width()).map(move |x| (y, x));
    let places = (0..latents.height()).flat_map(columns);
    places
        .map(|(y, x)| support::reference::decode(projection, latents, y, x))
        .collect()
}

/// The same with noise, clamped to 0 to 1.
fn picture(projection: &Projection, latents: &Latents<'_>, noise: f32, seed: u64) -> Vec<f32> {
    let mut random = Random(seed);
    let decoded = decode(projection, latents);
    decoded
        .into_iter()
        .flatten()
        .map(|value| ((value as f32 + 1.0) / 2.0 + noise * random.unit()).clamp(0.0, 1.0))
        .collect()
}

/// Pairs of random latents and their pictures by `projection`.
fn pairs(projection: &Projection, images: usize, noise: f32, seed: u64) -> Pairs {
    let channels = projection.channels();
    let mut random = Random(seed);
    let mut pairs = Pairs::new(channels);
    for image in 0..images {
        let samples = samples(&mut random, channels);
        let latents = planar(&samples, channels);
        let picture = picture(projection, &latents, noise, seed + image as u64);
        let target = Target::rgb_f32(&picture, [SIDE, SIDE]).unwrap();
        pairs.add(&latents, target).unwrap();
    }
    pairs
}

fn fit(kind: FitKind, pairs: &Pairs) -> Fitted {
    Fit::new(kind).run(pairs, None).unwrap()
}

fn assert_near(actual: &[[f32; 3]], expected: &[[f32; 3]], what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (i, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        for (a, b) in actual.iter().zip(expected) {
            assert!((a - b).abs() < 1e-4, "{what}, row {i}: {a} for {b}");
        }
    }
}

/// The largest difference between two projections on unseen latents.
fn difference(a: &Projection, b: &Projection) -> f64 {
    let samples = samples(&mut Random(99), a.channels());
    let latents = planar(&samples, a.channels());
    let (a, b) = (decode(a, &latents), decode(b, &latents));
    let values = a.iter().flatten().zip(b.iter().flatten());
    values.fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
}

#[test]
fn linear_and_affine_coefficients_are_recovered() {
    for channels in [1, 4, 16] {
        let mut random = Random(channels as u64);
        let rows = random.rows(channels, 0.9 / channels as f32);
        let linear = Projection::linear(rows.clone()).unwrap();
        let fitted = fit(FitKind::Linear, &pairs(&linear, 1, 0.0, 1)).projection;
        let Projection::Linear(found) = &fitted else {
            panic!("{fitted:?}");
        };
        assert_near(found.linear(), &rows, "linear");

        let bias = [0.05, -0.03, 0.02];
        let affine = Projection::affine(rows.clone(), bias).unwrap();
        let fitted = fit(FitKind::Affine, &pairs(&affine, 1, 0.0, 2));
        let Projection::Affine(found) = &fitted.projection else {
            panic!("{fitted:?}");
        };
        assert_near(found.linear(), &rows, "affine");
        assert_near(&[found.constant()], &[bias], "bias");
        // Only the rounding to levels is left.
        assert!(fitted.train.psnr > 55.0, "{:?}", fitted.train);
        assert!(fitted.train.r2.iter().all(|&r2| r2 > 0.99));
    }
}

#[test]
fn quadratic_and_cubic_coefficients_are_recovered() {
    for channels in [1, 3, 4] {
        let mut random = Random(10 + channels as u64);
        let constant = [0.02, -0.05, 0.1];
        let linear = random.rows(channels, 0.3 / channels as f32);
        let pair_rows = random.rows(channels * (channels + 1) / 2, 0.05);
        let triples = random.rows(channels * (channels + 1) * (channels + 2) / 6, 0.02);

        let quadratic = Projection::quadratic(constant, linear.clone(), pair_rows.clone()).unwrap();
        let fitted = fit(FitKind::Quadratic, &pairs(&quadratic, 1, 0.0, 3)).projection;
        let Projection::Quadratic(found) = &fitted else {
            panic!("{fitted:?}");
        };
        assert_near(&[found.constant()], &[constant], "constant");
        assert_near(found.linear(), &linear, "linear");
        assert_near(found.pairs(), &pair_rows, "pairs");

        let made_of = (linear.clone(), pair_rows.clone(), triples.clone());
        let cubic = Projection::cubic(constant, made_of.0, made_of.1, made_of.2).unwrap();
        let fitted = fit(FitKind::Cubic, &pairs(&cubic, 2, 0.0, 4)).projection;
        let Projection::Cubic(found) = &fitted else {
            panic!("{fitted:?}");
        };
        assert_near(&[found.constant()], &[constant], "constant");
        assert_near(found.linear(), &linear, "linear");
        assert_near(found.pairs(), &pair_rows, "pairs");
        assert_near(found.triples(), &triples, "triples");
    }
}

/// A projection with every stage of the shape.
fn refined(shape: RefinedShape, channels: usize, seed: u64) -> Projection {
    let mut random = Random(seed);
    let bias = [0.05, -0.03, 0.02];
    let begun = if shape.is_3x3 {
        let mut rows = random.rows(9 * channels, 0.02);
        // The middle has the largest weight, as in real fits.
        rows[4 * channels..5 * channels].copy_from_slice(&random.rows(channels, 0.12));
        Refined::conv3x3(rows, bias)
    } else {
        Refined::conv1x1(random.rows(channels, 0.15), bias)
    };
    let mut refined = begun.unwrap();
    if shape.has_filter {
        refined = refined.with_filter(0.4, 0.1, 0.05).unwrap();
    }
    if shape.has_colors {
        let mut linear = random.rows(3, 0.05);
        for (o, row) in linear.iter_mut().enumerate() {
            row[o] += 1.0;
        }
        let (pair_rows, triples) = (random.rows(6, 0.1), random.rows(10, 0.1));
        refined = refined
            .with_colors([0.02, -0.02, 0.01], linear, pair_rows, triples)
            .unwrap();
    }
    refined.into()
}

#[test]
fn refined_coefficients_are_recovered() {
    // Shapes whose coefficients are unique: a color correction may undo an affine stage.
    for (is_3x3, has_filter) in [(false, true), (true, false)] {
        let shape = RefinedShape {
            is_3x3,
            has_filter,
            has_colors: false,
        };
        let truth = refined(shape, 4, 20);
        let fitted = fit(FitKind::Refined(shape), &pairs(&truth, 2, 0.0, 21)).projection;
        let (Projection::Refined(found), Projection::Refined(truth)) = (&fitted, &truth) else {
            panic!("{fitted:?}");
        };
        // The filter of a fit adds up to 1. This filter equals it up to its sum.
        let filter = truth.filter().unwrap_or([1.0, 0.0, 0.0]);
        let sum = filter[0] + 4.0 * filter[1] + 4.0 * filter[2];
        let rows: Vec<_> = truth
            .factors()
            .iter()
            .map(|row| row.map(|x| x * sum))
            .collect();
        assert_near(found.factors(), &rows, "factors");
        assert_near(&[found.bias()], &[truth.bias().map(|x| x * sum)], "bias");
        let found = found.filter().unwrap_or([1.0, 0.0, 0.0]);
        assert_near(&[found], &[filter.map(|x| x / sum)], "filter");
    }
}

#[test]
fn refined_maps_of_every_shape_are_recovered() {
    for is_3x3 in [false, true] {
        for has_filter in [false, true] {
            for has_colors in [false, true] {
                let shape = RefinedShape {
                    is_3x3,
                    has_filter,
                    has_colors,
                };
                let truth = refined(shape, 3, 30);
                let fitted = fit(FitKind::Refined(shape), &pairs(&truth, 4, 0.0, 31)).projection;
                let difference = difference(&fitted, &truth);
                assert!(difference < 1e-4, "{shape:?}: {difference}");
            }
        }
    }
}

#[test]
fn clamped_targets_do_not_mislead() {
    // A fifth of the pixels is black or white.
    let rows = [[0.9, 0.7, 0.8], [0.5, -0.6, 0.2], [-0.2, 0.3, 0.6]];
    let truth = Projection::affine(rows.to_vec(), [0.1, 0.2, -0.1]).unwrap();
    let pairs = pairs(&truth, 2, 0.0, 40);
    let aware = fit(FitKind::Affine, &pairs).projection;
    let unaware = Fit::new(FitKind::Affine).clamp_aware(false);
    let unaware = unaware.run(&pairs, None).unwrap().projection;
    assert!(difference(&aware, &truth) < 1e-3);
    assert!(difference(&unaware, &truth) > 0.1);
}

#[test]
fn the_hold_out_tells_an_overfitted_cubic_from_a_good_one() {
    let truth = Projection::affine(Random(50).rows(4, 0.25), [0.0; 3]).unwrap();
    let hold_out = pairs(&truth, 2, 0.1, 60);
    let good = pairs(&truth, 8, 0.1, 51);
    // 35 unknowns and 48 pixels.
    let mut few = Pairs::new(4);
    let mut random = Random(52);
    let samples: Vec<f32> = (0..4 * 48).map(|_| random.unit()).collect();
    let latents = Latents::planar(&samples, [4, 6, 8]).unwrap();
    let picture = picture(&truth, &latents, 0.1, 53);
    few.add(&latents, Target::rgb_f32(&picture, [6, 8]).unwrap())
        .unwrap();

    let gap = |pairs: &Pairs| {
        let fitted = Fit::new(FitKind::Cubic).run(pairs, Some(&hold_out));
        let fitted = fitted.unwrap();
        fitted.train.psnr - fitted.hold_out.unwrap().psnr
    };
    assert!(gap(&good).abs() < 0.5, "{}", gap(&good));
    assert!(gap(&few) > 3.0, "{}", gap(&few));
}

const DISTURBANCES: [Disturbance; 3] = [
    Disturbance::Noise { signal: 0.5 },
    Disturbance::Noise { signal: 0.2 },
    Disturbance::Gain(3.0),
];

#[test]
fn disturbed_copies_keep_polynomials_near_the_affine_map() {
    // Clean latents that are small; noisy ones are not.
    let mut random = Random(70);
    let mut pairs = Pairs::new(4);
    let cubic = Projection::cubic(
        [0.0; 3],
        random.rows(4, 0.3),
        random.rows(10, 0.3),
        random.rows(20, 0.3),
    )
    .unwrap();
    for seed in 0..2 {
        let samples: Vec<f32> = samples(&mut random, 4).iter().map(|x| x * 0.5).collect();
        let latents = planar(&samples, 4);
        let picture = picture(&cubic, &latents, 0.02, seed);
        let target = Target::rgb_f32(&picture, [SIDE, SIDE]).unwrap();
        pairs.add(&latents, target).unwrap();
    }
    let affine = fit(FitKind::Affine, &pairs).projection;
    let plain = fit(FitKind::Cubic, &pairs).projection;
    let robust = Fit::new(FitKind::Cubic).disturbed(&DISTURBANCES, 1.0);
    let robust = robust.run(&pairs, None).unwrap().projection;
    // Far from the clean latents.
    let samples: Vec<f32> = samples(&mut random, 4).iter().map(|x| x * 3.0).collect();
    let noisy = planar(&samples, 4);
    let distance = |projection: &Projection| {
        let (a, b) = (decode(projection, &noisy), decode(&affine, &noisy));
        let differences = a.iter().flatten().zip(b.iter().flatten());
        let clamp = |x: &f64| x.clamp(-1.0, 1.0);
        differences
            .map(|(a, b)| (clamp(a) - clamp(b)).powi(2))
            .sum::<f64>()
    };
    let (plain, robust) = (distance(&plain), distance(&robust));
    assert!(robust < 0.5 * plain, "{robust} {plain}");
}

/// The weight is that of all disturbances together.
#[test]
fn disturbances_share_their_weight() {
    let truth = Projection::affine(Random(71).rows(4, 0.3), [0.0; 3]).unwrap();
    let pairs = pairs(&truth, 2, 0.1, 72);
    let [once, twice] = [1, 2].map(|times| {
        let gains = vec![Disturbance::Gain(3.0); times];
        let fit = Fit::new(FitKind::Quadratic).disturbed(&gains, 0.7);
        fit.run(&pairs, None).unwrap().projection
    });
    assert!(difference(&once, &twice) < 1e-5);
}

#[test]
fn progress_counts_passes_and_tells_levels() {
    let truth = Projection::affine(Random(73).rows(4, 0.2), [0.0; 3]).unwrap();
    let pairs = pairs(&truth, 2, 0.1, 74);
    for kind in [FitKind::Affine, FitKind::Refined(RefinedShape::SMALL)] {
        let mut told = Vec::new();
        let fitted = Fit::new(kind).run_with_progress(&pairs, None, &mut |p| told.push(p));
        let passes: Vec<_> = told.iter().map(|progress| progress.pass).collect();
        assert_eq!(passes, (1..=told.len()).collect::<Vec<_>>());
        // That of the score has the rounding to bytes besides.
        let expected = 255.0 * 10_f64.powf(-fitted.unwrap().train.psnr / 20.0);
        let last = told.last().unwrap().error;
        assert!(
            (last - expected).abs() < 0.02 * expected,
            "{last} {expected}"
        );
    }
}

/// With a ridge, too, the unit of the latents and the number of pairs change nothing.
#[test]
fn a_ridge_is_in_units_of_the_features() {
    let truth = Projection::affine(Random(75).rows(4, 0.3), [0.1; 3]).unwrap();
    let samples = samples(&mut Random(76), 4);
    let latents = planar(&samples, 4);
    let picture = picture(&truth, &latents, 0.05, 77);
    let fitted = |kind, unit: f32, times: usize, ridge: f64| {
        let scaled: Vec<_> = samples.iter().map(|x| x * unit).collect();
        let mut pairs = Pairs::new(4);
        for _ in 0..times {
            let target = Target::rgb_f32(&picture, [SIDE, SIDE]).unwrap();
            pairs.add(&planar(&scaled, 4), target).unwrap();
        }
        let fitted = Fit::new(kind).ridge(ridge).run(&pairs, None).unwrap();
        decode(&fitted.projection, &planar(&scaled, 4))
    };
    let difference = |a: &[[f64; 3]], b: &[[f64; 3]]| {
        let values = a.iter().flatten().zip(b.iter().flatten());
        values.fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()))
    };
    for kind in [
        FitKind::Affine,
        FitKind::Cubic,
        FitKind::Refined(RefinedShape::SMALL),
    ] {
        let original = fitted(kind, 1.0, 1, 0.1);
        for (unit, times) in [(8.0, 1), (1.0, 2)] {
            let other = fitted(kind, unit, times, 0.1);
            let difference = difference(&original, &other);
            assert!(difference < 1e-3, "{kind:?} {unit} {times}: {difference}");
        }
        assert!(
            difference(&original, &fitted(kind, 1.0, 1, 0.0)) > 0.02,
            "{kind:?}"
        );
    }
}

#[test]
fn targets_are_averaged_down() {
    let projection = Projection::affine(Random(80).rows(4, 0.2), [0.0; 3]).unwrap();
    let samples = samples(&mut Random(81), 4);
    let latents = planar(&samples, 4);
    // Four bytes of a square whose mean is the byte of the small picture.
    let small = projection.preview_rgb(&latents).unwrap();
    let small = small.as_bytes();
    let mut large = vec![0; 4 * small.len()];
    for y in 0..2 * SIDE {
        for x in 0..2 * SIDE {
            for o in 0..3 {
                let mean = small[(y / 2 * SIDE + x / 2) * 3 + o];
                let offset = mean.min(255 - mean).min(9);
                let is_up = (x + y) % 2 == 0;
                large[(y * 2 * SIDE + x) * 3 + o] =
                    if is_up { mean + offset } else { mean - offset };
            }
        }
    }
    let [mut with_small, mut with_large] = [Pairs::new(4), Pairs::new(4)];
    let target = Target::rgb8(small, [SIDE, SIDE]).unwrap();
    with_small.add(&latents, target).unwrap();
    let target = Target::rgb8(&large, [2 * SIDE, 2 * SIDE]).unwrap();
    with_large.add(&latents, target).unwrap();
    let [a, b] = [&with_small, &with_large].map(|pairs| fit(FitKind::Affine, pairs));
    assert!(difference(&a.projection, &b.projection) < 1e-6);
    assert_eq!(with_small.score(&projection).unwrap().psnr, f64::INFINITY);
}

#[test]
fn scores_are_right_for_known_differences() {
    let gray = Projection::affine(vec![[0.0; 3]; 4], [0.0; 3]).unwrap(); // level 128
    let samples = samples(&mut Random(90), 4);
    let mut pairs = Pairs::new(4);
    let picture = [118, 128, 128].repeat(SIDE * SIDE);
    let target = Target::rgb8(&picture, [SIDE, SIDE]).unwrap();
    pairs.add(&planar(&samples, 4), target).unwrap();
    let score = pairs.score(&gray).unwrap();
    // One of three channels is off by 10.
    assert!((score.psnr - 10.0 * (3.0 * 255.0 * 255.0 / 100.0_f64).log10()).abs() < 1e-5);
    assert!((score.mae - 10.0 / 3.0).abs() < 1e-5);
    // deltaE_ciede2000 of scikit-image 0.26.
    assert!(
        (score.ciede2000 - 5.0892).abs() < 2e-3,
        "{}",
        score.ciede2000
    );
}

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

#[test]
fn r2_is_one_less_the_share_of_the_variance() {
    let projection = Projection::affine(Random(121).rows(4, 0.2), [0.1, 0.0, -0.1]).unwrap();
    let mut random = Random(122);
    let mut pairs = Pairs::new(4);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let samples = samples(&mut random, 4);
        let latents = planar(&samples, 4);
        let preview = projection.preview_rgb(&latents).unwrap().into_bytes();
        let target: Vec<u8> = (preview.iter().enumerate())
            .map(|(i, &level)| (f32::from(level) + 10.0 * (i % 3) as f32 * random.unit()) as u8)
            .collect();
        pairs
            .add(&latents, Target::rgb8(&target, [SIDE, SIDE]).unwrap())
            .unwrap();
        seen.extend(
            preview
                .into_iter()
                .zip(target)
                .map(|(a, b)| (f64::from(a), f64::from(b))),
        );
    }
    assert_eq!((pairs.len(), pairs.pixels()), (2, 2 * SIDE * SIDE));
    let r2 = pairs.score(&projection).unwrap().r2;
    for (color, r2) in r2.into_iter().enumerate() {
        let of_color = || seen.iter().skip(color).step_by(3);
        let mean = of_color().map(|(_, target)| target).sum::<f64>() / pairs.pixels() as f64;
        let error: f64 = of_color()
            .map(|(actual, target)| (actual - target).powi(2))
            .sum();
        let variance: f64 = of_color().map(|(_, target)| (target - mean).powi(2)).sum();
        let expected = 1.0 - error / variance;
        assert!((r2 - expected).abs() < 1e-6, "{r2} {expected}");
    }
}

#[test]
fn r2_of_targets_of_one_color_is_defined() {
    let samples = samples(&mut Random(120), 4);
    // All red values are level 128, like the target; no green or blue value is.
    let factors = vec![[0.0, 0.5, 0.0]; 4];
    let projection = Projection::affine(factors, [0.0, 0.0, 0.5]).unwrap();
    let mut pairs = Pairs::new(4);
    let picture = [128; 3 * SIDE * SIDE];
    let target = Target::rgb8(&picture, [SIDE, SIDE]).unwrap();
    pairs.add(&planar(&samples, 4), target).unwrap();
    assert_eq!(pairs.score(&projection).unwrap().r2, [1.0, 0.0, 0.0]);
    let gray = Projection::affine(vec![[0.0; 3]; 4], [0.0; 3]).unwrap();
    assert_eq!(pairs.score(&gray).unwrap().r2, [1.0; 3]);
}
