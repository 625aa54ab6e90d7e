//! The report of a training: a plot and a text.

use std::fmt::Write as _;
use std::io::Cursor;

use anyhow::{Context, Result, anyhow};
use image::{ImageFormat, RgbImage};
use latent_preview::TinyDecoder;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use crate::pairs::Pair;
use crate::training::Trained;

/// Draws the loss and the PSNR of the validation pairs, as a PNG.
pub fn plot(trained: &Trained) -> Result<Vec<u8>> {
    register_font(
        "sans-serif",
        FontStyle::Normal,
        epaint_default_fonts::UBUNTU_LIGHT,
    )
    .map_err(|_| anyhow!("the font cannot be read"))?;
    let (width, height) = (900, 600);
    let mut pixels = vec![0; (width * height * 3) as usize];
    draw(trained, &mut pixels, (width, height))?;
    let picture = RgbImage::from_raw(width, height, pixels).context("three bytes per pixel")?;
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

fn draw(trained: &Trained, pixels: &mut [u8], size: (u32, u32)) -> Result<()> {
    let area = BitMapBackend::with_buffer(pixels, size).into_drawing_area();
    area.fill(&WHITE)?;
    let (above, below) = area.split_vertically(300);
    curve(&above, "loss, mean of 100 steps", &trained.losses)?;
    if !trained.looks.is_empty() {
        curve(&below, "PSNR of the validation pairs, dB", &trained.looks)?;
    }
    area.present()?;
    Ok(())
}

fn curve(
    area: &DrawingArea<BitMapBackend<'_>, plotters::coord::Shift>,
    caption: &str,
    points: &[(usize, f64)],
) -> Result<()> {
    let values = points.iter().map(|&(_, value)| value);
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let margin = (high - low).max(1e-6) * 0.05;
    let last = points.last().map_or(1, |&(step, _)| step);
    let mut builder = ChartBuilder::on(area);
    builder
        .caption(caption, ("sans-serif", 20))
        .margin(10)
        .x_label_area_size(28)
        .y_label_area_size(60);
    let line = LineSeries::new(points.iter().copied(), &BLUE);
    let mut chart = builder.build_cartesian_2d(0..last, low - margin..high + margin)?;
    let labels = ("sans-serif", 14);
    chart.configure_mesh().label_style(labels).draw()?;
    chart.draw_series(line)?;
    Ok(())
}

/// The PSNR of a decoder on the training pairs, and on the held-out pairs, single and together.
pub fn text(decoder: &TinyDecoder, train: &[Pair], held_out: &[Pair]) -> Result<String> {
    let mut text = String::new();
    let (test, validate): (Vec<_>, Vec<_>) =
        held_out.iter().cloned().partition(|pair| pair.is_test);
    for (name, pairs) in [
        ("trained on", train),
        ("validate", &validate),
        ("test", &test),
    ] {
        if pairs.is_empty() {
            continue;
        }
        let all = psnr(decoder, pairs)?;
        writeln!(text, "{name:32} {all:6.2} dB, {} pairs", pairs.len())?;
        for pair in pairs.iter().filter(|_| name != "trained on") {
            let one = psnr(decoder, std::slice::from_ref(pair))?;
            writeln!(text, "  {:30} {one:6.2} dB", pair.name)?;
        }
    }
    Ok(text)
}

/// PSNR in dB over all pixels and colors of some pairs, without rounding to levels.
pub fn psnr(decoder: &TinyDecoder, pairs: &[Pair]) -> Result<f64> {
    let (mut squares, mut count) = (0.0, 0);
    for pair in pairs {
        let decoded = pair.decoded_by(decoder)?;
        let errors = decoded.iter().zip(&pair.target).map(|(a, b)| a - b);
        squares += errors.map(|error| f64::from(error).powi(2)).sum::<f64>();
        count += decoded.len();
    }
    Ok(10.0 * (count as f64 / squares).log10())
}
