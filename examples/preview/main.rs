//! Previews the bundled latents, or a file of yours.
//!
//! ```text
//! cargo run --release --example preview
//! cargo run --release --example preview -- my.safetensors --format sdxl --output my.png
//! ```

mod args;
mod input;
mod picture;
mod score;
mod sheet;
mod tables;

use std::hint::black_box;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use latent_preview::{LatentPreview, Latents, PixelFormat, Projection};

use args::Args;
use input::Tensor;
use picture::Picture;
use sheet::Cell;
use tables::{FORMATS, Format};

fn main() -> Result<()> {
    let args = Args::parse();
    match &args.file {
        Some(file) => preview_file(file, &args).with_context(|| file.display().to_string()),
        None => preview_bundled(args.scale),
    }
}

/// Previews every bundled latent with every projection of its format.
fn preview_bundled(scale: usize) -> Result<()> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
    let out = PathBuf::from("preview-out");
    std::fs::create_dir_all(&out)?;

    print_table_head();
    let mut rows = Vec::new();
    for format in FORMATS {
        let file = format!("{}.safetensors", format.name);
        for tensor in input::read(&data.join(&file))?.tensors {
            let picture = tensor.name.trim_end_matches(".lat");
            let mut row = vec![decoder_cell(format, picture, &tensor)?];
            for (name, projection) in format.projections()? {
                let latents = tensor.images()?.next().context("an image")?;
                let shot = shoot(&projection, &latents)?;
                let caption = print_row(&file, &tensor, name, &shot);
                let plain_name = name.replace([' ', '.'], "-");
                let png = format!("{}-{picture}-{plain_name}.png", format.name);
                shot.picture.enlarged(scale).save(&out.join(png))?;
                row.push(Cell {
                    picture: shot.picture,
                    title: name.to_owned(),
                    caption,
                });
            }
            rows.push(row);
        }
    }
    let path = out.join("contact-sheet.png");
    sheet::draw(&rows, scale.min(3)).save(&path)?;
    println!(
        "\nAll of them beside the decoder's own output: {}",
        path.display()
    );
    Ok(())
}

fn decoder_cell(format: &Format, picture: &str, tensor: &Tensor) -> Result<Cell> {
    let [_, height, width] = *tensor.shape else {
        bail!("{} is no single image", tensor.name);
    };
    let target = tensor.target.clone().context("a bundled pair")?;
    Ok(Cell {
        picture: Picture::new(width, height, target)?,
        title: format!("{} {picture}", format.name),
        caption: "decoder".to_owned(),
    })
}

/// Previews one tensor of a file.
fn preview_file(file: &Path, args: &Args) -> Result<()> {
    let input = input::read(file)?;
    let tensor = choose_tensor(&input.tensors, args.tensor.as_deref())?;
    let named = args.format.as_ref().or(input.format.as_ref());
    let format = choose_format(tensor, named.map(String::as_str))?;
    let (name, projection) = choose_projection(format, args.projection.as_deref())?;
    let model_space;
    let tensor = if input.is_vae_space {
        model_space = tensor.scaled(format.scale, format.shift)?;
        &model_space
    } else {
        tensor
    };

    print_table_head();
    let images = tensor.images()?;
    let is_single = images.len() == 1;
    let output = args.output.clone().unwrap_or_else(|| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        PathBuf::from(format!("{stem}.preview.png"))
    });
    for (index, latents) in images.enumerate() {
        let shot = shoot(&projection, &latents)?;
        print_row(&file.display().to_string(), tensor, name, &shot);
        let path = if is_single {
            output.clone()
        } else {
            output.with_extension(format!("{index:03}.png"))
        };
        shot.picture.enlarged(args.scale).save(&path)?;
        println!("{}", path.display());
    }
    Ok(())
}

fn choose_tensor<'a>(tensors: &'a [Tensor], name: Option<&str>) -> Result<&'a Tensor> {
    let names = || {
        let names: Vec<_> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        names.join(", ")
    };
    let wanted = |name: &str| tensors.iter().find(|tensor| tensor.name == name);
    match (name, tensors) {
        (Some(name), _) => {
            wanted(name).with_context(|| format!("no latent tensor {name}; there are: {}", names()))
        }
        (None, []) => bail!("no tensor of F32, F16 or BF16 with three dimensions or more"),
        (None, [only]) => Ok(only),
        (None, _) => wanted("latent_tensor")
            .with_context(|| format!("choose one with --tensor: {}", names())),
    }
}

