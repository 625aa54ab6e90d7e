//! How long a picture takes to learn.

use std::time::Instant;

use anyhow::Result;
use latent_preview::fit::{Learner, Target};
use latent_preview::{LatentPreview, Latents, Previewer, Projection};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SIDE: usize = 128;
/// Side of a pixel of the latents in the decoded picture.
const FACTOR: usize = 8;
/// A learner keeps 32.
const PICTURES: u64 = 40;

/// Prints times for latents of 128x128 and pictures of 1024x1024, made of waves.
pub fn run() -> Result<()> {
    println!("channels  median ms  slowest ms (32 pictures kept)");
    for channels in [4, 16, 32, 48, 64, 128] {
        let mut random = StdRng::seed_from_u64(channels as u64);
        let mut table = || -> Result<Projection> {
            let mut row = |_| [(); 3].map(|()| random.random_range(-0.2..0.2));
            Ok(Projection::affine(
                (0..channels).map(&mut row).collect::<Vec<_>>(),
                [0.0; 3],
            )?)
        };
        let (decoder, start) = (table()?, table()?);
        let mut learner = Learner::from(Previewer::from(start));
        let mut times = Vec::new();
        for seed in 0..PICTURES {
            let samples = waves(channels, seed);
            let latents = Latents::planar(&samples, [channels, SIDE, SIDE])?;
            let small = decoder.preview_rgb(&latents)?;
            let picture = enlarged(small.as_bytes());
            let size = [FACTOR * SIDE; 2];
            let begun = Instant::now();
            learner.learn(&latents, Target::rgb8(&picture, size)?)?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let kept = &mut times[32..];
        kept.sort_by(f64::total_cmp);
        println!(
            "{channels:8} {:10.0} {:11.0}   {}",
            kept[kept.len() / 2],
            kept[kept.len() - 1],
            learner.learned()
        );
    }
    Ok(())
}

fn waves(channels: usize, seed: u64) -> Vec<f32> {
    let mut random = StdRng::seed_from_u64(1000 + seed);
    let mut samples = Vec::with_capacity(channels * SIDE * SIDE);
    for _ in 0..channels {
        let [down, right, shift] = [(); 3].map(|()| random.random_range(-0.3..0.3_f32));
        for p in 0..SIDE * SIDE {
            let (y, x) = ((p / SIDE) as f32, (p % SIDE) as f32);
            samples
                .push((down * y + right * x + 9.0 * shift).sin() + random.random_range(-0.2..0.2));
        }
    }
    samples
}

/// Repeats each pixel.
fn enlarged(picture: &[u8]) -> Vec<u8> {
    let pixels = picture.as_chunks::<3>().0;
    let side = FACTOR * SIDE;
    (0..side * side)
        .flat_map(|p| pixels[p / side / FACTOR * SIDE + p % side / FACTOR])
        .collect()
}
