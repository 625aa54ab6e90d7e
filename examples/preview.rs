//! Previews the bundled latents beside the decoder's own pictures.
//!
//! ```text
//! cargo run --release --example preview
//! ```
//!
//! Each file of latents gets a sheet in `preview-out/`. Its rows are the decoder's picture at the size of
//! the latent, a projection that an application uses, the fast previewer and the default one; its
//! columns are pictures. `examples/apps` has a program that previews files of yours.

use std::error::Error;
use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage, imageops};
use latent_preview::{DType, LatentFormat, LatentPreview, OwnedSamples, Previewer};
use safetensors::SafeTensors;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The pixels that are left free between the pictures of a sheet.
const GAP: u32 = 4;

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
    let out = Path::new("preview-out");
    println!("Nearness to the decoder's picture (PSNR: more is nearer):");
    write_sheets(out)?;
    let first = std::path::absolute(out.join("sd1.png"))?;
    println!("Open {} first. Its rows, from the top:", first.display());
    println!("the decoder's picture, an application's preview, the fast one and the default one.");
    Ok(())
}

fn write_sheets(out: &Path) -> Result<()> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
    std::fs::create_dir_all(out)?;
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
            let sum: f64 = row.iter().zip(&targets).map(|(a, b)| psnr(a, b)).sum();
            scores.push(format!("{origin} {:.1} dB", sum / row.len() as f64));
            rows.push(row);
        }
        let path = out.join(format!("{}.png", name.replace('/', "-")));
        write_png(&sheet(&rows), &path)?;
        println!("{}: {}", path.display(), scores.join(", "));
    }
    Ok(())
}

/// One that an application uses, the fast one and the default.
fn previewers(format: LatentFormat) -> impl Iterator<Item = (&'static str, Previewer)> {
    // The others are this crate's own, or from a forum.
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
    Ok(RgbImage::from_raw(width, height, preview.into_bytes()).expect("three bytes a pixel"))
}

/// A latent and the picture that the decoder makes of it.
struct Pair {
    samples: OwnedSamples,
    shape: Vec<usize>,
    target: RgbImage,
}

/// `NAME.lat` with `NAME.rgb`, each of them.
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

/// Peak signal-to-noise ratio in dB: more is nearer.
fn psnr(a: &RgbImage, b: &RgbImage) -> f64 {
    let levels = a.iter().zip(b.iter());
    let squares: f64 = levels.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / squares).log10()
}

/// In one piece: `RgbImage::save` does not hear of a disk that is full at the end of the file.
fn write_png(picture: &RgbImage, path: &Path) -> Result<()> {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    std::fs::write(path, png.into_inner())
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}

/// Pictures of one size in rows, on white.
fn sheet(rows: &[Vec<RgbImage>]) -> RgbImage {
    // Frames of 8x8 pixels are enlarged more.
    let scale = (128 / rows[0][0].width()).clamp(2, 8);
    let (width, height) = (scale * rows[0][0].width(), scale * rows[0][0].height());
    let side = |count: usize, length: u32| count as u32 * (length + GAP) + GAP;
    let size = (side(rows[0].len(), width), side(rows.len(), height));
    let mut sheet = RgbImage::from_pixel(size.0, size.1, Rgb([255; 3]));
    for (y, row) in rows.iter().enumerate() {
        for (x, picture) in row.iter().enumerate() {
            let large = imageops::resize(picture, width, height, imageops::FilterType::Nearest);
            let (x, y) = (side(x, width), side(y, height));
            imageops::replace(&mut sheet, &large, x.into(), y.into());
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
