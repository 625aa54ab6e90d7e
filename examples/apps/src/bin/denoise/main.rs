//! Runs a sampler from noise to a picture and previews each step: the noisy latent beside the
//! estimate of the clean one.
//!
//! ```text
//! cargo run --release --manifest-path examples/Cargo.toml --bin denoise
//! cargo run --release --manifest-path examples/Cargo.toml --bin denoise -- --format flux1 --steps 20 --seed 3 --live
//! cargo run --release --manifest-path examples/Cargo.toml --bin denoise -- --write-intermediates steps
//! cargo run --release --manifest-path examples/Cargo.toml --bin denoise -- --previewer ComfyUI --learn learner.json --seed 1
//! ```
//!
//! It needs no model weights: the output of an exact model is computed from the bundled
//! latents, see `../../score_model.rs`.

mod animation;
mod args;
mod learn;
mod report;
mod terminal;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use latent_preview::{LatentPreview, Latents};
use latent_preview_apps::origins;
use latent_preview_apps::picture::Picture;
use latent_preview_apps::sampler::{Method, Sampler, Step};
use latent_preview_apps::score_model::ScoreModel;

use args::Args;
use report::Frame;
use terminal::Screen;

/// A finished run.
struct Run {
    frames: Vec<Frame>,
    /// The preview of the latent after the last step.
    end: Picture,
    total: Duration,
    in_previews: Duration,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let method = args.method.unwrap_or_else(|| Method::of(args.format));
    let model = ScoreModel::bundled(args.format, args.radius)?;
    let (origin, previewer) = origins::previewer(args.format, args.previewer.as_deref())?;
    fs::create_dir_all(&args.output)?;
    if let Some(folder) = &args.write_intermediates {
        fs::create_dir_all(folder)?;
    }

    let mut sampler = Sampler::new(&model, method, args.steps.into(), args.seed);
    let stored = args.learn.as_deref();
    let mut learner = stored
        .map(|path| learn::load(path, &previewer))
        .transpose()?;
    let shown: &dyn LatentPreview = match &learner {
        Some(learner) => learner,
        None => &previewer,
    };
    let run = sample(&args, &mut sampler, shown)?;

    println!(
        "{} of {}, {} steps, seed {}, previewed with {origin}",
        method.name(),
        args.format,
        args.steps,
        args.seed
    );
    report::print(&run.frames, &run.end, run.total, run.in_previews);
    write(&args, &run)?;
    if let (Some(learner), Some(path)) = (&mut learner, stored) {
        let end = Latents::planar(&sampler.x_t, sampler.shape())?;
        learn::learn(learner, path, args.format, &end)?;
    }
    Ok(())
}

/// Runs the sampler as a pipeline does, with a preview at the end of each step.
fn sample(args: &Args, sampler: &mut Sampler<'_>, previewer: &dyn LatentPreview) -> Result<Run> {
    let steps = args.steps.into();
    // With pictures, the screen shows the progress.
    let mut screen = args.live.then(Screen::new).transpose()?;
    let bar = if args.live {
        ProgressBar::hidden()
    } else {
        ProgressBar::new(args.steps.into())
    };
    bar.set_style(ProgressStyle::with_template("{wide_bar} {msg}")?);
    let mut frames = Vec::new();
    let (mut total, mut in_previews) = (Duration::ZERO, Duration::ZERO);
    let mut started = Instant::now();
    while let Some(step) = sampler.step()? {
        let is_last = step.index + 1 == steps;
        if is_last || step.index % args.every == 0 {
            let begun = Instant::now();
            let frame = preview(&step, sampler.shape(), previewer)?;
            in_previews += begun.elapsed();
            // The time of a run does not include the use of its pictures.
            total += started.elapsed();
            write_step(args, &frame)?;
            if let Some(screen) = &mut screen {
                let done = frame.step as f64 / steps as f64;
                screen.show(
                    &frame.x0,
                    done,
                    message(frame.step, steps, in_previews, total),
                )?;
            }
            frames.push(frame);
            started = Instant::now();
        }
        let elapsed = total + started.elapsed();
        bar.set_message(message(step.index + 1, steps, in_previews, elapsed));
        bar.inc(1);
    }
    total += started.elapsed();
    bar.finish_and_clear();
    if let Some(screen) = screen {
        screen.leave()?;
    }
    let end = Latents::planar(&sampler.x_t, sampler.shape())?;
    Ok(Run {
        frames,
        end: picture(previewer.preview_rgb(&end)?)?,
        total,
        in_previews,
    })
}

/// Previews the sampler's latent and the estimate of the clean one.
fn preview(step: &Step, shape: [usize; 3], previewer: &dyn LatentPreview) -> Result<Frame> {
    let x_t = Latents::planar(&step.x_t, shape)?;
    let output = Latents::planar(&step.model_output, shape)?;
    Ok(Frame {
        step: step.index + 1,
        x_t: picture(previewer.preview_rgb(&x_t)?)?,
        x0: picture(previewer.preview_rgb(&Latents::denoised(&x_t, &output, step.denoise)?)?)?,
    })
}

fn picture(preview: latent_preview::Preview) -> Result<Picture> {
    Picture::new(preview.width(), preview.height(), preview.into_bytes())
}

/// The progress of the run, and the cost of the previews.
fn message(step: usize, steps: usize, in_previews: Duration, elapsed: Duration) -> String {
    let share = 100.0 * in_previews.as_secs_f64() / elapsed.as_secs_f64();
    format!("step {step}/{steps} {elapsed:.1?}, {share:.2} % of it in previews")
}

/// Writes the pictures of a step if the command line asks for it.
fn write_step(args: &Args, frame: &Frame) -> Result<()> {
    let Some(folder) = &args.write_intermediates else {
        return Ok(());
    };
    for (name, picture) in [("x_t", &frame.x_t), ("x0", &frame.x0)] {
        let path = folder.join(format!("step-{:03}-{name}.png", frame.step));
        picture.scaled(args.scale, args.filter).save(&path)?;
    }
    Ok(())
}

fn write(args: &Args, run: &Run) -> Result<()> {
    let path = |name: &str| args.output.join(name);
    let large = |picture: &Picture| picture.scaled(args.scale, args.filter);
    report::sheet(&run.frames, &run.end).save(&path("sheet.png"))?;
    large(&run.end).save(&path("end.png"))?;
    let pairs = run.frames.iter().map(Frame::side_by_side);
    let pairs: Vec<Picture> = pairs.map(|pair| large(&pair)).collect();
    animation::write_png(&pairs, &path("run.png"))?;
    animation::write_gif(&pairs, &path("run.gif"))?;
    let list = ["sheet.png", "end.png", "run.png", "run.gif"].map(path);
    println!("{} are written", list.each_ref().map(display).join(", "));
    Ok(())
}

fn display(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}
