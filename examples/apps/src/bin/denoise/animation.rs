//! Animations as animated PNG and as GIF.

use std::path::Path;

use anyhow::{Context, Result};
use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Frame};

use latent_preview_apps::picture::{self, Picture};

/// The time that each picture stays, in milliseconds, and the time of the last one.
const STEP: u16 = 120;
const LAST: u16 = 2000;

/// Each picture with the time that it stays.
fn timed(pictures: &[Picture]) -> impl Iterator<Item = (&Picture, u16)> {
    let last = pictures.len().saturating_sub(1);
    let timed = pictures.iter().enumerate();
    timed.map(move |(index, picture)| (picture, if index == last { LAST } else { STEP }))
}

/// All pictures must have the same size.
pub fn write_png(pictures: &[Picture], path: &Path) -> Result<()> {
    let first = pictures.first().context("no picture")?;
    let (width, height) = (first.width.try_into()?, first.height.try_into()?);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Repeats forever.
    encoder.set_animated(pictures.len().try_into()?, 0)?;
    let mut writer = encoder.write_header()?;
    for (picture, milliseconds) in timed(pictures) {
        writer.set_frame_delay(milliseconds, 1000)?;
        writer.write_image_data(&picture.pixels)?;
    }
    writer.finish()?;
    picture::write(path, &file)
}

/// GIF has 256 colors per picture: PNG is the better animation.
pub fn write_gif(pictures: &[Picture], path: &Path) -> Result<()> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut file, 10);
    encoder.set_repeat(Repeat::Infinite)?;
    for (picture, milliseconds) in timed(pictures) {
        let image = DynamicImage::from(picture.to_image()).into_rgba8();
        let delay = Delay::from_numer_denom_ms(milliseconds.into(), 1);
        encoder.encode_frame(Frame::from_parts(image, 0, 0, delay))?;
    }
    // Writes the end of the file.
    drop(encoder);
    picture::write(path, &file)
}
