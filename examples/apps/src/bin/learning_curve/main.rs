//! Measures how much each learned picture improves the previews.
//!
//! ```text
//! cargo run --release --manifest-path examples/Cargo.toml --bin learning_curve
//! cargo run --release --manifest-path examples/Cargo.toml --bin learning_curve -- sd1=pairs.safetensors flux1=a-folder/
//! cargo run --release --manifest-path examples/Cargo.toml --bin learning_curve -- --test i2v ltx23=examples/data/real/ltx23.safetensors
//! cargo run --release --manifest-path examples/Cargo.toml --bin learning_curve -- --time
//! ```
//!
//! Without arguments it takes the bundled pairs of Stable Diffusion 1, the only ones with
//! pictures to learn.

mod plot;
mod time;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use latent_preview::fit::{FitError, Learned, Learner, Pairs, Target};
use latent_preview::{LatentFormat, Latents, Previewer};
use latent_preview_apps::data;
use latent_preview_apps::pairs::{self, Pair};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use plot::Curve;

/// Teaches a learner pictures in random orders, and scores previews of others after each one.
#[derive(Parser)]
struct Args {
    /// `FORMAT=PATH`: files or folders of pairs, as for the program `fit`. `NAME.f0`, `NAME.f1`, ...
    /// are the latent frames of a clip
    pairs: Vec<String>,

    /// Scores the pairs with this in their name and teaches the others [default: as their files
    /// say]
    #[arg(long)]
    test: Vec<String>,

    /// The learner's start
    #[arg(long, value_enum, default_value = "published")]
    start: Start,

    /// The number of random orders of the pictures
    #[arg(long, default_value_t = 8)]
    orders: u64,

    /// The largest number of pictures to teach in an order
    #[arg(long, default_value_t = 12)]
    pictures: usize,

    /// The seed of the orders
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// The folder for the plot and the pictures before and after learning
    #[arg(long, default_value = "learning-curve-out")]
    output: PathBuf,

    /// Measures instead how long a picture takes to learn, on made-up pictures
    #[arg(long)]
    time: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Start {
    /// The published table with the best score
    Published,
    /// `LatentFormat::previewer`
    Default,
    /// `LatentFormat::fast_previewer`
    Fast,
    /// Nothing
    Nothing,
}

fn main() -> Result<()> {
    let mut args = Args::parse();
    if args.time {
        return time::run();
    }
    if args.pairs.is_empty() {
        let bundled = data().join("quality/sd1.safetensors");
        args.pairs.push(format!("sd1={}", bundled.display()));
    }
    let mut sources: Vec<(LatentFormat, Vec<PathBuf>)> = Vec::new();
    for pair in &args.pairs {
        let (name, path) = pair.split_once('=').context("pairs are FORMAT=PATH")?;
        let format = name.parse()?;
        match sources.iter_mut().find(|(known, _)| *known == format) {
            Some((_, paths)) => paths.push(path.into()),
            None => sources.push((format, vec![path.into()])),
        }
    }
    fs::create_dir_all(&args.output)?;
    let mut curves = Vec::new();
    for (format, paths) in sources {
        curves.push(run(&args, format, &paths).with_context(|| format.name())?);
    }
    let path = args.output.join("learning-curve.png");
    plot::draw(&curves).save(&path)?;
    println!("{} is written", path.display());
    Ok(())
}

/// The pairs to learn, by picture or clip, and the pairs to score.
fn read(args: &Args, paths: &[PathBuf]) -> Result<(Vec<Vec<Pair>>, Vec<Pair>)> {
    let (mut clips, mut test): (Vec<Vec<Pair>>, _) = (Vec::new(), Vec::new());
    let clip_of = |name: &str| {
        let (clip, frame) = name.rsplit_once(".f")?;
        frame.parse::<usize>().ok().map(|_| clip.to_owned())
    };
    for path in paths {
        let mut read = pairs::read(path).with_context(|| path.display().to_string())?;
        read.sort_by(|a, b| a.name.cmp(&b.name));
        for pair in read {
            let is_named = args.test.iter().any(|name| pair.name.contains(name));
            if is_named || (args.test.is_empty() && pair.is_test == Some(true)) {
                test.push(pair);
                continue;
            }
            match clips.last_mut() {
                Some(clip)
                    if clip_of(&pair.name)
                        .is_some_and(|name| Some(name) == clip_of(&clip[0].name)) =>
                {
                    clip.push(pair);
                }
                _ => clips.push(vec![pair]),
            }
        }
    }
    ensure!(!test.is_empty(), "no pairs to score: name some with --test");
    ensure!(!clips.is_empty(), "no pairs to learn");
    Ok((clips, test))
}

fn run(args: &Args, format: LatentFormat, paths: &[PathBuf]) -> Result<Curve> {
    let (mut clips, test) = read(args, paths)?;
    let mut unseen = Pairs::new(format.channels());
    for pair in &test {
        pair.add_to(&mut unseen, Some(format))?;
    }
    let start = start(args.start, format, &unseen)?;
    let mut before = f64::NAN;
    if let Some((name, start)) = &start {
        before = unseen.score(start)?.psnr;
        println!("{format}, begun with {name}: {before:.2} dB");
    } else {
        println!("{format}, begun with nothing");
    }
    let most = args.pictures.min(clips.len());
    let mut scores = vec![Vec::new(); most];
    let mut slowest = Duration::ZERO;
    for order in 0..args.orders {
        clips.shuffle(&mut StdRng::seed_from_u64(args.seed + order));
        let mut learner = match &start {
            Some((_, start)) => Learner::from(start.clone()),
            None => Learner::new(format.channels())?,
        };
        for (clip, scores) in clips.iter().zip(&mut scores) {
            let begun = Instant::now();
            if let Err(reason) = learn(&mut learner, format, clip)? {
                println!("  {}: {reason}", clip[0].name);
            }
            slowest = slowest.max(begun.elapsed());
            scores.push(unseen.score(&learner)?.psnr);
        }
        if order == 0 {
            println!("  {}", learner.learned());
            let path = args.output.join(format!("{format}.png"));
            before_and_after(&test, format, start.as_ref(), &learner)?.save(&path)?;
        }
    }
    let mean = |scores: &Vec<f64>| scores.iter().sum::<f64>() / scores.len() as f64;
    let worst = |scores: &Vec<f64>| scores.iter().copied().fold(f64::INFINITY, f64::min);
    println!("  pictures  mean dB  worst dB");
    for (seen, scores) in (1..).zip(&scores) {
        println!("  {seen:8} {:8.2} {:9.2}", mean(scores), worst(scores));
    }
    println!("  the slowest picture took {} ms", slowest.as_millis());
    let after_start = |of: fn(&Vec<f64>) -> f64| {
        let first = start.is_some().then_some(before);
        first.into_iter().chain(scores.iter().map(of)).collect()
    };
    Ok(Curve {
        name: format.name().into(),
        mean: after_start(mean),
        worst: after_start(worst),
    })
}

fn learn(
    learner: &mut Learner,
    format: LatentFormat,
    clip: &[Pair],
) -> Result<Result<Learned, FitError>> {
    let latents = clip
        .iter()
        .map(|pair| pair.latents(Some(format)))
        .collect::<Result<Vec<_>>>()?;
    if let ([latents], [pair]) = (&latents[..], clip) {
        return Ok(learner.learn(latents, target(pair)?).copied());
    }
    // The files hold one picture per latent frame: the mean of its decoded frames.
    let [channels, height, width] = [
        latents[0].channels(),
        latents[0].height(),
        latents[0].width(),
    ];
    let mut samples = Vec::new();
    let mut frames = Vec::new();
    for (at, (latents, pair)) in latents.iter().zip(clip).enumerate() {
        for c in 0..channels {
            let rows = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
            samples.extend(rows.filter_map(|(y, x)| latents.get(c, y, x)));
        }
        let stands_for = if learner.format().is_some() {
            format.decoded_frames(at).len()
        } else {
            1
        };
        frames.extend(vec![target(pair)?; stands_for]);
    }
    let batch = Latents::batch(&samples, [clip.len(), channels, height, width])?;
    Ok(learner.learn_video(batch, &frames).copied())
}

fn target(pair: &Pair) -> Result<Target<'_>, FitError> {
    Target::rgb8(&pair.target.pixels, [pair.target.height, pair.target.width])
}

