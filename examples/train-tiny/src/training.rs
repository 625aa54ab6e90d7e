//! The loop that makes the weights.

use std::time::Duration;

use anyhow::{Context, Result};
use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor, Var};
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW};
use indicatif::{ProgressBar, ProgressStyle};
use latent_preview::Projection;
use latent_preview::fit::{Fit, FitKind, Pairs, Target};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::args::Args;
use crate::disturb::{LinearMap, disturbed};
use crate::net::{Net, Statistics};
use crate::pairs::Pair;
use crate::teachers::Teachers;

/// Steps over which the step size grows.
const WARM_UP: usize = 50;
/// Steps between two looks at the pairs that are only looked at.
const LOOK: usize = 100;

/// A trained net and how it came about.
pub struct Trained {
    pub net: Net,
    pub statistics: Statistics,
    /// Step and loss, a mean of the steps since the one before.
    pub losses: Vec<(usize, f64)>,
    /// Step and PSNR in dB of the pairs that are only looked at.
    pub looks: Vec<(usize, f64)>,
}

pub fn train(args: &Args, train: &[Pair], validate: &[Pair]) -> Result<Trained> {
    let scale = usize::from(args.scale);
    let teachers = Teachers::load(&args.teachers, scale)?;
    let mut random = StdRng::seed_from_u64(args.seed);
    let channels = train.first().context("no pair is left to train on")?.shape[0];
    let mut taught = train.to_vec();
    if let Some(teachers) = &teachers {
        for pair in &mut taught {
            teachers.teach(pair, args.taught)?;
        }
    }
    let train = &taught[..];
    let statistics = Statistics::of(train);
    let affine = affine(train, scale, &statistics)?;
    let net = Net::new(channels, scale, &args.layers, &affine, &mut random)?;
    let linear = (args.disturbed > 0)
        .then(|| LinearMap::fit(train))
        .transpose()?;

    let variables = net.variables();
    let mut adam = AdamW::new(
        variables.clone(),
        ParamsAdamW {
            beta1: 0.9,
            beta2: 0.99,
            weight_decay: 0.0,
            ..ParamsAdamW::default()
        },
    )?;
    let (mut losses, mut looks) = (Vec::new(), Vec::new());
    let mut recent = 0.0;
    let bar = bar(args.steps)?;
    for step in 1..=args.steps {
        let batch = batch(
            args,
            step,
            train,
            linear.as_ref(),
            teachers.as_ref(),
            &mut random,
        )?;
        let latents = statistics.standardised(&batch)?;
        let loss = loss(&net.forward(&latents)?, &targets(&batch)?, scale, args)?;
        let mut gradients = loss.backward()?;
        clip(&mut gradients, &variables)?;
        adam.set_learning_rate(args.learning_rate * schedule(step, args.steps));
        adam.step(&gradients)?;

        recent += f64::from(loss.to_scalar::<f32>()?);
        if step % LOOK == 0 || step == args.steps {
            let count = (step - 1) % LOOK + 1;
            losses.push((step, recent / count as f64));
            recent = 0.0;
            if !validate.is_empty() {
                looks.push((step, psnr(&net, &statistics, validate)?));
            }
            let look = looks
                .last()
                .map_or(String::new(), |(_, db)| format!("{db:.2} dB"));
            bar.set_message(look);
        }
        bar.set_position(step as u64);
    }
    bar.finish_and_clear();
    Ok(Trained {
        net,
        statistics,
        losses,
        looks,
    })
}

/// PSNR in dB over all pixels of some pairs, without rounding to levels.
fn psnr(net: &Net, statistics: &Statistics, pairs: &[Pair]) -> Result<f64> {
    let (mut squares, mut count) = (0.0, 0);
    for pair in pairs {
        let batch = std::slice::from_ref(pair);
        let output = net
            .forward(&statistics.standardised(batch)?)?
            .clamp(0_f32, 1_f32)?;
        let error = (output - targets(batch)?)?.sqr()?;
        squares += f64::from(error.sum_all()?.to_scalar::<f32>()?);
        count += pair.target.len();
    }
    Ok(10.0 * (count as f64 / squares).log10())
}

impl Statistics {
    fn of(pairs: &[Pair]) -> Self {
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
            // A channel that never changes is left as it is.
            deviation.push(if variance > 0.0 {
                variance.sqrt() as f32
            } else {
                1.0
            });
        }
        Self { mean, deviation }
    }

    /// Latents of one size as `[channels, images, height, width]`, each channel of mean 0
    /// and variance 1.
    fn standardised(&self, pairs: &[Pair]) -> Result<Tensor> {
        let channels = self.mean.len();
        let latents = stacked(pairs, channels, |pair| &pair.latent)?;
        let shape = (channels, 1, 1, 1);
        let mean = Tensor::from_slice(&self.mean, shape, &Device::Cpu)?;
        let deviation = Tensor::from_slice(&self.deviation, shape, &Device::Cpu)?;
        Ok(latents.broadcast_sub(&mean)?.broadcast_div(&deviation)?)
    }
}

fn targets(pairs: &[Pair]) -> Result<Tensor> {
    stacked(pairs, pairs[0].target.len() / pairs[0].pixels(), |pair| {
        &pair.target
    })
}

