//! Promise: a preview needs no more stack than the table in the documentation of
//! `LatentPreview` says, and half a megabyte is enough everywhere. Too little stack ends this
//! process.

#![cfg(all(feature = "std", not(target_family = "wasm")))]

mod support;

use std::thread;

use latent_preview::{
    Denoise, LatentPreview, Latents, PixelFormat, Projection, Refined, TinyDecoder, TinyLayer,
    bf16, f16,
};
use support::output::FORMATS;
use support::{FromF32, Layout, Random, Stored};

const DOCUMENTATION: &str = include_str!("../src/preview/mod.rs");

/// The stack in bytes that the table's row of a map allows. The table is of optimized code on
/// x86-64.
fn documented(map: &str) -> usize {
    let (_, section) = DOCUMENTATION
        .split_once("/// # Stack")
        .expect("the section");
    let row = section
        .lines()
        .find(|line| line.starts_with(&format!("/// | {map} |")))
        .expect("a row");
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    let is_measured = cfg!(target_arch = "x86_64") && !cfg!(debug_assertions);
    let kib = if is_measured { cells[2] } else { "512 KiB" };
    let number = kib.strip_suffix(" KiB").expect("a number of KiB");
    number.parse::<usize>().expect("a number") * 1024
}

fn preview_all<T: FromF32>(map: &dyn LatentPreview, out: &mut [u8]) {
    let shape = [map.channels(), 2, 20];
    // Elsewhere than on x86-64, an emulated CPU runs the tests: it gets the most common case.
    let (layouts, formats) = match cfg!(target_arch = "x86_64") {
        true => (&Layout::ALL[..], &FORMATS[..]),
        false => (&[Layout::Planar][..], &[PixelFormat::Rgb8][..]),
    };
    for &layout in layouts {
        let value = |c, y, x| T::from_f32((c + y + x) as f32 / 50.0 - 1.0);
        let stored = Stored::new(shape, layout, 0, T::from_f32(0.0), value);
        let latents = stored.latents().unwrap();
        let estimate = Latents::denoised(&latents, &latents, Denoise::flow(0.5).unwrap()).unwrap();
        for latents in [latents, estimate] {
            for &format in formats {
                let pixels = map.scale().pow(2) * shape[1] * shape[2];
                let out = &mut out[..pixels * format.bytes_per_pixel()];
                map.preview_into(&latents, format, out).unwrap();
            }
        }
    }
}

fn fits(row: &str, map: impl LatentPreview + Send + 'static) {
    // A thread and this function need a little, too.
    let stack = documented(row) + 16 * 1024;
    let preview = move || {
        let mut out = vec![0; 4 * 2 * 20 * 12];
        preview_all::<f32>(&map, &mut out);
        preview_all::<f16>(&map, &mut out);
        preview_all::<bf16>(&map, &mut out);
    };
    let thread = thread::Builder::new().stack_size(stack).spawn(preview);
    thread.unwrap().join().unwrap();
}

#[test]
fn polynomials() {
    let mut random = Random(1);
    let mut rows = |count| random.rows(count, 0.1);
    for channels in [4, 128] {
        fits(
            "linear, affine",
            Projection::linear(rows(channels)).unwrap(),
        );
        fits(
            "linear, affine",
            Projection::affine(rows(channels), [0.1; 3]).unwrap(),
        );
    }
    let (pairs, triples) = (|n| n * (n + 1) / 2, |n| n * (n + 1) * (n + 2) / 6);
    for n in [4, 7] {
        let quadratic = Projection::quadratic([0.1; 3], rows(n), rows(pairs(n)));
        fits("quadratic, cubic", quadratic.unwrap());
        let cubic = Projection::cubic([0.1; 3], rows(n), rows(pairs(n)), rows(triples(n)));
        fits("quadratic, cubic", cubic.unwrap());
    }
}

#[test]
fn refined() {
    let mut random = Random(2);
    let mut rows = |count| random.rows(count, 0.05);
    for channels in [4, 128] {
        let pixelwise = Refined::conv1x1(rows(channels), [0.1; 3]).unwrap();
        let neighborhood = Refined::conv3x3(rows(9 * channels), [0.1; 3]).unwrap();
        for refined in [pixelwise, neighborhood] {
            fits(
                "[`Refined`](crate::Refined)",
                Projection::from(refined.clone()),
            );
            let all = refined
                .with_filter(0.5, 0.1, 0.02)
                .and_then(|all| all.with_colors([0.0; 3], rows(3), rows(6), rows(10)));
            fits(
                "[`Refined`](crate::Refined)",
                Projection::from(all.unwrap()),
            );
        }
    }
}

#[test]
fn tiny_decoders() {
    let mut random = Random(3);
    for (channels, depth, width) in [(4, 1, 64), (16, 4, 12), (128, 2, 5)] {
        for scale in [1, 2] {
            let layers = vec![
                TinyLayer {
                    kernel_size: 3,
                    channels: width
                };
                depth
            ];
            let inner = (depth - 1) * width * (1 + 9 * width);
            let head = 3 * scale * scale * (1 + width) + 3 * channels;
            let count = width * (1 + 9 * channels) + inner + head;
            let weights: Vec<_> = (0..count).map(|_| 0.05 * random.unit()).collect();
            let decoder = TinyDecoder::new(channels, &layers, scale, weights);
            fits("[`TinyDecoder`]", decoder.unwrap());
        }
    }
}