fn start(kind: Start, format: LatentFormat, unseen: &Pairs) -> Result<Option<(String, Previewer)>> {
    Ok(match kind {
        Start::Nothing => None,
        Start::Default => Some(("the default previewer".into(), format.previewer()?)),
        Start::Fast => Some(("the fast previewer".into(), format.fast_previewer()?)),
        Start::Published => {
            let mut best: Option<(f64, &str, Previewer)> = None;
            for published in format.projections() {
                let previewer = published.previewer();
                let psnr = unseen.score(&previewer)?.psnr;
                let is_ours = published.origin.starts_with("latent-preview");
                if !is_ours && best.as_ref().is_none_or(|(best, ..)| psnr > *best) {
                    best = Some((psnr, published.origin, previewer));
                }
            }
            let (_, origin, previewer) = best.context("nobody has published a table")?;
            Some((format!("the table of {origin}"), previewer))
        }
    })
}

/// The decoder's pictures, and previews before and after learning.
fn before_and_after(
    test: &[Pair],
    format: LatentFormat,
    start: Option<&(String, Previewer)>,
    learner: &Learner,
) -> Result<latent_preview_apps::picture::Picture> {
    use latent_preview::LatentPreview;
    use latent_preview_apps::picture::Picture;
    use latent_preview_apps::score::score;
    use latent_preview_apps::sheet::{self, Cell};

    let mut rows = Vec::new();
    for pair in test.iter().take(6) {
        let latents = pair.latents(Some(format))?;
        let mut row = vec![Cell {
            picture: pair.target.clone(),
            title: pair.name.clone(),
            caption: "decoder".into(),
        }];
        let start = start.map(|(_, start)| start as &dyn LatentPreview);
        let shown = [
            ("before", start),
            ("after", Some(learner as &dyn LatentPreview)),
        ];
        for (title, previewer) in shown {
            let Some(previewer) = previewer else { continue };
            let preview = previewer.preview_rgb(&latents)?;
            let psnr = score(preview.as_bytes(), &pair.target.pixels).map_or(0.0, |s| s.psnr);
            row.push(Cell {
                picture: Picture::new(preview.width(), preview.height(), preview.into_bytes())?,
                title: title.into(),
                caption: format!("{psnr:.1} dB"),
            });
        }
        rows.push(row);
    }
    Ok(sheet::draw(&rows, 3))
}
