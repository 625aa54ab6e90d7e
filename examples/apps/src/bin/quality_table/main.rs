//! Scores every projection on pairs of latents and decoded pictures.
//!
//! ```text
//! cargo run --release --manifest-path examples/Cargo.toml --bin quality_table
//! cargo run --release --manifest-path examples/Cargo.toml --bin quality_table -- --format sd1 my-pairs.safetensors
//! ```
//!
//! Without arguments it takes the bundled pairs that no preset was fitted on, and writes the
//! quality tables of the README and of `benches/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use latent_preview::fit::{Pairs, Score};
use latent_preview::{LatentFormat, LatentPreview, Previewer, Projection};
use latent_preview_apps::{data, pairs, readme, score};

/// Scores every projection of a format on pairs, without those that a file lists for training.
#[derive(Parser)]
struct Args {
    /// Files or folders of pairs, as for the program `fit` [default: the bundled ones of all
    /// formats]
    #[arg(requires = "format")]
    pairs: Vec<PathBuf>,

    /// The latents' format, or a model that uses it
    #[arg(long, requires = "pairs")]
    format: Option<LatentFormat>,

    /// Takes only pairs with this in their name; may be given several times
    #[arg(long, requires = "pairs")]
    with_name: Vec<String>,

    /// A stored projection to score as well; may be given several times
    #[arg(long, requires = "pairs")]
    projection: Vec<PathBuf>,
}

/// The formats of the bundled pairs that full VAEs decoded, and the name in the table.
const FULL_VAES: [(LatentFormat, &str); 2] = [
    (LatentFormat::Flux1, "flux1, full VAE"),
    (LatentFormat::Ltx23, "ltx23, full VAE"),
];

/// The formats of the bundled pairs that tiny autoencoders decoded.
const BUNDLED: [LatentFormat; 5] = [
    LatentFormat::Sd1,
    LatentFormat::Sdxl,
    LatentFormat::Sd3,
    LatentFormat::Flux1,
    LatentFormat::Flux2,
];

fn main() -> Result<()> {
    let args = Args::parse();
    let Some(format) = args.format else {
        return bundled();
    };
    let mut scored = Vec::new();
    let pairs = test_pairs(format, &args.pairs, &args.with_name)?;
    for (origin, previewer) in previewers(format) {
        scored.push((origin.to_owned(), pairs.score(&previewer)?));
    }
    for path in &args.projection {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let projection: Projection =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        ensure!(
            projection.channels() == format.channels(),
            "{} is for {} channels",
            path.display(),
            projection.channels()
        );
        scored.push((path.display().to_string(), pairs.score(&projection)?));
    }
    print_scores(format, &pairs, &scored);
    Ok(())
}

/// The projections of a format and its tiny decoder.
fn previewers(format: LatentFormat) -> impl Iterator<Item = (&'static str, Previewer)> {
    let projections = format.projections().iter();
    let default = format.previewer().ok();
    let tiny = default.filter(|previewer| previewer.tiny_decoder().is_some());
    let tiny = tiny.map(|previewer| ("tiny", previewer));
    projections
        .map(|published| (published.origin, published.previewer()))
        .chain(tiny)
}

/// The score of the 2x tiny decoder on the pairs that have a picture of that size and are not
/// for training.
fn score_twice(format: LatentFormat, path: &Path) -> Result<(f64, f64, usize)> {
    let tiny = format.previewer_2x()?;
    let (mut made, mut wanted, mut count) = (Vec::new(), Vec::new(), 0);
    for pair in pairs::read(path)? {
        if let (Some(target), Some(true)) = (&pair.tensor.target_2x, pair.is_test) {
            made.extend(tiny.preview_rgb(&pair.latents(Some(format))?)?.into_bytes());
            wanted.extend_from_slice(&target.pixels);
            count += 1;
        }
    }
    let score = score::score(&made, &wanted).context("pictures of twice the size")?;
    Ok((score.psnr, score.ciede2000, count))
}

/// Gathers the pairs that are not for training.
fn test_pairs(format: LatentFormat, paths: &[PathBuf], names: &[String]) -> Result<Pairs> {
    let mut gathered = Pairs::new(format.channels());
    for path in paths {
        for pair in pairs::read(path).with_context(|| path.display().to_string())? {
            let is_wanted = names.iter().all(|name| pair.name.contains(name));
            if is_wanted && pair.is_test != Some(false) {
                pair.add_to(&mut gathered, Some(format))
                    .with_context(|| pair.name.clone())?;
            }
        }
    }
    Ok(gathered)
}

