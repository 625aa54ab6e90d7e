//! The samplers of common pipelines, around a [`ScoreModel`].

use anyhow::Result;
use clap::ValueEnum;
use latent_preview::{Denoise, LatentFormat};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

use crate::score_model::ScoreModel;

/// The quantity that the model predicts, and the sampler's step.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// DDIM; the model predicts the noise
    Ddim,
    /// DDIM; the model predicts v
    VPrediction,
    /// Euler steps of a rectified flow; the model predicts the velocity
    Flow,
}

impl Method {
    /// The method of the format's models.
    pub fn of(format: LatentFormat) -> Self {
        match format {
            LatentFormat::Sd1 | LatentFormat::Sdxl => Self::Ddim,
            _ => Self::Flow,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ddim => "DDIM",
            Self::VPrediction => "DDIM with v-prediction",
            Self::Flow => "rectified flow",
        }
    }
}

/// A run from noise to a latent.
pub struct Sampler<'a> {
    model: &'a ScoreModel,
    method: Method,
    /// The share of noise, `1 - alpha_cumprod` or the flow's sigma, for each step and the end.
    levels: Vec<f32>,
    /// The noisy latent that the sampler holds.
    pub x_t: Vec<f32>,
    done: usize,
}

/// The data that a pipeline's callback gets.
pub struct Step {
    pub index: usize,
    pub x_t: Vec<f32>,
    pub model_output: Vec<f32>,
    /// How x0 follows from the latent and the output.
    pub denoise: Denoise,
}

impl<'a> Sampler<'a> {
    pub fn new(model: &'a ScoreModel, method: Method, steps: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let x_t = (0..model.samples())
            .map(|_| StandardNormal.sample(&mut random))
            .collect();
        Self {
            model,
            method,
            levels: match method {
                Method::Ddim | Method::VPrediction => stable_diffusion_levels(steps),
                Method::Flow => (0..=steps).rev().map(|i| i as f32 / steps as f32).collect(),
            },
            x_t,
            done: 0,
        }
    }

    pub fn shape(&self) -> [usize; 3] {
        self.model.shape()
    }

    /// Does one step; `None` after the last.
    pub fn step(&mut self) -> Result<Option<Step>> {
        let index = self.done;
        let [level, next] = match self.levels.get(index..index + 2) {
            Some(&[level, next]) => [level, next],
            _ => return Ok(None),
        };
        self.done += 1;
        let x_t = self.x_t.clone();
        let (output, denoise) = match self.method {
            Method::Flow => {
                let x0 = self.model.denoise(&x_t, 1.0 - level, level);
                // x_t = (1 - level) x0 + level * epsilon; the velocity is epsilon - x0.
                let velocity = combine(&x_t, &x0, |x, x0| (x - x0) / level);
                (velocity, Denoise::flow(level)?)
            }
            Method::Ddim | Method::VPrediction => {
                let (signal, noise) = ((1.0 - level).sqrt(), level.sqrt());
                let x0 = self.model.denoise(&x_t, signal, noise);
                let epsilon = combine(&x_t, &x0, |x, x0| (x - signal * x0) / noise);
                if self.method == Method::Ddim {
                    (epsilon, Denoise::epsilon(1.0 - level)?)
                } else {
                    let v = combine(&epsilon, &x0, |e, x0| signal * e - noise * x0);
                    (v, Denoise::v_prediction(1.0 - level)?)
                }
            }
        };
        self.x_t = self.next(&output, level, next);
        Ok(Some(Step {
            index,
            x_t,
            model_output: output,
            denoise,
        }))
    }

    /// The latent after the step, from the model's output alone.
    fn next(&self, output: &[f32], level: f32, next: f32) -> Vec<f32> {
        let (signal, noise) = ((1.0 - level).sqrt(), level.sqrt());
        let (next_signal, next_noise) = ((1.0 - next).sqrt(), next.sqrt());
        combine(&self.x_t, output, |x, output| match self.method {
            Method::Flow => x + (next - level) * output,
            Method::Ddim => next_signal * (x - noise * output) / signal + next_noise * output,
            Method::VPrediction => {
                let (x0, epsilon) = (signal * x - noise * output, noise * x + signal * output);
                next_signal * x0 + next_noise * epsilon
            }
        })
    }
}

fn combine(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect()
}

/// `1 - alpha_cumprod` at `steps` of Stable Diffusion's 1000 training steps, the last first,
/// then 0. The square roots of the betas run linearly from sqrt(0.00085) to sqrt(0.012).
fn stable_diffusion_levels(steps: usize) -> Vec<f32> {
    let (first, last) = (0.00085_f64.sqrt(), 0.012_f64.sqrt());
    let mut product = 1.0;
    let noise: Vec<f32> = (0..1000)
        .map(|t| {
            let root = first + (last - first) * f64::from(t) / 999.0;
            product *= 1.0 - root * root;
            (1.0 - product) as f32
        })
        .collect();
    let steps = steps.clamp(1, 1000);
    let levels = (0..steps).map(|i| noise[999 - i * 999 / steps]);
    levels.chain([0.0]).collect()
}
