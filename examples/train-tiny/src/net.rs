//! The network: convolutions with ReLU, a head for each place, and a linear skip.

use std::path::Path;

use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor, Var};
use latent_preview::{TinyDecoder, TinyLayer};
use rand::rngs::StdRng;
use rand_distr::{Distribution, StandardNormal};

use crate::args::Layers;
use crate::file::{self, NamedTensor};
use crate::statistics::Statistics;
use crate::unfold::convolve;

pub struct Net {
    pub channels: usize,
    pub scale: usize,
    layers: Layers,
    convolutions: Vec<Affine>,
    head: Affine,
    /// The RGB of the pixel's own latent, the same for all places.
    skip: Var,
}

/// A matrix and a constant.
struct Affine {
    weight: Var,
    bias: Var,
}

impl Net {
    /// Kaiming's initialization of the convolutions. The training starts with `affine`, the map
    /// of a pixel's standardized latent to its color: a row of channels and a constant for each
    /// of R, G and B.
    pub fn new(
        channels: usize,
        scale: usize,
        layers: &Layers,
        affine: &[Vec<f32>; 3],
        random: &mut StdRng,
    ) -> Result<Self> {
        let mut convolutions = Vec::new();
        let mut inputs = channels;
        for &(side, width) in &layers.0 {
            let fan_in = inputs * side * side;
            let deviation = (2.0 / fan_in as f32).sqrt();
            convolutions.push(Affine::random(width, fan_in, deviation, random)?);
            inputs = width;
        }
        let places = scale * scale;
        // Small, so that the first picture is that of the affine map; the same for all places,
        // so that it has no grid.
        let deviation = 0.05 * (2.0 / inputs as f32).sqrt();
        let head = Affine::random(3, inputs, deviation, random)?.repeated(places)?;
        let constants = affine.iter().flat_map(|row| vec![row[channels]; places]);
        head.bias
            .set(&Tensor::from_iter(constants, &Device::Cpu)?.reshape((3 * places, 1))?)?;
        let rows = affine.iter().flat_map(|row| row[..channels].to_vec());
        let skip = Tensor::from_iter(rows, &Device::Cpu)?.reshape((3, channels))?;
        Ok(Self {
            channels,
            scale,
            layers: layers.clone(),
            convolutions,
            head,
            skip: Var::from_tensor(&skip)?,
        })
    }

    pub fn convolutions(&self) -> Vec<Var> {
        let convolutions = self.convolutions.iter();
        convolutions.map(|affine| affine.weight.clone()).collect()
    }

    pub fn variables(&self) -> Vec<Var> {
        let affines = self.convolutions.iter().chain([&self.head]);
        affines
            .flat_map(|affine| [affine.weight.clone(), affine.bias.clone()])
            .chain([self.skip.clone()])
            .collect()
    }

    /// From standardized latents `[channels, images, height, width]` to display values before
    /// the clamp, `[3 scale^2, images, height, width]`.
    pub fn forward(&self, latents: &Tensor) -> candle_core::Result<Tensor> {
        let (channels, images, height, width) = latents.dims4()?;
        let pixels = images * height * width;
        let mut x = latents.clone();
        let layers = self.convolutions.iter().zip(&self.layers.0);
        for (i, (affine, &(side, outputs))) in layers.enumerate() {
            let sums = if side == 3 {
                convolve(&affine.weight, &x, i > 0)?
            } else {
                affine.weight.matmul(&x.reshape(((), pixels))?)?
            };
            x = sums
                .reshape((outputs, pixels))?
                .broadcast_add(&affine.bias)?
                .relu()?
                .reshape((outputs, images, height, width))?;
        }
        let head = self.head.weight.matmul(&x.reshape(((), pixels))?)?;
        let head = head.broadcast_add(&self.head.bias)?;
        let skip = self.skip.matmul(&latents.reshape((channels, pixels))?)?;
        let places = self.scale * self.scale;
        let sum = head
            .reshape((3, places, pixels))?
            .broadcast_add(&skip.reshape((3, 1, pixels))?)?;
        sum.reshape((3 * places, images, height, width))
    }

    /// The same network for latents that are not standardized.
    pub fn decoder(&self, statistics: &Statistics) -> Result<TinyDecoder> {
        let layers = self.layers.0.iter();
        let layers: Vec<_> = layers
            .map(|&(kernel_size, channels)| TinyLayer {
                kernel_size,
                channels,
            })
            .collect();
        let tensors = self.tensors(statistics)?.into_iter();
        let weights: Vec<f32> = tensors.flat_map(|(_, _, values)| values).collect();
        let decoder = TinyDecoder::new(self.channels, &layers, self.scale, weights);
        decoder.context("the training has diverged")
    }

