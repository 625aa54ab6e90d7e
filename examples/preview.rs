//! Previews the bundled latents beside the decoder's own pictures.
//!
//! ```text
//! cargo run --release --example preview
//! ```
//!
//! Writes a sheet to `preview-out/` for each file of latents. Its rows are the decoder's
//! picture at the latent's size, the matrix of an application, the fast previewer and the
//! default one; its columns are pictures. `previews.png` is the README's picture: the decoder's
//! picture, the default preview and the application's, for three files. A program in
//! `examples/apps` previews your own files.

use std::error::Error;
use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage, imageops};
use latent_preview::{DType, LatentFormat, LatentPreview, OwnedSamples, Previewer};
use safetensors::SafeTensors;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The pixels between the pictures of a sheet.
const GAP: u32 = 4;

/// The files whose first pictures are the rows of the README's picture.
const README: [&str; 3] = ["sd1", "sdxl", "real/flux1"];

/// Latents that a tiny autoencoder decoded, and two files (`real`) that a full VAE decoded.
const FILES: [&str; 7] = [
    "sd1",
    "sdxl",
    "quality/sd3",
    "quality/flux1",
    "quality/flux2",
    "real/flux1",
    "real/ltx23",
];

fn main() -> Result<()> {
    println!("Nearness to the decoder's pictures, as PSNR (more is nearer):");
    write_sheets(Path::new("preview-out"))
}

fn write_sheets(out: &Path) -> Result<()> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
    std::fs::create_dir_all(out)?;
    let mut readme = Vec::new();
    for name in FILES {
        let (_, format) = name.rsplit_once('/').unwrap_or(("", name));
        let format: LatentFormat = format.parse()?;
        let file = std::fs::read(data.join(format!("{name}.safetensors")))?;
        let pairs = pairs(&SafeTensors::deserialize(&file)?)?;
        let targets: Vec<RgbImage> = pairs.iter().map(|pair| pair.target.clone()).collect();

        let (mut rows, mut scores) = (vec![targets.clone()], Vec::new());
        for (origin, previewer) in previewers(format) {
            let previews = pairs.iter().map(|pair| preview(format, &previewer, pair));
            let row = previews.collect::<Result<Vec<_>>>()?;
            scores.push(format!("{origin} {:.1} dB", psnr(&row, &targets)));
            rows.push(row);
        }
        if README.contains(&name) {
            // The decoder, the default (the last row) and the application.
            readme.push(
                [0, rows.len() - 1, 1]
                    .map(|row| smooth(&rows[row][0]))
                    .to_vec(),
            );
        }
        let rows: Vec<_> = rows
            .iter()
            .map(|row| row.iter().map(enlarged).collect())
            .collect();
        let path = out.join(format!("{}.png", name.replace('/', "-")));
        write_png(&sheet(&rows), &path)?;
        println!("{}: {}", path.display(), scores.join(", "));
    }
    let path = out.join("previews.png");
    write_png(&sheet(&readme), &path)?;
    println!(
        "Open {} first: decoder, default, application.",
        path.display()
    );
    Ok(())
}

/// A projection that an application uses, the fast previewer and the default one.
fn previewers(format: LatentFormat) -> impl Iterator<Item = (&'static str, Previewer)> {
    // The other projections are this crate's own or from a forum.
    let is_application =
        |origin: &str| !origin.starts_with("latent-preview") && !origin.starts_with("forum");
    let mut published = format.projections().iter();
    let published = published.find(|published| is_application(published.origin));
    let application = published.map(|published| (published.origin, published.previewer()));
    let default = format.previewer().ok();
    let fast = format.fast_previewer().ok();
    let fast = fast.filter(|fast| Some(fast) != default.as_ref());
    let own = [("fast", fast), ("default", default)];
    let own = own
        .into_iter()
        .filter_map(|(name, previewer)| Some((name, previewer?)));
    application.into_iter().chain(own)
}

