//! Standardizes latents, so that the network sees channels of the same variance.

use anyhow::Result;
use candle_core::{Device, Tensor};

use crate::batch::stacked;
use crate::pairs::Pair;

/// Mean and standard deviation of each channel.
#[derive(Clone)]
pub struct Statistics {
    pub mean: Vec<f32>,
    pub deviation: Vec<f32>,
}

impl Statistics {
    pub fn of(pairs: &[Pair]) -> Self {
        let channels = pairs[0].shape[0];
        let (mut mean, mut deviation) = (Vec::new(), Vec::new());
        for c in 0..channels {
            let planes = pairs.iter().flat_map(|pair| {
                pair.latent
                    .chunks_exact(pair.pixels())
                    .nth(c)
                    .unwrap_or_default()
            });
            let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
            for x in planes.map(|&x| f64::from(x)) {
                count += 1.0;
                sum += x;
                squares += x * x;
            }
            mean.push((sum / count) as f32);
            let variance = squares / count - (sum / count).powi(2);
            // A constant channel stays unchanged.
            deviation.push(if variance > 0.0 {
                variance.sqrt() as f32
            } else {
                1.0
            });
        }
        Self { mean, deviation }
    }

    /// Latents of one size as `[channels, images, height, width]`, each channel with mean 0 and
    /// variance 1.
    pub fn standardized(&self, pairs: &[Pair]) -> Result<Tensor> {
        let channels = self.mean.len();
        let latents = stacked(pairs, channels, |pair| &pair.latent)?;
        let shape = (channels, 1, 1, 1);
        let mean = Tensor::from_slice(&self.mean, shape, &Device::Cpu)?;
        let deviation = Tensor::from_slice(&self.deviation, shape, &Device::Cpu)?;
        Ok(latents.broadcast_sub(&mean)?.broadcast_div(&deviation)?)
    }
}
