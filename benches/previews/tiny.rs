//! Tiny decoders, a hand-written loop for them, and the multiply-adds alone.

use std::hint::black_box;

use fearless_simd::{Level, dispatch, prelude::*};
use latent_preview::testing::Backend;
use latent_preview::{
    Denoise, LatentFormat, LatentPreview, Latents, PixelFormat, TinyDecoder, TinyLayer,
};

use crate::{Criterion, SIDE, bench, group, planar, samples};

/// The cost of tiny decoders, compared with the multiply-adds that they need.
pub fn tiny(c: &mut Criterion) {
    let mut group = group(c, "tiny", SIDE);
    for format in [LatentFormat::Sd1, LatentFormat::Flux1, LatentFormat::Flux2] {
        let channels = format.channels();
        let samples = samples(channels * SIDE * SIDE);
        let latents = planar(&samples, channels, SIDE);
        for (name, previewer) in [("", format.previewer()), (" 2x", format.previewer_2x())] {
            let previewer = previewer.expect("a preset");
            let decoder = previewer.tiny_decoder().expect("a tiny decoder");
            let out = vec![0; SIDE * SIDE * 3 * previewer.scale().pow(2)];
            bench(&mut group, &format!("{format}{name}"), out.clone(), |out| {
                black_box(&previewer)
                    .preview_into(black_box(&latents), PixelFormat::Rgb8, out)
                    .expect("a fitting buffer");
            });
            let work = (multiply_adds(decoder) * SIDE * SIDE) as u64;
            group.bench_function(format!("{format}{name} multiply-adds"), |bencher| {
                bencher.iter(|| peak(black_box(work)));
            });
            let mut naive = Naive::new(decoder, SIDE);
            bench(&mut group, &format!("{format}{name} naive"), out, |out| {
                naive.preview(black_box(&samples), out);
            });
        }
    }
    let previewer = LatentFormat::Sd1.previewer_2x().expect("a preset");
    let decoder = previewer.tiny_decoder().expect("a tiny decoder");
    let samples = samples(4 * SIDE * SIDE);
    let latents = planar(&samples, 4, SIDE);
    let output: Vec<f32> = samples.iter().rev().copied().collect();
    let output = planar(&output, 4, SIDE);
    let denoise = Denoise::epsilon(0.3).expect("a noise level");
    let x0 = Latents::denoised(&latents, &output, denoise).expect("one shape");
    bench(&mut group, "sd1 2x x0", vec![0; SIDE * SIDE * 12], |out| {
        black_box(&previewer)
            .preview_into(black_box(&x0), PixelFormat::Rgb8, out)
            .expect("a fitting buffer");
    });
    for backend in Backend::available() {
        let name = format!("sd1 2x {backend}");
        bench(&mut group, &name, vec![0; SIDE * SIDE * 12], |out| {
            backend
                .preview_into(decoder, black_box(&latents), PixelFormat::Rgb8, out)
                .expect("a fitting buffer");
        });
    }
    group.finish();
}

/// The number of multiply-adds per latent pixel.
fn multiply_adds(decoder: &TinyDecoder) -> usize {
    let biases: usize = decoder.layers().iter().map(|layer| layer.channels).sum();
    decoder.weights().len() - biases - 3 * decoder.scale().pow(2)
}

/// `count` multiply-adds with the best instructions, on registers alone.
fn peak(count: u64) -> f32 {
    dispatch!(Level::new(), simd => multiply_and_add(simd, count))
}

#[inline(always)]
fn multiply_and_add<S: Simd>(simd: S, count: u64) -> f32 {
    // Enough sums that none waits for another, and few enough for 16 registers.
    const SUMS: usize = 12;
    let factor = S::f32s::splat(simd, black_box(0.999));
    let term = S::f32s::splat(simd, black_box(0.001));
    let mut sums: [S::f32s; SUMS] = core::array::from_fn(
        #[inline(always)]
        |i| S::f32s::splat(simd, black_box(i as f32)),
    );
    for _ in 0..count.div_ceil((SUMS * S::f32s::LEN) as u64) {
        for sum in &mut sums {
            *sum = sum.mul_add(factor, term);
        }
    }
    let mut total = sums[0];
    for sum in &sums[1..] {
        total += *sum;
    }
    total.reduce_sum()
}

/// Each layer in turn over the whole picture, planar `f32` to RGB8.
struct Naive<'a> {
    decoder: &'a TinyDecoder,
    side: usize,
    planes: [Vec<f32>; 2],
}

impl<'a> Naive<'a> {
    fn new(decoder: &'a TinyDecoder, side: usize) -> Self {
        Self {
            decoder,
            side,
            planes: [Vec::new(), Vec::new()],
        }
    }

    fn preview(&mut self, samples: &[f32], out: &mut [u8]) {
        let Self { decoder, side, .. } = *self;
        let (pixels, scale) = (side * side, decoder.scale());
        let [before, after] = &mut self.planes;
        before.clear();
        before.extend_from_slice(samples);
        let mut weights = decoder.weights();
        for &layer in decoder.layers() {
            let inputs = before.len() / pixels;
            let (bias, rest) = weights.split_at(layer.channels);
            let (rows, rest) =
                rest.split_at(layer.channels * inputs * layer.kernel_size * layer.kernel_size);
            after.clear();
            after.resize(layer.channels * pixels, 0.0);
            convolve(layer, bias, rows, before, after, side);
            std::mem::swap(before, after);
            weights = rest;
        }
        let (bias, rest) = weights.split_at(3 * scale * scale);
        let (head, skip) = rest.split_at(bias.len() * before.len() / pixels);
        for (output, (&bias, row)) in bias
            .iter()
            .zip(head.chunks_exact(before.len() / pixels))
            .enumerate()
        {
            let (color, place) = (output / (scale * scale), output % (scale * scale));
            let skip = &skip[color * decoder.channels()..][..decoder.channels()];
            for pixel in 0..pixels {
                let mut sum = bias;
                for (weight, plane) in row.iter().zip(before.chunks_exact(pixels)) {
                    sum += weight * plane[pixel];
                }
                for (weight, plane) in skip.iter().zip(samples.chunks_exact(pixels)) {
                    sum += weight * plane[pixel];
                }
                let y = pixel / side * scale + place / scale;
                let x = pixel % side * scale + place % scale;
                let level = (sum.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
                out[(y * side * scale + x) * 3 + color] = level;
            }
        }
    }
}

fn convolve(
    layer: TinyLayer,
    bias: &[f32],
    rows: &[f32],
    before: &[f32],
    after: &mut [f32],
    side: usize,
) {
    let (pixels, taps) = (side * side, layer.kernel_size * layer.kernel_size);
    let near = |at: usize, tap: usize| {
        (at + tap)
            .saturating_sub(layer.kernel_size / 2)
            .min(side - 1)
    };
    for (output, after) in after.chunks_exact_mut(pixels).enumerate() {
        let row = &rows[output * rows.len() / layer.channels..][..rows.len() / layer.channels];
        for (pixel, after) in after.iter_mut().enumerate() {
            let mut sum = bias[output];
            for (weights, plane) in row.chunks_exact(taps).zip(before.chunks_exact(pixels)) {
                for (tap, weight) in weights.iter().enumerate() {
                    let y = near(pixel / side, tap / layer.kernel_size);
                    let x = near(pixel % side, tap % layer.kernel_size);
                    sum += weight * plane[y * side + x];
                }
            }
            *after = sum.max(0.0);
        }
    }
}
