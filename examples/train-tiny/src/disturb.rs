//! Disturbed latents, with estimates of their decoded pictures.
//!
//! For pairs without decoded pictures of disturbed latents, targets are estimated:
//!
//! - Noise: `L(x') + s^2 (picture - L(x))` for a share of signal `s`, where `L` is the best 3x3
//!   linear map from latents to pictures, with a ridge as large as a little noise. The part of
//!   the clean picture that the linear map cannot explain fades as the noise grows.
//! - Gain: contrast around the mean color grows by half as much as the latent's, on a scale on
//!   which black and white are infinitely far away, since decoders saturate.
//! - Blur: the picture, blurred like the latent.
//!
//! The ridge, the square and the half are the values that come nearest to real decoded pictures
//! of disturbed latents of Stable Diffusion 1 and FLUX.1.

use anyhow::{Context, Result};
use candle_core::{Device, Tensor};
use nalgebra::DMatrix;
use rand::RngExt;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

use crate::pairs::{Pair, place};
use crate::unfold::unfold;

/// The variance of the noise against which the linear map is stabilized.
const RIDGE: f64 = 0.1;

/// The best linear map (least squares) from the neighborhood of a latent pixel to the planes of
/// the target: one row per plane.
pub struct LinearMap(Tensor);

impl LinearMap {
    pub fn fit(pairs: &[Pair]) -> Result<Self> {
        let first = pairs.first().context("there are no pairs")?;
        let inputs = 9 * first.shape[0] + 1;
        let planes = first.target.len() / first.pixels();
        let mut products = DMatrix::<f64>::zeros(inputs, inputs);
        let mut answers = DMatrix::<f64>::zeros(inputs, planes);
        for pair in pairs {
            let features = features(pair, &pair.latent)?;
            let shape = (planes, pair.pixels());
            let targets = Tensor::from_slice(&pair.target, shape, &Device::Cpu)?;
            let share = 1.0 / (pair.pixels() * pairs.len()) as f64;
            products += matrix(&features.matmul(&features.t()?)?)? * share;
            answers += matrix(&features.matmul(&targets.t()?)?)? * share;
        }
        // The constant, which is last, has no ridge.
        for i in 0..inputs - 1 {
            products[(i, i)] += RIDGE;
        }
        let solved = products
            .cholesky()
            .context("the latents are degenerate")?
            .solve(&answers);
        // The columns of the solution are the rows of the map.
        let rows: Vec<f32> = solved.iter().map(|&x| x as f32).collect();
        Ok(Self(Tensor::from_vec(
            rows,
            (planes, inputs),
            &Device::Cpu,
        )?))
    }

    /// The target's planes for a latent of the pair's size.
    fn of(&self, pair: &Pair, latent: &[f32]) -> Result<Vec<f32>> {
        let planes = self.0.matmul(&features(pair, latent)?)?;
        Ok(planes.flatten_all()?.to_vec1()?)
    }
}

/// The neighborhood of each pixel and a constant: `[9 channels + 1, pixels]`.
fn features(pair: &Pair, latent: &[f32]) -> Result<Tensor> {
    let [channels, height, width] = pair.shape;
    let planes = Tensor::from_slice(latent, (channels, 1, height, width), &Device::Cpu)?;
    let rows = unfold(&planes)?.reshape((9 * channels, height * width))?;
    let constant = Tensor::ones((1, height * width), rows.dtype(), &Device::Cpu)?;
    Ok(Tensor::cat(&[rows, constant], 0)?)
}

fn matrix(tensor: &Tensor) -> Result<DMatrix<f64>> {
    let (rows, columns) = tensor.dims2()?;
    let values = tensor.flatten_all()?.to_vec1::<f32>()?;
    let values = values.into_iter().map(f64::from);
    Ok(DMatrix::from_row_iterator(rows, columns, values))
}

