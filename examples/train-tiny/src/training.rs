//! The training loop.

use std::time::Duration;

use anyhow::{Context, Result};
use candle_core::Var;
use candle_core::backprop::GradStore;
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW};
use indicatif::{ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::args::Args;
use crate::batch::{batch, targets};
use crate::disturb::LinearMap;
use crate::loss::loss;
use crate::muon::Muon;
use crate::net::Net;
use crate::pairs::Pair;
use crate::report::psnr;
use crate::start::affine;
use crate::statistics::Statistics;

/// The number of steps over which the step sizes grow.
const WARM_UP: usize = 50;
/// The number of steps between two validations.
const LOOK: usize = 100;

/// A trained network and its history.
pub struct Trained {
    pub net: Net,
    pub statistics: Statistics,
    /// Step and loss, the mean of the steps since the previous entry.
    pub losses: Vec<(usize, f64)>,
    /// Step and PSNR in dB of the validation pairs.
    pub looks: Vec<(usize, f64)>,
}

pub fn train(args: &Args, train: &[Pair], validate: &[Pair]) -> Result<Trained> {
    let scale = usize::from(args.scale);
    let mut random = StdRng::seed_from_u64(args.seed);
    let channels = train.first().context("there is no pair to train on")?.shape[0];
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
    let mut muon = Muon::new(net.convolutions())?;
    let (mut losses, mut looks) = (Vec::new(), Vec::new());
    let mut recent = 0.0;
    let bar = bar(args.steps)?;
    for step in 1..=args.steps {
        let batch = batch(args, step, train, linear.as_ref(), &mut random)?;
        let latents = statistics.standardized(&batch)?;
        let loss = loss(&net.forward(&latents)?, &targets(&batch)?, scale, args)?;
        let mut gradients = loss.backward()?;
        clip(&mut gradients, &variables)?;
        let share = schedule(step, args.steps);
        muon.step(&mut gradients, args.muon * share)?;
        adam.set_learning_rate(args.learning_rate * share);
        adam.step(&gradients)?;

        recent += f64::from(loss.to_scalar::<f32>()?);
        if step % LOOK == 0 || step == args.steps {
            let count = (step - 1) % LOOK + 1;
            losses.push((step, recent / count as f64));
            recent = 0.0;
            if !validate.is_empty() {
                looks.push((step, psnr(&net.decoder(&statistics)?, validate)?));
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

/// The share of the highest step sizes: up along a line, then down along a cosine to 0.2 %.
fn schedule(step: usize, steps: usize) -> f64 {
    if step <= WARM_UP {
        return step as f64 / WARM_UP as f64;
    }
    let done = (step - WARM_UP) as f64 / (steps - WARM_UP).max(1) as f64;
    0.002 + 0.998 * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
}

fn bar(steps: usize) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("step {pos}/{len} {wide_bar} {msg} {eta}")?;
    let bar = ProgressBar::new(steps as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}