/// Planes of some images as `[planes, images, height, width]`.
fn stacked(pairs: &[Pair], planes: usize, of: impl Fn(&Pair) -> &Vec<f32>) -> Result<Tensor> {
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

/// Some pairs of one size, and some disturbed copies of such.
fn batch(
    args: &Args,
    step: usize,
    pairs: &[Pair],
    linear: Option<&LinearMap>,
    teachers: Option<&Teachers>,
    random: &mut StdRng,
) -> Result<Vec<Pair>> {
    let any = pairs
        .choose(random)
        .context("no pair is left to train on")?;
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
            let mut pair = disturbed(pair, kind, args.signal, linear, random)?;
            if let Some(teachers) = teachers {
                teachers.teach(&mut pair, 1.0)?;
            }
            batch.push(pair);
        }
    }
    Ok(batch)
}

/// `mean sqrt(e^2 + 1e-4) + squares mean e^2 + edges (mean |dx e| + mean |dy e|)`. Where the target
/// is black or white, what is beyond it is no error: it will be clamped.
fn loss(output: &Tensor, target: &Tensor, scale: usize, args: &Args) -> Result<Tensor> {
    let beyond_black = (target.eq(0_f32)? * output.lt(0_f32)?)?;
    let beyond_white = (target.eq(1_f32)? * output.gt(1_f32)?)?;
    let counts = (beyond_black + beyond_white)?
        .eq(0_u8)?
        .to_dtype(candle_core::DType::F32)?;
    let error = ((output - target)? * counts)?;
    let squares = error.sqr()?;
    let near = (&squares + 1e-4)?.sqrt()?.mean_all()?;
    let picture = shuffled(&error, scale)?;
    let (_, _, height, width) = picture.dims4()?;
    let across = (picture.narrow(3, 1, width - 1)? - picture.narrow(3, 0, width - 1)?)?;
    let down = (picture.narrow(2, 1, height - 1)? - picture.narrow(2, 0, height - 1)?)?;
    let edges = (across.abs()?.mean_all()? + down.abs()?.mean_all()?)?;
    Ok(((near + (squares.mean_all()? * args.squares)?)? + (edges * args.edges)?)?)
}

/// `[3 scale^2, images, height, width]` to `[3, images, scale height, scale width]`.
fn shuffled(planes: &Tensor, scale: usize) -> Result<Tensor> {
    if scale == 1 {
        return Ok(planes.clone());
    }
    let (_, images, height, width) = planes.dims4()?;
    let split = planes.reshape(vec![3, scale, scale, images, height, width])?;
    let ordered = split.permute(vec![0, 3, 4, 1, 5, 2])?;
    Ok(ordered.reshape((3, images, scale * height, scale * width))?)
}

/// Shortens the gradient to a length of at most 1.
fn clip(gradients: &mut GradStore, variables: &[Var]) -> Result<()> {
    let mut squares = 0.0;
    for variable in variables {
        if let Some(gradient) = gradients.get(variable) {
            squares += gradient.sqr()?.sum_all()?.to_scalar::<f32>()?;
        }
    }
    let length = f64::from(squares).sqrt();
    if length > 1.0 {
        for variable in variables {
            if let Some(gradient) = gradients.remove(variable) {
                gradients.insert(variable, (gradient / length)?);
            }
        }
    }
    Ok(())
}

/// The share of the highest step size: up in a line, then down along a cosine to 0.2 %.
fn schedule(step: usize, steps: usize) -> f64 {
    if step <= WARM_UP {
        return step as f64 / WARM_UP as f64;
    }
    let done = (step - WARM_UP) as f64 / (steps - WARM_UP).max(1) as f64;
    0.002 + 0.998 * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
}

/// The best map from the standardised latent of a pixel to its mean colour: for each of R,
/// G and B a weight for each channel and a constant.
fn affine(pairs: &[Pair], scale: usize, statistics: &Statistics) -> Result<[Vec<f32>; 3]> {
    let channels = statistics.mean.len();
    let mut fitted = Pairs::new(channels);
    let places = scale * scale;
    for pair in pairs {
        let pixels = pair.pixels();
        let colour = |pixel: usize, c: usize| {
            let values =
                (0..places).map(|place| pair.target[(c * places + place) * pixels + pixel]);
            values.sum::<f32>() / places as f32
        };
        let target: Vec<f32> = (0..3 * pixels).map(|i| colour(i / 3, i % 3)).collect();
        let size = [pair.shape[1], pair.shape[2]];
        fitted.add(&pair.latents()?, Target::rgb_f32(&target, size)?)?;
    }
    let fit = Fit::new(FitKind::Affine).run(&fitted, None)?;
    let Projection::Affine(affine) = fit.projection else {
        anyhow::bail!("an affine fit gives an affine projection");
    };
    // From decoder range to display values, and from latents as they are to standardised.
    Ok(std::array::from_fn(|o| {
        let weights = affine.factors().iter().map(|row| row[o] / 2.0);
        let mut row: Vec<f32> = weights
            .clone()
            .zip(&statistics.deviation)
            .map(|(w, d)| w * d)
            .collect();
        let mean: f32 = weights.zip(&statistics.mean).map(|(w, m)| w * m).sum();
        row.push((affine.bias()[o] + 1.0) / 2.0 + mean);
        row
    }))
}

fn bar(steps: usize) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("step {pos}/{len} {wide_bar} {msg} {eta}")?;
    let bar = ProgressBar::new(steps as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}