/// A copy of a pair with noise, more contrast or less detail. `signal` is the lowest share
/// of signal in noise.
pub fn disturbed(
    pair: &Pair,
    kind: usize,
    signal: f32,
    linear: &LinearMap,
    random: &mut StdRng,
) -> Result<Pair> {
    let mut copy = pair.clone();
    let pixels = pair.pixels();
    match kind % 4 {
        // Every second disturbance is noise, since a sampler's latents are full of it.
        0 | 2 => {
            let signal = random.random_range(signal..=1.0);
            add_noise(&mut copy.latent, signal, random);
            let (before, after) = (
                linear.of(pair, &pair.latent)?,
                linear.of(pair, &copy.latent)?,
            );
            let both = before.into_iter().zip(after);
            for (value, (before, after)) in copy.target.iter_mut().zip(both) {
                *value = (after + signal * signal * (*value - before)).clamp(0.0, 1.0);
            }
        }
        1 => {
            let gain = random.random_range(1.05..1.8);
            for plane in copy.latent.chunks_exact_mut(pixels) {
                stretch(plane, gain);
            }
            for planes in copy.target.chunks_exact_mut(pair.target.len() / 3) {
                for value in planes.iter_mut() {
                    *value = (2.0 * *value - 1.0).clamp(-0.98, 0.98).atanh();
                }
                stretch(planes, 0.5 * (1.0 + gain));
                for value in planes.iter_mut() {
                    *value = 0.5 * (value.tanh() + 1.0);
                }
            }
        }
        _ => {
            let sigma = random.random_range(0.5..1.5);
            for plane in copy.latent.chunks_exact_mut(pixels) {
                blur(plane, pair.shape[2], sigma);
            }
            let (size, scale) = (pair.picture_size(), pair.scale());
            for planes in copy.target.chunks_exact_mut(pair.target.len() / 3) {
                let places: Vec<_> = (0..planes.len()).map(|i| place(i, size, scale)).collect();
                let mut picture: Vec<f32> = places.iter().map(|&at| planes[at]).collect();
                blur(&mut picture, size[1], scale as f32 * sigma);
                for (value, at) in picture.into_iter().zip(places) {
                    planes[at] = value;
                }
            }
        }
    }
    Ok(copy)
}

fn add_noise(latent: &mut [f32], signal: f32, random: &mut StdRng) {
    let (kept, added) = (signal.sqrt(), (1.0 - signal).sqrt());
    for sample in latent {
        let noise: f32 = StandardNormal.sample(random);
        *sample = kept * *sample + added * noise;
    }
}

/// More contrast around the mean.
fn stretch(values: &mut [f32], gain: f32) {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    for value in values {
        *value = mean + gain * (*value - mean);
    }
}

/// Gaussian blur; beyond an edge, the edge is repeated.
fn blur(plane: &mut [f32], width: usize, sigma: f32) {
    let height = plane.len() / width;
    let reach = (3.0 * sigma).ceil() as isize;
    let weights: Vec<f32> = (-reach..=reach)
        .map(|d| (-0.5 * (d as f32 / sigma).powi(2)).exp())
        .collect();
    let total: f32 = weights.iter().sum();
    let mut pass = |len: usize, step: usize, other: usize, other_step: usize| {
        for start in (0..other).map(|i| i * other_step) {
            let line: Vec<f32> = (0..len).map(|i| plane[start + i * step]).collect();
            for i in 0..len {
                let near = (-reach..=reach)
                    .map(|d| line[(i as isize + d).clamp(0, len as isize - 1) as usize]);
                let sum: f32 = near.zip(&weights).map(|(x, w)| x * w).sum();
                plane[start + i * step] = sum / total;
            }
        }
    };
    pass(width, 1, height, width);
    pass(height, width, width, 1);
}

#[cfg(test)]
mod tests {
    use super::blur;

    #[test]
    fn blur_keeps_a_constant_and_spreads_a_point() {
        let mut plane = [3.0; 35];
        blur(&mut plane, 7, 1.0);
        assert!(plane.iter().all(|x| (x - 3.0).abs() < 1e-5));
        let mut plane = [0.0; 49];
        plane[24] = 1.0;
        blur(&mut plane, 7, 0.8);
        assert!((plane[17] - plane[23]).abs() < 1e-6 && plane[24] > plane[23] && plane[16] > 0.0);
        assert!((plane.iter().sum::<f32>() - 1.0).abs() < 1e-2);
    }
}
