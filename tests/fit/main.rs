//! Promise: a fit finds the projection that made the pictures, scores it on unseen pairs, and
//! refuses pairs that do not determine it.

#![cfg(feature = "fit")]

mod recovery;
mod refusals;
mod scores;
mod settings;
#[path = "../support/mod.rs"]
mod support;

use latent_preview::fit::{Fit, FitKind, Fitted, Pairs, Target};
use latent_preview::{LatentPreview, Latents, Projection};
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
