//! The settings of a fit and their effects.

use latent_preview::fit::{Disturbance, Fit, FitKind, Pairs, RefinedShape, Target};
use latent_preview::{Latents, Projection};

use super::{Random, SIDE, decode, difference, fit, pairs, picture, planar, samples};

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
