//! A fit finds the map that made the pictures.

use latent_preview::fit::{Fit, FitKind, RefinedShape};
use latent_preview::{Projection, Refined};

use super::{Random, assert_near, difference, fit, pairs};

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
