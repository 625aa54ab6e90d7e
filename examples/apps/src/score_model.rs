//! The best possible denoiser for a set of pictures, computed, not learned.
//!
//! If a diffusion model can only make the latents x_1 ... x_n, the mean of the clean latent
//! given a noisy one is a mean of these, weighted by how well each explains the noisy one: a
//! softmax of squared distances. With one weight per latent, a run ends at one of them. Here
//! each latent pixel has its own weights, from the square around it, and the latents may also
//! be shifted a little. Runs then end at collages that no file holds.

use anyhow::{Context, Result, ensure};
use latent_preview::{LatentFormat, Latents};

use crate::data;
use crate::input::{self, Tensor};

/// A set of latents of one shape, planar.
pub struct ScoreModel {
    channels: usize,
    height: usize,
    width: usize,
    /// Copies of the latents, shifted by some pixels.
    candidates: Vec<Vec<f32>>,
    /// The reach of the square around a pixel.
    radius: usize,
}

/// Shifts of the latents, in both directions.
const SHIFTS: [isize; 7] = [-6, -4, -2, 0, 2, 4, 6];

/// Bundled pictures without a subject, at which many runs would end.
const WITHOUT_SUBJECT: [&str; 5] = ["gravel", "ihc", "text", "hubble", "gen_"];

impl ScoreModel {
    /// The model of the bundled latents of a format.
    pub fn bundled(format: LatentFormat, radius: usize) -> Result<Self> {
        let path = data().join(format!("quality/{format}.safetensors"));
        let input = input::read(&path).with_context(|| {
            format!("{format} has no bundled latents; sd1, sdxl, sd3, flux1 and flux2 have some")
        })?;
        let has_subject = |tensor: &&Tensor| {
            let mut names = WITHOUT_SUBJECT.iter();
            !names.any(|&name| tensor.name.starts_with(name))
        };
        let tensors = input.tensors.iter().filter(has_subject);
        let images = tensors.map(|tensor| tensor.image(format));
        Self::new(&images.collect::<Result<Vec<_>, _>>()?, radius)
    }

    pub fn new(latents: &[Latents<'_>], radius: usize) -> Result<Self> {
        let first = latents.first().context("no latents to learn from")?;
        let (channels, height, width) = (first.channels(), first.height(), first.width());
        let mut candidates = Vec::new();
        for latents in latents {
            ensure!(
                (latents.channels(), latents.height(), latents.width())
                    == (channels, height, width),
                "all latents must have the same shape"
            );
            for down in SHIFTS {
                for right in SHIFTS {
                    candidates.push(shifted(latents, down, right));
                }
            }
        }
        Ok(Self {
            channels,
            height,
            width,
            candidates,
            radius,
        })
    }

    pub fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }

    pub fn samples(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// The mean of x0 given `x_t = signal * x0 + noise * epsilon`.
    pub fn denoise(&self, x_t: &[f32], signal: f32, noise: f32) -> Vec<f32> {
        let pixels = self.height * self.width;
        let mut best = vec![f32::NEG_INFINITY; pixels];
        let mut sum = vec![0.0_f32; pixels];
        let mut mean = vec![0.0_f32; self.samples()];
        let mut distances = vec![0.0_f32; pixels];
        let mut sums = BoxSums::new(self.height, self.width);
        for candidate in &self.candidates {
            distances.fill(0.0);
            for (x, c) in x_t.chunks(pixels).zip(candidate.chunks(pixels)) {
                for ((distance, x), c) in distances.iter_mut().zip(x).zip(c) {
                    *distance += (x - signal * c) * (x - signal * c);
                }
            }
            sums.replace(&mut distances, self.radius);
            let scale = -0.5 / (noise * noise).max(1e-6);
            for (pixel, distance) in distances.iter().enumerate() {
                let logit = distance * scale;
                if logit < best[pixel] - 20.0 {
                    continue; // Adds nothing that f32 can hold.
                }
                if logit > best[pixel] {
                    // The sum so far is scaled down to the new maximum.
                    let less = (best[pixel] - logit).exp();
                    best[pixel] = logit;
                    sum[pixel] *= less;
                    for at in (pixel..mean.len()).step_by(pixels) {
                        mean[at] *= less;
                    }
                }
                let weight = (logit - best[pixel]).exp();
                sum[pixel] += weight;
                for at in (pixel..mean.len()).step_by(pixels) {
                    mean[at] += weight * candidate[at];
                }
            }
        }
        for plane in mean.chunks_mut(pixels) {
            for (mean, sum) in plane.iter_mut().zip(&sum) {
                *mean /= sum;
            }
        }
        mean
    }
}

/// A shifted planar copy; beyond an edge, the pixels on the edge are repeated.
fn shifted(latents: &Latents<'_>, down: isize, right: isize) -> Vec<f32> {
    let (height, width) = (latents.height(), latents.width());
    let from =
        |at: usize, shift: isize, size: usize| at.saturating_add_signed(-shift).min(size - 1);
    let mut copy = Vec::with_capacity(latents.channels() * height * width);
    for c in 0..latents.channels() {
        for y in 0..height {
            for x in 0..width {
                let sample = latents.get(c, from(y, down, height), from(x, right, width));
                copy.push(sample.unwrap_or_default());
            }
        }
    }
    copy
}

/// Sums over squares, by differences of running sums.
struct BoxSums {
    height: usize,
    width: usize,
    running: Vec<f64>,
}

impl BoxSums {
    fn new(height: usize, width: usize) -> Self {
        Self {
            height,
            width,
            running: vec![0.0; (height + 1) * (width + 1)],
        }
    }

    /// Replaces each value by the sum over the part of the square around it that is inside.
    fn replace(&mut self, values: &mut [f32], radius: usize) {
        let stride = self.width + 1;
        for (y, row) in values.chunks(self.width).enumerate() {
            let mut sum = 0.0;
            for (x, value) in row.iter().enumerate() {
                sum += f64::from(*value);
                self.running[(y + 1) * stride + x + 1] = self.running[y * stride + x + 1] + sum;
            }
        }
        for (y, row) in values.chunks_mut(self.width).enumerate() {
            let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(self.height));
            let (top, bottom) = (top * stride, bottom * stride);
            for (x, value) in row.iter_mut().enumerate() {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                let sum = self.running[bottom + right]
                    - self.running[top + right]
                    - self.running[bottom + left]
                    + self.running[top + left];
                *value = sum as f32;
            }
        }
    }
}