fn preview(format: LatentFormat, previewer: &Previewer, pair: &Pair) -> Result<RgbImage> {
    let preview = previewer.preview_rgb(&format.image(&pair.samples, &pair.shape)?)?;
    let (width, height) = (preview.width() as u32, preview.height() as u32);
    Ok(RgbImage::from_raw(width, height, preview.into_bytes()).expect("three bytes per pixel"))
}

/// A latent and its decoded picture.
struct Pair {
    samples: OwnedSamples,
    shape: Vec<usize>,
    target: RgbImage,
}

/// All pairs of `NAME.lat` and `NAME.rgb`.
fn pairs(file: &SafeTensors<'_>) -> Result<Vec<Pair>> {
    let mut names = file.names();
    names.sort_unstable();
    let names = names
        .into_iter()
        .filter_map(|name| name.strip_suffix(".lat"));
    let pair = |name: &str| {
        let latents = file.tensor(&format!("{name}.lat"))?;
        let picture = file.tensor(&format!("{name}.rgb"))?;
        let (height, width) = (picture.shape()[0] as u32, picture.shape()[1] as u32);
        let target = RgbImage::from_raw(width, height, picture.data().to_vec());
        Ok(Pair {
            samples: OwnedSamples::from_le_bytes(DType::F16, latents.data())?,
            shape: latents.shape().to_vec(),
            target: target.ok_or("a picture of another size")?,
        })
    };
    names.map(pair).collect()
}

/// Peak signal-to-noise ratio in dB over all pixels: higher is nearer.
fn psnr(previews: &[RgbImage], targets: &[RgbImage]) -> f64 {
    let levels = previews.iter().flat_map(|picture| picture.iter());
    let levels = levels.zip(targets.iter().flat_map(|picture| picture.iter()));
    let squares = levels.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    let (sum, count) = squares.fold((0.0, 0), |(sum, count), square| (sum + square, count + 1));
    10.0 * (255.0 * 255.0 * f64::from(count) / sum).log10()
}

/// Writes the file in one piece: `RgbImage::save` misses a full disk at the end of the file.
fn write_png(picture: &RgbImage, path: &Path) -> Result<()> {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    std::fs::write(path, png.into_inner())
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}

/// Enlarges to squares, so that each pixel is visible. Frames of 8x8 pixels are enlarged more.
fn enlarged(picture: &RgbImage) -> RgbImage {
    let scale = (128 / picture.width()).clamp(2, 8);
    let (width, height) = (scale * picture.width(), scale * picture.height());
    imageops::resize(picture, width, height, imageops::FilterType::Nearest)
}

/// Enlarges smoothly to the size of a preview in a window.
fn smooth(picture: &RgbImage) -> RgbImage {
    imageops::resize(picture, 192, 192, imageops::FilterType::CatmullRom)
}

/// Pictures of one size in rows, on white.
fn sheet(rows: &[Vec<RgbImage>]) -> RgbImage {
    let (width, height) = rows[0][0].dimensions();
    let side = |count: usize, length: u32| count as u32 * (length + GAP) + GAP;
    let size = (side(rows[0].len(), width), side(rows.len(), height));
    let mut sheet = RgbImage::from_pixel(size.0, size.1, Rgb([255; 3]));
    for (y, row) in rows.iter().enumerate() {
        for (x, picture) in row.iter().enumerate() {
            let (x, y) = (side(x, width), side(y, height));
            imageops::replace(&mut sheet, picture, x.into(), y.into());
        }
    }
    sheet
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_an_error() {
        let folder = std::env::temp_dir().join(format!("full-disk-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.join("sd1.png")).unwrap();
        let error = write_sheets(&folder).unwrap_err().to_string();
        std::fs::remove_dir_all(folder).unwrap();
        assert!(error.contains("sd1.png: No space left"), "{error}");
    }

    #[test]
    fn a_small_picture_is_no_exception() {
        let error = write_png(&RgbImage::new(1, 1), Path::new("/dev/full")).unwrap_err();
        assert!(error.to_string().contains("No space left"), "{error}");
    }
}