/// The format by name, or by asking which of those that fit it is.
fn choose_format(tensor: &Tensor, name: Option<&str>) -> Result<&'static Format> {
    let channels = tensor.channels().with_context(|| {
        format!(
            "{} has shape {:?}: no image, batch or video",
            tensor.name, tensor.shape
        )
    })?;
    if let Some(name) = name {
        let known: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        let format = FORMATS
            .iter()
            .find(|format| format.name.eq_ignore_ascii_case(name))
            .with_context(|| format!("unknown format {name}; known: {}", known.join(", ")))?;
        ensure!(
            format.channels == channels,
            "{} latents have {} channels, {} has {channels}",
            format.name,
            format.channels,
            tensor.name
        );
        return Ok(format);
    }

    let fitting: Vec<_> = FORMATS
        .iter()
        .filter(|format| format.channels == channels)
        .collect();
    let list: String = fitting
        .iter()
        .map(|format| format!("\n  {:8} {}", format.name, format.models))
        .collect();
    ensure!(!fitting.is_empty(), "no format has {channels} channels");
    ensure!(
        io::stdin().is_terminal(),
        "say with --format which one it is; with {channels} channels:{list}"
    );
    print!("Formats with {channels} channels:{list}\nWhich one is it? ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    choose_format(tensor, Some(answer.trim()))
}

fn choose_projection(format: &Format, name: Option<&str>) -> Result<(&'static str, Projection)> {
    let mut projections = format.projections()?;
    let known: Vec<_> = projections.iter().map(|(name, _)| *name).collect();
    let index = match name {
        // The last is the best.
        None => known.len() - 1,
        Some(name) => known
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
            .with_context(|| {
                format!(
                    "{} has no projection {name}; it has: {}",
                    format.name,
                    known.join(", ")
                )
            })?,
    };
    Ok(projections.swap_remove(index))
}

/// A preview and how long it took.
struct Shot {
    picture: Picture,
    microseconds: f64,
    non_finite: usize,
}

fn shoot(previewer: &dyn LatentPreview, latents: &Latents<'_>) -> Result<Shot> {
    let preview = previewer.preview_rgb(latents)?;
    let (width, height) = (preview.width(), preview.height());
    let non_finite = preview.non_finite();
    let mut pixels = preview.into_bytes();

    // Timed apart from the allocation, as a pipeline would run it; the median
    // is what a noisy machine says most reliably.
    let mut times: Vec<f64> = (0..101)
        .map(|_| {
            let start = Instant::now();
            let result = previewer.preview_into(black_box(latents), PixelFormat::Rgb8, &mut pixels);
            let time = start.elapsed().as_secs_f64() * 1e6;
            black_box(result).map(|_| time)
        })
        .collect::<Result<_, _>>()?;
    times.sort_by(f64::total_cmp);

    Ok(Shot {
        picture: Picture::new(width, height, pixels)?,
        microseconds: times[times.len() / 2],
        non_finite,
    })
}

fn print_table_head() {
    println!(
        "{:24} {:16} {:5} {:14} {:10} {:>8} {:>8} {:>9}",
        "file", "tensor", "dtype", "shape", "projection", "us", "PSNR dB", "CIEDE2000"
    );
}

/// Prints a line of the table; returns its scores in short.
fn print_row(file: &str, tensor: &Tensor, projection: &str, shot: &Shot) -> String {
    let shape: Vec<_> = tensor.shape.iter().map(usize::to_string).collect();
    let score = tensor
        .target
        .as_ref()
        .and_then(|target| score::score(&shot.picture.pixels, target));
    let (psnr, ciede2000) = score.map_or_else(
        || ("-".to_owned(), "-".to_owned()),
        |score| {
            (
                format!("{:.1}", score.psnr),
                format!("{:.1}", score.ciede2000),
            )
        },
    );
    println!(
        "{:24} {:16} {:5} {:14} {:10} {:8.2} {:>8} {:>9}",
        file,
        tensor.name,
        tensor.dtype().to_string(),
        shape.join("x"),
        projection,
        shot.microseconds,
        psnr,
        ciede2000
    );
    if shot.non_finite > 0 {
        println!("  {} pixels are NaN or infinite", shot.non_finite);
    }
    format!("{psnr} dB  dE {ciede2000}")
}
