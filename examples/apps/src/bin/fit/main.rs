//! Fits a projection to pairs of latents and pictures.
//!
//! ```text
//! cargo run --release --manifest-path examples/Cargo.toml --bin fit -- examples/data/sd1.safetensors
//! cargo run --release --manifest-path examples/Cargo.toml --bin fit -- --help
//! ```

mod args;
mod report;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::{ProgressBar, ProgressIterator, ProgressStyle};
use latent_preview::fit::{Fit, FitKind, Pairs};
use latent_preview_apps::pairs::{self, Pair};
use latent_preview_apps::picture;

use args::Args;

fn main() -> Result<()> {
    let args = Args::parse();
    let pairs = read(&args.pairs)?;
    let (train, hold_out) = split(pairs, args.hold_out);
    let channels = train
        .first()
        .context("no pair is left to fit on")?
        .latents(args.format)?
        .channels();
    let gather = |pairs: &[Pair]| {
        let mut gathered = Pairs::new(channels);
        for pair in pairs {
            pair.add_to(&mut gathered, args.format)
                .with_context(|| pair.name.clone())?;
        }
        Ok::<_, anyhow::Error>(gathered)
    };
    let (train_pairs, hold_out_pairs) = (gather(&train)?, gather(&hold_out)?);
    let held_out = (!hold_out_pairs.is_empty()).then_some(&hold_out_pairs);

    println!(
        "Fitting {:?} to {} pairs of {channels} channels; {} are held out",
        args.kind,
        train.len(),
        hold_out.len()
    );
    let bar = spinner();
    let fitted = Fit::new(FitKind::from(args.kind))
        .ridge(args.ridge)
        .disturbed(&args.disturbances(), args.disturbed_weight)
        .run_with_progress(&train_pairs, held_out, &mut |progress| {
            bar.set_position(progress.pass as u64);
            bar.set_message(format!("{:.3} levels", progress.error));
        })?;
    bar.finish_and_clear();

    fs::create_dir_all(&args.output)?;
    let projection = args.output.join("projection.json");
    let json = serde_json::to_string(&fitted.projection)? + "\n";
    picture::write(&projection, json.as_bytes())?;
    let text = report::text(&args, &fitted, held_out.unwrap_or(&train_pairs))?;
    print!("{text}");
    let report = args.output.join("report.txt");
    picture::write(&report, text.as_bytes())?;
    let shown = if hold_out.is_empty() {
        &train
    } else {
        &hold_out
    };
    let sheet = args.output.join("before-after.png");
    report::sheet(&args, &fitted.projection, &train_pairs, shown)?.save(&sheet)?;
    println!(
        "{}, {} and {} are written",
        projection.display(),
        report.display(),
        sheet.display()
    );
    Ok(())
}

fn read(paths: &[PathBuf]) -> Result<Vec<Pair>> {
    let style = ProgressStyle::with_template("reading {wide_bar} {pos}/{len}")?;
    let mut all = Vec::new();
    for path in paths.iter().progress_with_style(style) {
        all.extend(pairs::read(path).with_context(|| path.display().to_string())?);
    }
    Ok(all)
}

/// The pairs to fit on and those to hold out: as their files say, else every `every`-th pair.
fn split(pairs: Vec<Pair>, every: usize) -> (Vec<Pair>, Vec<Pair>) {
    let mut unsaid = 0;
    let (hold_out, train) = pairs.into_iter().partition(|pair| {
        pair.is_test.unwrap_or_else(|| {
            unsaid += 1;
            every > 0 && unsaid % every == 0
        })
    });
    (train, hold_out)
}

/// A count, not a bar: the number of passes is not known in advance.
fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} pass {pos}, error {msg}, {elapsed}");
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
