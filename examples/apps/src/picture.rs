//! An RGB8 picture in memory.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage, imageops};

/// How a small picture is enlarged.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Squares: every preview pixel stays visible
    #[default]
    Nearest,
    /// Lanczos: smooth, and edges stay sharp
    Smooth,
}

/// A factor of enlargement from the command line.
pub fn scale(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(scale @ 1..=64) => Ok(scale),
        _ => Err("must be a whole number from 1 to 64".to_owned()),
    }
}

#[derive(Clone)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    /// R, G, B, row by row.
    pub pixels: Vec<u8>,
}

impl Picture {
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self> {
        ensure!(
            pixels.len() == width * height * 3,
            "{} bytes are not an RGB picture of {width}x{height}",
            pixels.len()
        );
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    pub fn white(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![255; width * height * 3],
        }
    }

    /// The picture at half the size: the rounded mean of each 2x2 pixels.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                let first = (2 * y * self.width + 2 * x) * 3;
                let places = [
                    first,
                    first + 3,
                    first + self.width * 3,
                    first + self.width * 3 + 3,
                ];
                pixels.extend((0..3).map(|c| {
                    let sum: u32 = places.iter().map(|at| u32::from(self.pixels[at + c])).sum();
                    ((sum + 2) / 4) as u8
                }));
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Sets a pixel, if it is inside.
    pub fn set(&mut self, x: usize, y: usize, rgb: [u8; 3]) {
        if x < self.width && y < self.height {
            let at = (y * self.width + x) * 3;
            self.pixels[at..at + 3].copy_from_slice(&rgb);
        }
    }

    /// Draws another picture with its top left corner at `x`, `y`.
    pub fn draw(&mut self, x: usize, y: usize, other: &Self) {
        for (row, y) in other.pixels.chunks_exact(other.width * 3).zip(y..) {
            for (&rgb, x) in row.as_chunks::<3>().0.iter().zip(x..) {
                self.set(x, y, rgb);
            }
        }
    }

    /// The picture with each pixel as a square of `scale` pixels.
    pub fn enlarged(&self, scale: usize) -> Self {
        let rows = self.pixels.chunks_exact(self.width * 3);
        let pixels = rows
            .flat_map(|row| std::iter::repeat_n(row, scale))
            .flat_map(|row| row.as_chunks::<3>().0)
            .flat_map(|&rgb| std::iter::repeat_n(rgb, scale))
            .flatten()
            .collect();
        Self {
            width: self.width * scale,
            height: self.height * scale,
            pixels,
        }
    }

    /// The picture enlarged `scale` times.
    pub fn scaled(&self, scale: usize, filter: Filter) -> Self {
        match filter {
            Filter::Nearest => self.enlarged(scale),
            Filter::Smooth => self.smoothed(scale),
        }
    }

    fn smoothed(&self, scale: usize) -> Self {
        let (width, height) = (self.width * scale, self.height * scale);
        let large = imageops::resize(
            &self.to_image(),
            width as u32,
            height as u32,
            imageops::FilterType::Lanczos3,
        );
        Self {
            width,
            height,
            pixels: large.into_raw(),
        }
    }

    /// The picture as a type of the crate `image`.
    pub fn to_image(&self) -> RgbImage {
        let (width, height) = (self.width as u32, self.height as u32);
        RgbImage::from_raw(width, height, self.pixels.clone()).expect("three bytes per pixel")
    }

    pub fn open(path: &Path) -> Result<Self> {
        let picture = image::open(path)?.into_rgb8();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        Self::new(width, height, picture.into_raw())
    }

    /// Writes the picture as a PNG file.
    pub fn save(&self, path: &Path) -> Result<()> {
        // Squares of one color compress best without a filter.
        write(path, &self.encode(FilterType::NoFilter)?)
    }

    /// The bytes of a PNG file.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        self.encode(FilterType::Adaptive)
    }

    fn encode(&self, filter: FilterType) -> Result<Vec<u8>> {
        let mut png = Vec::new();
        let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, filter);
        let (width, height) = (self.width.try_into()?, self.height.try_into()?);
        encoder.write_image(&self.pixels, width, height, ExtendedColorType::Rgb8)?;
        Ok(png)
    }
}

/// Writes a whole file. The encoders do not flush their writer: on a full disk, a `BufWriter`
/// would lose the end of a file without an error.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
