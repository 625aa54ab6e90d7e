//! Scores of maps on pairs.

use latent_preview::fit::{FitKind, Pairs, Target};
use latent_preview::{LatentPreview, Projection};

use super::{Random, SIDE, difference, fit, planar, samples};

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