fn print_scores(format: LatentFormat, pairs: &Pairs, scored: &[(String, Score)]) {
    println!(
        "{:34} {:>8} {:>8} {:>10}  {} pairs",
        format.name(),
        "PSNR dB",
        "MAE",
        "CIEDE2000",
        pairs.len()
    );
    for (origin, score) in scored {
        println!(
            "{origin:34} {:8.2} {:8.2} {:10.2}",
            score.psnr, score.mae, score.ciede2000
        );
    }
    println!();
}

/// Scores everything on the bundled pairs and writes the tables.
fn bundled() -> Result<()> {
    let mut long = String::from(
        "| format | best of others | affine | quadratic | small | full (fast) | tiny (default) | tiny 2x (twice the size) |\n|---|---|---|---|---|---|---|---|\n",
    );
    let mut short = String::from(
        "| decoder | pictures | best published matrix | fast | default | 2x |\n|---|---|---|---|---|---|\n",
    );
    for format in BUNDLED {
        let file = data().join(format!("quality/{format}.safetensors"));
        let (scored, cells) = scores(format, format.name(), &file)?;
        let (psnr, ciede2000, count) = score_twice(format, &file)?;
        println!("tiny 2x, at twice the size: {psnr:.2} dB, {ciede2000:.2}, {count} pairs\n");
        long += &format!("{} {psnr:.1} dB, {ciede2000:.1} |\n", row(format, &scored)?);
        short += &format!("{cells} {psnr:.1} dB |\n");
    }
    for (format, name) in FULL_VAES {
        let file = data().join(format!("real/{format}.safetensors"));
        let (_, cells) = scores(format, name, &file)?;
        short += &format!("{cells} - |\n");
    }
    for (file, table) in [(readme::README, &short), (readme::BENCHES, &long)] {
        readme::replace(
            file,
            "quality table: written by `cargo run --release --manifest-path examples/Cargo.toml --bin quality_table`",
            "quality table: end",
            table,
        )?;
        print!("{table}");
    }
    Ok(())
}

/// Prints the score of each previewer of a format on the pairs of a file. Returns these scores
/// and the first cells of a row of the README's table.
fn scores(format: LatentFormat, name: &str, file: &Path) -> Result<(Vec<(String, Score)>, String)> {
    let pairs = test_pairs(format, &[file.to_owned()], &[])?;
    let mut scored = Vec::new();
    for (origin, previewer) in previewers(format) {
        scored.push((origin.to_owned(), pairs.score(&previewer)?));
    }
    print_scores(format, &pairs, &scored);
    let (best, score) = best_of_others(&scored)?;
    let psnr = |previewer: Previewer| Ok::<_, anyhow::Error>(pairs.score(&previewer)?.psnr);
    let cells = format!(
        "| {name} | {} | {:.1} dB, {best} | {:.1} dB | {:.1} dB |",
        pairs.len(),
        score.psnr,
        psnr(format.fast_previewer()?)?,
        psnr(format.previewer()?)?,
    );
    Ok((scored, cells))
}

/// PSNR and color difference.
fn cell(score: &Score) -> String {
    format!("{:.1} dB, {:.1}", score.psnr, score.ciede2000)
}

/// The projection with the highest PSNR that is not this crate's own.
fn best_of_others(scored: &[(String, Score)]) -> Result<(&str, &Score)> {
    let others = scored
        .iter()
        .filter(|(origin, _)| !origin.starts_with("latent-preview") && origin != "tiny");
    let best = others.max_by(|a, b| a.1.psnr.total_cmp(&b.1.psnr));
    let (origin, score) = best.context("a projection of others")?;
    Ok((origin, score))
}

fn row(format: LatentFormat, scored: &[(String, Score)]) -> Result<String> {
    let ours = |name: &str| {
        let found = scored.iter().find(|(origin, _)| origin == name);
        found.map_or_else(|| "-".to_owned(), |(_, score)| cell(score))
    };
    let (best, score) = best_of_others(scored)?;
    Ok(format!(
        "| {} | {}, {best} | {} | {} | {} | {} | {} |",
        format.name(),
        cell(score),
        ours("latent-preview affine"),
        ours("latent-preview quadratic"),
        ours("latent-preview small"),
        ours("latent-preview full"),
        ours("tiny"),
    ))
}
