//! Promise: a learner's previews get better with each picture and are hardly ever worse than
//! its start's; it refuses pictures that would teach it something wrong; its state is bounded
//! and can be stored.

#![cfg(all(feature = "fit", feature = "std"))]

mod background;
mod better;
mod inputs;
#[path = "../support/pairs.rs"]
mod pairs;
mod real;
#[cfg(feature = "serde")]
mod stored;
#[path = "../support/mod.rs"]
mod support;

use latent_preview::fit::{Learner, Pairs, Target};
use latent_preview::{LatentPreview, Latents, Previewer, Projection, Refined};
use support::Random;

const SIDE: usize = 16;
const PLANE: usize = SIDE * SIDE;

/// A latent and its decoded picture.
struct Pair {
    shape: [usize; 3],
    samples: Vec<f32>,
    picture: Vec<u8>,
}

impl Pair {
    fn latents(&self) -> Latents<'_> {
        Latents::planar(&self.samples, self.shape).unwrap()
    }

    fn target(&self) -> Target<'_> {
        let [_, height, width] = self.shape;
        Target::rgb8(&self.picture, [height, width]).unwrap()
    }
}

/// A smooth latent: waves of random direction, and a little noise at each pixel.
fn samples(random: &mut Random, channels: usize) -> Vec<f32> {
    let mut samples = Vec::new();
    for _ in 0..channels {
        let [a, b, shift, level] = [0; 4].map(|_| random.unit());
        for p in 0..PLANE {
            let (y, x) = ((p / SIDE) as f32, (p % SIDE) as f32);
            let wave = (0.5 * a * x + 0.5 * b * y + 3.0 * shift).sin();
            samples.push(wave + level + 0.3 * random.unit());
        }
    }
    samples
}

/// A stand-in for a decoder, which reads the neighbors.
fn decoder(channels: usize) -> Projection {
    let mut random = Random(7);
    let mut rows = random.rows(9 * channels, 0.03);
    rows[4 * channels..5 * channels].copy_from_slice(&random.rows(channels, 0.35));
    Refined::conv3x3(rows, [0.1, 0.0, -0.1]).unwrap().into()
}

/// A stand-in for a published table, which reads the pixel alone and is not quite right.
fn published(channels: usize) -> Previewer {
    let Projection::Refined(decoder) = decoder(channels) else {
        unreachable!()
    };
    let mut random = Random(8);
    let mut rows = decoder.factors()[4 * channels..5 * channels].to_vec();
    for row in &mut rows {
        *row = row.map(|value| 0.7 * value + 0.05 * random.unit());
    }
    Projection::affine(rows, [0.2, 0.1, 0.1]).unwrap().into()
}

fn pairs_of(decoder: &dyn LatentPreview, count: usize, seed: u64) -> Vec<Pair> {
    let channels = decoder.channels();
    let pair = |i| {
        let samples = samples(&mut Random(seed + i), channels);
        let shape = [channels, SIDE, SIDE];
        let latents = Latents::planar(&samples, shape).unwrap();
        let picture = decoder.preview_rgb(&latents).unwrap().into_bytes();
        Pair {
            shape,
            samples,
            picture,
        }
    };
    (0..count as u64).map(pair).collect()
}

fn score(previewer: &dyn LatentPreview, pairs: &[Pair]) -> f64 {
    let mut gathered = Pairs::new(previewer.channels());
    for pair in pairs {
        gathered.add(&pair.latents(), pair.target()).unwrap();
    }
    gathered.score(previewer).unwrap().psnr
}

fn teach(learner: &mut Learner, pairs: &[Pair]) {
    for pair in pairs {
        learner.learn(&pair.latents(), pair.target()).unwrap();
    }
}

/// The bytes of previews of unseen latents.
fn previews(previewer: &dyn LatentPreview) -> Vec<u8> {
    let samples = samples(&mut Random(999), previewer.channels());
    let latents = Latents::planar(&samples, [previewer.channels(), SIDE, SIDE]).unwrap();
    previewer.preview_rgb(&latents).unwrap().into_bytes()
}
