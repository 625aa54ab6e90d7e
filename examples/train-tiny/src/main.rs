//! Trains a tiny decoder on pairs of latents and decoded pictures.
//!
//! ```text
//! cargo run --release -- --layers 3x16,3x16 --scale 2 pairs.safetensors
//! cargo run --release -- --score train-out/weights.safetensors pairs.safetensors
//! cargo run --release -- --help
//! ```
//!
//! Writes `weights.safetensors`, which `TinyDecoder::from_safetensors` loads, a plot of the
//! loss and a report on the held-out pairs.

mod args;
mod batch;
mod disturb;
mod file;
mod loss;
mod muon;
mod net;
mod pairs;
mod report;
mod start;
mod statistics;
mod training;
mod unfold;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Parser;
use latent_preview::{LatentPreview, TinyDecoder};

use args::Args;

/// Keeps the memory of tensors for the next step. Linux's usual allocator returns large blocks
/// each time, which makes the training take three times as long.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn load(path: &Path) -> Result<TinyDecoder> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    TinyDecoder::from_safetensors(&bytes).with_context(|| path.display().to_string())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

fn main() -> Result<()> {
    let args = Args::parse();
    let scored = args.score.as_deref().map(load).transpose()?;
    let scale = scored
        .as_ref()
        .map_or(args.scale.into(), LatentPreview::scale);
    let pairs = pairs::read(&args.pairs, scale)?;
    let (validate, train): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .partition(|pair| pair.is_test || args.validate.contains(&pair.name));
    if let Some(decoder) = scored {
        print!("{}", report::text(&decoder, &train, &validate)?);
        return Ok(());
    }
    println!(
        "{} pairs to train on, {} held out",
        train.len(),
        validate.len()
    );
    // Pairs for testing must not even decide which training is best.
    let looked_at: Vec<_> = validate
        .iter()
        .filter(|pair| !pair.is_test)
        .cloned()
        .collect();
    let trained = training::train(&args, &train, &looked_at)?;

    fs::create_dir_all(&args.output)?;
    let weights = args.output.join("weights.safetensors");
    let notes = [
        ("seed", args.seed.to_string()),
        ("steps", args.steps.to_string()),
        ("pairs", train.len().to_string()),
        ("batch", args.batch.to_string()),
        ("disturbed", args.disturbed.to_string()),
        ("signal", args.signal.to_string()),
        ("squares", args.squares.to_string()),
        ("edges", args.edges.to_string()),
        ("grid", args.grid.to_string()),
        ("learning_rate", args.learning_rate.to_string()),
        ("muon", args.muon.to_string()),
    ];
    trained.net.save(&weights, &trained.statistics, &notes)?;
    write(&args.output.join("loss.png"), &report::plot(&trained)?)?;
    let text = report::text(&load(&weights)?, &train, &validate)?;
    print!("{text}");
    write(&args.output.join("report.txt"), text.as_bytes())?;
    println!(
        "{} is written, with report.txt and loss.png beside it",
        weights.display()
    );
    Ok(())
}
