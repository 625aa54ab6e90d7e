//! The batch of a training step, as tensors.

use anyhow::{Context, Result};
use candle_core::{Device, Tensor};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::args::Args;
use crate::disturb::{LinearMap, disturbed};
use crate::pairs::Pair;

pub fn targets(pairs: &[Pair]) -> Result<Tensor> {
    stacked(pairs, pairs[0].target.len() / pairs[0].pixels(), |pair| {
        &pair.target
    })
}

/// The planes of some images as `[planes, images, height, width]`.
pub fn stacked(pairs: &[Pair], planes: usize, of: impl Fn(&Pair) -> &Vec<f32>) -> Result<Tensor> {
    let [_, height, width] = pairs[0].shape;
    let mut values = Vec::with_capacity(planes * pairs.len() * height * width);
    for plane in 0..planes {
        for pair in pairs {
            values.extend_from_slice(&of(pair)[plane * height * width..][..height * width]);
        }
    }
    let shape = (planes, pairs.len(), height, width);
    Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
}

/// Some pairs of one size, and disturbed copies of some others of that size.
pub fn batch(
    args: &Args,
    step: usize,
    pairs: &[Pair],
    linear: Option<&LinearMap>,
    random: &mut StdRng,
) -> Result<Vec<Pair>> {
    let any = pairs
        .choose(random)
        .context("there is no pair to train on")?;
    let alike: Vec<&Pair> = pairs
        .iter()
        .filter(|pair| pair.shape == any.shape)
        .collect();
    let mut batch: Vec<Pair> = alike
        .sample(random, args.batch)
        .map(|&pair| pair.clone())
        .collect();
    if let Some(linear) = linear {
        let chosen: Vec<&Pair> = alike.sample(random, args.disturbed).copied().collect();
        for (i, pair) in chosen.into_iter().enumerate() {
            let kind = step * args.disturbed + i;
            batch.push(disturbed(pair, kind, args.signal, linear, random)?);
        }
    }
    Ok(batch)
}
