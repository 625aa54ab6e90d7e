//! Stable Diffusion 1 or 2 with candle, previewed at every step.
//!
//! ```text
//! cargo run --release -- --weights stable-diffusion-v1-5/ --prompt "a rusty robot" --previews steps
//! ```
//!
//! The folder is a model in the layout of diffusers: `unet/`, `vae/`, `text_encoder/`,
//! `tokenizer/` and `scheduler/`, with their `config.json` and `.safetensors` files.
//!
//! candle's own example runs the whole VAE decoder for intermediate pictures. Here each step
//! hands the estimate of x0 to a thread that makes a preview of it.

mod learn;
mod preview;
mod weights;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use candle_core::{DType, Device, Tensor};
use candle_transformers::models::stable_diffusion::vae::AutoEncoderKL;
use clap::Parser;
use latent_preview::LatentFormat;
use latent_preview::fit::Learner;

use preview::Previews;
use weights::Pipeline;

/// Makes a picture from a text and previews each step.
#[derive(Parser, Debug)]
struct Args {
    /// A folder in the layout of diffusers
    #[arg(long)]
    weights: PathBuf,

    /// The prompt
    #[arg(long)]
    prompt: String,

    /// The negative prompt
    #[arg(long, default_value = "")]
    negative_prompt: String,

    /// The width and height of the picture in pixels, a multiple of 8
    #[arg(long, default_value_t = 512)]
    size: usize,

    #[arg(long, default_value_t = 30)]
    steps: usize,

    /// The guidance scale: how strongly the prompt counts against the negative prompt
    #[arg(long, default_value_t = 7.5)]
    guidance: f64,

    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// The folder for a preview of each step, as PNG
    #[arg(long, value_name = "DIR")]
    previews: Option<PathBuf>,

    /// Learns from the final picture, for the next run with the same file
    #[arg(long, value_name = "FILE")]
    learn: Option<PathBuf>,

    /// The file for the picture
    #[arg(long, default_value = "picture.png")]
    output: PathBuf,
}

fn main() -> Result<()> {
    let args = Args::parse();
    ensure!(
        args.size.is_multiple_of(8) && args.size > 0,
        "the size must be a multiple of 8"
    );
    let device = Device::Cpu;
    let pipeline = Pipeline::load(&args.weights, &device)?;
    let text = pipeline.encode(&[&args.negative_prompt, &args.prompt])?;
    // Stable Diffusion 1 and 2 have the same latents.
    let mut previewer = LatentFormat::Sd1.previewer()?;
    let stored = args.learn.as_deref();
    let mut learner = stored
        .map(|path| learn::load(path, &previewer))
        .transpose()?;
    if let Some(learned) = learner.as_ref().and_then(Learner::previewer) {
        previewer = learned.clone();
    }
    let start = |folder| Previews::start(folder, previewer);
    let previews = args.previews.as_deref().map(start).transpose()?;

    let started = Instant::now();
    let (latents, in_previews) = sample(&args, &pipeline, &text, previews.as_ref())?;
    let sampled = started.elapsed();
    let shown = previews.map(Previews::finish).transpose()?;

    let started = Instant::now();
    let scale = pipeline.vae_scale;
    let picture = decode(&pipeline.vae, &latents, scale)?;
    let decoded = started.elapsed();
    preview::write_png(&picture, &args.output)?;
    println!(
        "{} steps took {:.3} s, handing over latents {:.3} ms of it; decoding once took {:.3} s",
        args.steps,
        sampled.as_secs_f64(),
        1e3 * in_previews.as_secs_f64(),
        decoded.as_secs_f64()
    );
    if let (Some(learner), Some(path)) = (&mut learner, stored) {
        println!("{}", learn::learn(learner, path, &latents, &picture)?);
    }
    if let Some(shown) = shown {
        println!("{shown} previews were written");
    }
    Ok(())
}

/// Samples the latent of a picture from noise. Also returns the loop's time for previews.
fn sample(
    args: &Args,
    pipeline: &Pipeline,
    text: &Tensor,
    previews: Option<&Previews>,
) -> Result<(Tensor, Duration)> {
    let side = args.size / 8;
    let mut scheduler = pipeline.scheduler(args.steps)?;
    let mut latents = noise(args.seed, [1, pipeline.latent_channels, side, side])?;
    latents = (latents * scheduler.init_noise_sigma())?;
    let mut in_previews = Duration::ZERO;
    for (index, timestep) in scheduler.timesteps().to_vec().into_iter().enumerate() {
        let input = Tensor::cat(&[&latents, &latents], 0)?;
        let input = scheduler.scale_model_input(input, timestep)?;
        let output = pipeline.unet.forward(&input, timestep as f64, text)?;
        let [without, with] = [output.narrow(0, 0, 1)?, output.narrow(0, 1, 1)?];
        let output = (&without + ((with - &without)? * args.guidance)?)?;

        // All that previews need in a pipeline:
        let begun = Instant::now();
        if let Some(previews) = previews {
            previews.show(index, &latents, &output, pipeline.denoise(timestep)?)?;
        }
        in_previews += begun.elapsed();

        latents = scheduler.step(&output, timestep, &latents)?;
    }
    Ok((latents, in_previews))
}

/// Normal noise from a seed, since candle's CPU backend takes no seed.
fn noise(seed: u64, shape: [usize; 4]) -> Result<Tensor> {
    let mut state = seed;
    // SplitMix64 (Steele et al. 2014); 53 bits make a number above 0 and at most 1.
    let mut uniform = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((bits ^ (bits >> 31)) >> 11) + 1) as f64 / (1_u64 << 53) as f64
    };
    // Box and Muller 1958.
    let mut normal = || {
        let radius = (-2.0 * uniform().ln()).sqrt();
        (radius * (std::f64::consts::TAU * uniform()).cos()) as f32
    };
    let samples: Vec<f32> = (0..shape.iter().product()).map(|_| normal()).collect();
    Ok(Tensor::from_vec(samples, shape.as_slice(), &Device::Cpu)?)
}

fn decode(vae: &AutoEncoderKL, latents: &Tensor, scale: f64) -> Result<image::RgbImage> {
    let picture = vae.decode(&(latents / scale)?)?;
    let picture = ((picture / 2.0)? + 0.5)?.clamp(0_f32, 1_f32)?;
    let picture = (picture * 255.0)?.round()?.to_dtype(DType::U8)?;
    let (_, height, width) = picture.squeeze(0)?.dims3()?;
    let bytes = picture.squeeze(0)?.permute((1, 2, 0))?.flatten_all()?;
    image::RgbImage::from_raw(width as u32, height as u32, bytes.to_vec1()?)
        .context("the VAE does not make RGB")
}
