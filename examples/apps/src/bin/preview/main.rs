//! Previews the bundled latents, or your own file.
//!
//! ```text
//! cargo run --release --manifest-path examples/Cargo.toml --bin preview
//! cargo run --release --manifest-path examples/Cargo.toml --bin preview -- --list-formats
//! cargo run --release --manifest-path examples/Cargo.toml --bin preview -- my.safetensors --format sdxl --output my.png
//! cargo run --release --manifest-path examples/Cargo.toml --bin preview -- my.safetensors --model models/my-sdxl
//! ```

mod args;
mod choose;
mod shot;
mod twice;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use latent_preview::{LatentFormat, LatentPreview, PreviewError, Previewer};
use latent_preview_apps::input::{self, Input, Tensor};
use latent_preview_apps::sheet::{self, Cell};
use latent_preview_apps::{data, origins};

use args::{Args, Space};
use shot::Shot;

/// The bundled latents: a name for each sheet, the format, the file. Full VAEs decoded those of
/// `real`.
const BUNDLED: [(&str, LatentFormat, &str); 9] = [
    ("sd1", LatentFormat::Sd1, "sd1"),
    ("sdxl", LatentFormat::Sdxl, "sdxl"),
    ("sd3", LatentFormat::Sd3, "quality/sd3"),
    ("flux1", LatentFormat::Flux1, "quality/flux1"),
    ("flux2", LatentFormat::Flux2, "quality/flux2"),
    ("sd1-noisy", LatentFormat::Sd1, "quality/sd1-noisy"),
    ("flux1-noisy", LatentFormat::Flux1, "quality/flux1-noisy"),
    ("flux1-real", LatentFormat::Flux1, "real/flux1"),
    ("ltx23-real", LatentFormat::Ltx23, "real/ltx23"),
];

/// The formats of bundled pictures at twice the latent's size.
const TWICE: [LatentFormat; 5] = [
    LatentFormat::Sd1,
    LatentFormat::Sdxl,
    LatentFormat::Sd3,
    LatentFormat::Flux1,
    LatentFormat::Flux2,
];

/// The number of pictures in a row of a sheet.
const SHEET_COLUMNS: usize = 6;

/// The largest enlargement of a sheet's smallest pictures. It is even, since some pictures are
/// twice as large.
const SHEET_SCALE: usize = 4;
const TWICE_SCALE: usize = 3;

fn main() -> Result<()> {
    let args = Args::parse();
    if args.list_formats {
        choose::list_formats();
        return Ok(());
    }
    match &args.file {
        Some(file) => preview_file(file, &args).with_context(|| file.display().to_string()),
        None => preview_bundled(args.scale),
    }
}

/// Previews every bundled latent with every previewer of its format, and
/// draws a sheet for each file.
fn preview_bundled(scale: usize) -> Result<()> {
    let data = data();
    let out = PathBuf::from("preview-out");
    std::fs::create_dir_all(&out)?;

    Shot::print_table_head();
    let mut sheets = Vec::new();
    for (name, format, file) in BUNDLED {
        let file = format!("{file}.safetensors");
        let mut rows = Vec::new();
        for tensor in input::read(&data.join(&file))?.tensors {
            let picture = tensor.name.trim_end_matches(".lat");
            let mut cells = vec![decoder_cell(format, picture, &tensor)?];
            let latents = tensor.images(format)?.next().context("an image")?;
            for (origin, previewer) in origins::all(format) {
                let shot = Shot::take(&previewer, &latents)?;
                let caption = shot.print_row(&file, &tensor, origin);
                let plain_name = origin.replace([' ', '.'], "-");
                let png = format!("{name}-{picture}-{plain_name}.png");
                let scale = (scale / previewer.scale()).max(1);
                shot.picture.enlarged(scale).save(&out.join(png))?;
                cells.push(Cell {
                    picture: shot.picture,
                    title: origin.to_owned(),
                    caption,
                });
            }
            while !cells.is_empty() {
                let rest = cells.split_off(cells.len().min(SHEET_COLUMNS));
                rows.push(std::mem::replace(&mut cells, rest));
            }
        }
        let sheet = out.join(format!("{name}-sheet.png"));
        // Titles need room, so small pictures are enlarged more.
        let small = rows.first().map_or(1, |row| 48 / row[0].picture.width);
        sheet::draw(&rows, scale.min(SHEET_SCALE) * small.max(1)).save(&sheet)?;
        sheets.push(sheet.display().to_string());
    }
    for format in TWICE {
        let sheet = out.join(format!("{format}-2x-sheet.png"));
        sheet::draw(&twice::rows(format, &data)?, scale.min(TWICE_SCALE)).save(&sheet)?;
        sheets.push(sheet.display().to_string());
    }
    println!(
        "\nAll of them beside the decoder's pictures:\n{}",
        sheets.join("\n")
    );
    Ok(())
}

fn decoder_cell(format: LatentFormat, picture: &str, tensor: &Tensor) -> Result<Cell> {
    Ok(Cell {
        picture: tensor.target.clone().context("a bundled pair")?,
        title: format!("{format} {picture}"),
        caption: "decoder".to_owned(),
    })
}

/// Previews one tensor of a file.
fn preview_file(file: &Path, args: &Args) -> Result<()> {
    let input = input::read(file)?;
    let tensor = choose::tensor(&input.tensors, args.tensor.as_deref())?;
    let format = match &args.model {
        Some(model) => choose::format_of(model)?,
        None => {
            let named = args.format.as_ref().or(input.format.as_ref());
            choose::format(tensor, named.map(String::as_str))?
        }
    };
    let images = tensor
        .images(format)
        .with_context(|| format!("{} has shape {:?}", tensor.name, tensor.shape))?;
    let (origin, previewer) = origins::previewer(format, args.previewer.as_deref())?;
    let previewer = in_space(previewer, &input, args)?;

    Shot::print_table_head();
    let is_single = images.len() == 1;
    let output = args.output.clone().unwrap_or_else(|| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        PathBuf::from(format!("{stem}.preview.png"))
    });
    for (index, latents) in images.enumerate() {
        let shot = Shot::take(&previewer, &latents)?;
        shot.print_row(&file.display().to_string(), tensor, origin);
        println!("{}: {}", tensor.name, format.inspect(&latents)?);
        let path = if is_single {
            output.clone()
        } else {
            output.with_extension(format!("{index:03}.png"))
        };
        shot.picture.scaled(args.scale, args.filter).save(&path)?;
        println!("{}", path.display());
    }
    Ok(())
}

/// The previewer for the space and noise level that the file or the command line states.
fn in_space(previewer: Previewer, input: &Input, args: &Args) -> Result<Previewer> {
    let is_vae_space = match args.space {
        Some(space) => space == Space::Vae,
        None => input.is_vae_space,
    };
    let previewer = if is_vae_space {
        previewer.for_vae_space().map_err(|error| match error {
            PreviewError::UnknownVaeSpace { .. } => {
                anyhow::Error::from(error).context("--space model takes the latents as they are")
            }
            error => error.into(),
        })?
    } else {
        previewer
    };
    Ok(match args.sigma {
        Some(sigma) => previewer.for_sigma(sigma)?,
        None => previewer,
    })
}