    /// Writes the weights of the same network for latents that are not standardized.
    pub fn save(
        &self,
        path: &Path,
        statistics: &Statistics,
        notes: &[(&str, String)],
    ) -> Result<()> {
        let facts = [
            ("channels", self.channels.to_string()),
            ("scale", self.scale.to_string()),
            ("arch", self.layers.to_string()),
            ("activation", "relu".into()),
            ("padding", "replicate".into()),
            ("head", "pixel_shuffle order c*s*s+dy*s+dx".into()),
            ("input", "model-space latent".into()),
            ("output", "0..1 sRGB, clamp after".into()),
        ];
        let all = facts.iter().chain(notes);
        let metadata = all.map(|(key, value)| ((*key).to_owned(), value.clone()));
        file::write(path, &self.tensors(statistics)?, metadata.collect())
    }

    /// The weights for latents that are not standardized, in the order of [`TinyDecoder::new`].
    fn tensors(&self, statistics: &Statistics) -> Result<Vec<NamedTensor>> {
        let layers = self.convolutions.iter().chain([&self.head]);
        let mut layers: Vec<_> = layers.map(Affine::values).collect::<Result<_>>()?;
        if let Some((rows, bias)) = layers.first_mut() {
            let taps = rows[0].len() / self.channels;
            for (row, bias) in rows.iter_mut().zip(bias) {
                *bias += fold(row, taps, statistics);
            }
        }
        for i in 1..layers.len() {
            let (before, after) = layers.split_at_mut(i);
            let (rows, bias) = &mut before[i - 1];
            file::normalize(rows, bias, &mut after[0].0);
        }
        let mut skip = self.skip.to_vec2::<f32>()?;
        let places = self.scale * self.scale;
        if let Some((_, bias)) = layers.last_mut() {
            for (row, biases) in skip.iter_mut().zip(bias.chunks_exact_mut(places)) {
                let constant = fold(row, 1, statistics);
                biases.iter_mut().for_each(|bias| *bias += constant);
            }
        }
        let sides = self.layers.0.iter().map(|&(side, _)| side).chain([1]);
        let mut tensors = Vec::new();
        for (i, ((rows, bias), side)) in layers.into_iter().zip(sides).enumerate() {
            let name = match i < self.convolutions.len() {
                true => format!("conv{}", i + 1),
                false => "head".into(),
            };
            let shape = vec![rows.len(), rows[0].len() / (side * side), side, side];
            tensors.push((format!("{name}.bias"), vec![bias.len()], bias));
            tensors.push((format!("{name}.weight"), shape, rows.concat()));
        }
        let shape = vec![3, self.channels, 1, 1];
        tensors.push(("skip.weight".into(), shape, skip.concat()));
        Ok(tensors)
    }
}

impl Affine {
    fn random(outputs: usize, inputs: usize, deviation: f32, random: &mut StdRng) -> Result<Self> {
        let values = (0..outputs * inputs).map(|_| {
            let value: f32 = StandardNormal.sample(random);
            value * deviation
        });
        let weight = Tensor::from_iter(values, &Device::Cpu)?.reshape((outputs, inputs))?;
        Ok(Self {
            weight: Var::from_tensor(&weight)?,
            bias: Var::zeros((outputs, 1), DType::F32, &Device::Cpu)?,
        })
    }

    /// Each output repeated several times in a row.
    fn repeated(&self, times: usize) -> Result<Self> {
        let repeat = |var: &Var| -> candle_core::Result<Var> {
            let (outputs, inputs) = var.dims2()?;
            let one = var.as_detached_tensor().reshape((outputs, 1, inputs))?;
            Var::from_tensor(&one.repeat((1, times, 1))?.reshape(((), inputs))?)
        };
        Ok(Self {
            weight: repeat(&self.weight)?,
            bias: repeat(&self.bias)?,
        })
    }

    fn values(&self) -> Result<(Vec<Vec<f32>>, Vec<f32>)> {
        let bias = self.bias.flatten_all()?.to_vec1()?;
        Ok((self.weight.to_vec2()?, bias))
    }
}

/// Turns a row of weights for standardized channels into one for unchanged channels, and
/// returns the change of the constant.
fn fold(row: &mut [f32], taps: usize, statistics: &Statistics) -> f32 {
    let mut constant = 0.0;
    for (c, weights) in row.chunks_exact_mut(taps).enumerate() {
        for weight in weights {
            *weight /= statistics.deviation[c];
            constant -= f64::from(*weight) * f64::from(statistics.mean[c]);
        }
    }
    constant as f32
}
