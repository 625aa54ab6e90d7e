//! The times of previews: one group per question, with the naive loop and, where it is the
//! yardstick, a `memcpy` of the input.
//!
//! `README.md` in the folder above says how to run the benchmarks and read the results.

mod background;
mod floors;
mod naive;
mod refined;
mod tiny;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use latent_preview::testing::Backend;
use latent_preview::{
    Denoise, LatentPreview, Latents, PackOrder, PixelFormat, Projection, bf16, f16,
};

/// Latent pixels in a row of a 512x512 picture.
const SIDE: usize = 64;

/// Floats in half of a page of memory.
const HALF_PAGE: usize = 512;

/// Repeatable values between -3 and 3.
fn samples(len: usize) -> Vec<f32> {
    let mut state: u32 = 1;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 * 6.0 - 3.0
        })
        .collect()
}

fn rows(count: usize) -> Vec<[f32; 3]> {
    samples(count * 3)
        .as_chunks::<3>()
        .0
        .iter()
        .map(|row| row.map(|value| value * 0.5 / count as f32))
        .collect()
}

fn linear(channels: usize) -> Projection {
    Projection::linear(rows(channels)).expect("finite rows")
}

fn group<'a>(c: &'a mut Criterion, name: &str, side: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements((side * side) as u64));
    group
}

/// Benchmarks a call into its own buffer.
fn bench<T: Clone>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    mut out: Vec<T>,
    mut call: impl FnMut(&mut [T]),
) {
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            call(&mut out);
            black_box(&mut out);
        });
    });
}

/// Benchmarks the crate's call.
fn preview(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    projection: &Projection,
    latents: &Latents<'_>,
    format: PixelFormat,
) {
    let bytes = latents.width() * latents.height() * format.bytes_per_pixel();
    bench(group, name, vec![0; bytes], |out| {
        black_box(projection)
            .preview_into(black_box(latents), format, out)
            .expect("a fitting buffer");
    });
}

fn naive_rgb8<T: naive::Sample>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    projection: &Projection,
    samples: &[T],
    index: impl naive::Index,
) {
    let pixels = samples.len() / projection.channels();
    bench(group, name, vec![0; pixels * 3], |out| {
        naive::preview(black_box(projection), black_box(samples), index, out);
    });
}

fn memcpy(group: &mut BenchmarkGroup<'_, WallTime>, samples: &[f32]) {
    let mut out = vec![0.0; samples.len() + HALF_PAGE];
    // If both have the same offset in a page, copying takes twice as long on some CPUs.
    let distance = out.as_ptr().addr().wrapping_sub(samples.as_ptr().addr()) % 4096;
    let start = if (1024..3072).contains(&distance) {
        0
    } else {
        HALF_PAGE
    };
    group.bench_function("memcpy", |bencher| {
        bencher.iter(|| {
            let out = &mut out[start..][..samples.len()];
            floors::memcpy(black_box(samples), out);
            black_box(out);
        });
    });
}

fn read(group: &mut BenchmarkGroup<'_, WallTime>, samples: &[f32]) {
    group.bench_function("read", |bencher| {
        bencher.iter(|| floors::read(black_box(samples)));
    });
}

fn planar(samples: &[f32], channels: usize, side: usize) -> Latents<'_> {
    Latents::planar(samples, [channels, side, side]).expect("a whole image")
}

/// The cost of richer projections.
fn projections(c: &mut Criterion) {
    let samples = samples(4 * SIDE * SIDE);
    let latents = planar(&samples, 4, SIDE);
    let constant = [0.1, 0.0, -0.1];
    let all = [
        ("linear", linear(4)),
        (
            "affine",
            Projection::affine(rows(4), constant).expect("finite"),
        ),
        (
            "quadratic",
            Projection::quadratic(constant, rows(4), rows(10)).expect("finite"),
        ),
        (
            "cubic",
            Projection::cubic(constant, rows(4), rows(10), rows(20)).expect("finite"),
        ),
    ];
    let mut group = group(c, "projections", SIDE);
    memcpy(&mut group, &samples);
    for (name, projection) in &all {
        preview(&mut group, name, projection, &latents, PixelFormat::Rgb8);
        let name = format!("{name} naive");
        naive_rgb8(&mut group, &name, projection, &samples, naive::Planar);
    }
    group.finish();
}

/// The cost of refined projections, by their channels.
fn refined_projections(c: &mut Criterion) {
    let mut group = group(c, "refined", SIDE);
    for channels in [4, 16, 32] {
        let samples = samples(channels * SIDE * SIDE);
        let latents = planar(&samples, channels, SIDE);
        let linear_name = format!("linear {channels}");
        let rgb8 = PixelFormat::Rgb8;
        preview(&mut group, &linear_name, &linear(channels), &latents, rgb8);
        for (kind, is_3x3) in [("small", false), ("full", true)] {
            let projection = refined::projection(channels, is_3x3);
            let name = format!("{kind} {channels}");
            preview(&mut group, &name, &projection, &latents, rgb8);
            let mut naive = refined::Naive::new(&projection, SIDE);
            let out = vec![0; SIDE * SIDE * 3];
            bench(&mut group, &format!("{name} naive"), out, |out| {
                naive.preview(black_box(&samples), out);
            });
        }
    }
    group.finish();
}

/// The cost of the estimate of x0, compared with the plain preview and with a temporary tensor.
fn denoised(c: &mut Criterion) {
    let mut group = group(c, "denoised", SIDE);
    let rgb8 = PixelFormat::Rgb8;
    for channels in [4, 16] {
        let x_t = samples(channels * SIDE * SIDE);
        let output: Vec<f32> = x_t.iter().rev().copied().collect();
        let halves: Vec<f16> = output.iter().map(|&x| f16::from_f32(x)).collect();
        let noisy = planar(&x_t, channels, SIDE);
        let denoise = Denoise::epsilon(0.3).expect("a noise level");
        let floats = planar(&output, channels, SIDE);
        let halves = Latents::planar(&halves, [channels, SIDE, SIDE]).expect("a whole image");
        let of_floats = Latents::denoised(&noisy, &floats, denoise).expect("one shape");
        let of_halves = Latents::denoised(&noisy, &halves, denoise).expect("one shape");
        for (kind, projection) in [
            ("linear", linear(channels)),
            ("full", refined::projection(channels, true)),
        ] {
            let mut bench_one = |what, latents: &Latents<'_>| {
                let name = format!("{kind} {channels} {what}");
                preview(&mut group, &name, &projection, latents, rgb8);
            };
            bench_one("plain", &noisy);
            bench_one("x0", &of_floats);
            bench_one("x0 of f16 output", &of_halves);
            let mut x0 = vec![0.0; x_t.len()];
            let name = format!("{kind} {channels} x0 by a temporary");
            bench(&mut group, &name, vec![0; SIDE * SIDE * 3], |out| {
                let both = black_box(&x_t).iter().zip(black_box(&output));
                for (x0, (x, y)) in x0.iter_mut().zip(both) {
                    *x0 = denoise.x_t() * x + denoise.model_output() * y;
                }
                let x0 = planar(&x0, channels, SIDE);
                projection
                    .preview_into(&x0, rgb8, out)
                    .expect("a fitting buffer");
            });
        }
    }
    group.finish();
}

/// The speed on large latents.
fn sizes(c: &mut Criterion) {
    for side in [64, 128, 256, 512] {
        let samples = samples(4 * side * side);
        let mut group = group(c, &format!("size {side}"), side);
        memcpy(&mut group, &samples);
        read(&mut group, &samples);
        preview(
            &mut group,
            "linear",
            &linear(4),
            &planar(&samples, 4, side),
            PixelFormat::Rgb8,
        );
        naive_rgb8(&mut group, "naive", &linear(4), &samples, naive::Planar);
        group.finish();
    }
}

/// The growth of the time with the channels.
fn channels(c: &mut Criterion) {
    let mut group = group(c, "channels", SIDE);
    for channels in [4, 12, 16, 32, 48, 128] {
        let samples = samples(channels * SIDE * SIDE);
        preview(
            &mut group,
            &channels.to_string(),
            &linear(channels),
            &planar(&samples, channels, SIDE),
            PixelFormat::Rgb8,
        );
        let name = format!("{channels} naive");
        naive_rgb8(
            &mut group,
            &name,
            &linear(channels),
            &samples,
            naive::Planar,
        );
    }
    group.finish();
}

/// The speed of half-precision latents.
fn dtypes(c: &mut Criterion) {
    let samples = samples(4 * SIDE * SIDE);
    let halves: Vec<f16> = samples.iter().map(|&x| f16::from_f32(x)).collect();
    let brains: Vec<bf16> = samples.iter().map(|&x| bf16::from_f32(x)).collect();
    let shape = [4, SIDE, SIDE];
    let mut group = group(c, "dtypes", SIDE);
    memcpy(&mut group, &samples);
    for (name, latents) in [
        ("f32", Latents::planar(&samples, shape)),
        ("f16", Latents::planar(&halves, shape)),
        ("bf16", Latents::planar(&brains, shape)),
    ] {
        let latents = latents.expect("a whole image");
        preview(&mut group, name, &linear(4), &latents, PixelFormat::Rgb8);
    }
    naive_rgb8(&mut group, "f32 naive", &linear(4), &samples, naive::Planar);
    naive_rgb8(&mut group, "f16 naive", &linear(4), &halves, naive::Planar);
    naive_rgb8(&mut group, "bf16 naive", &linear(4), &brains, naive::Planar);
    group.finish();
}

/// The cost of layouts that must first be rearranged into planes.
fn layouts(c: &mut Criterion) {
    let samples = samples(16 * SIDE * SIDE);
    let half = SIDE / 2;
    let order = PackOrder::ChannelFirst;
    let mut group = group(c, "layouts", SIDE);
    for (name, latents) in [
        ("planar", Latents::planar(&samples, [16, SIDE, SIDE])),
        (
            "interleaved",
            Latents::interleaved(&samples, [SIDE, SIDE, 16]),
        ),
        (
            "tokens",
            Latents::packed_tokens(&samples, [half, half, 64], order),
        ),
        (
            "packed planes",
            Latents::packed_planes(&samples, [64, half, half], order),
        ),
    ] {
        let latents = latents.expect("a whole image");
        preview(&mut group, name, &linear(16), &latents, PixelFormat::Rgb8);
    }
    naive_rgb8(
        &mut group,
        "planar naive",
        &linear(16),
        &samples,
        naive::Planar,
    );
    naive_rgb8(
        &mut group,
        "interleaved naive",
        &linear(16),
        &samples,
        naive::Interleaved,
    );
    group.finish();
}

/// The cost of other pixel formats.
fn outputs(c: &mut Criterion) {
    let samples = samples(4 * SIDE * SIDE);
    let latents = planar(&samples, 4, SIDE);
    let projection = linear(4);
    let mut group = group(c, "outputs", SIDE);
    for (name, format) in [
        ("RGB8", PixelFormat::Rgb8),
        ("RGBA8", PixelFormat::Rgba8),
        ("RGB8 truncated", PixelFormat::Rgb8Truncated),
        ("f32", PixelFormat::RgbF32),
        ("f32 planar", PixelFormat::RgbF32Planar),
    ] {
        preview(&mut group, name, &projection, &latents, format);
    }
    naive_rgb8(
        &mut group,
        "RGB8 naive",
        &projection,
        &samples,
        naive::Planar,
    );
    bench(&mut group, "f32 naive", vec![0.0; SIDE * SIDE * 3], |out| {
        naive::preview_f32(black_box(&projection), black_box(&samples), out);
    });
    group.finish();
}

/// The speed of older CPUs, or of this one without its newest instructions.
fn levels(c: &mut Criterion) {
    let samples = samples(4 * SIDE * SIDE);
    let halves: Vec<f16> = samples.iter().map(|&x| f16::from_f32(x)).collect();
    let f32_latents = planar(&samples, 4, SIDE);
    let f16_latents = Latents::planar(&halves, [4, SIDE, SIDE]).expect("a whole image");
    let projection = linear(4);
    let mut group = group(c, "levels", SIDE);
    for backend in Backend::available() {
        for (dtype, latents) in [("f32", &f32_latents), ("f16", &f16_latents)] {
            let name = format!("{backend} {dtype}");
            bench(&mut group, &name, vec![0; SIDE * SIDE * 3], |out| {
                backend
                    .preview_into(
                        black_box(&projection),
                        black_box(latents),
                        PixelFormat::Rgb8,
                        out,
                    )
                    .expect("a fitting buffer");
            });
        }
    }
    naive_rgb8(
        &mut group,
        "naive f32",
        &projection,
        &samples,
        naive::Planar,
    );
    naive_rgb8(&mut group, "naive f16", &projection, &halves, naive::Planar);
    group.finish();
}

/// The fixed cost of a call.
fn call(c: &mut Criterion) {
    let latents = Latents::planar(&[0.5_f32; 4], [4, 1, 1]).expect("a whole image");
    let mut group = group(c, "call", 1);
    preview(
        &mut group,
        "one pixel",
        &linear(4),
        &latents,
        PixelFormat::Rgb8,
    );
    group.finish();
}

fn config() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1200))
        .sample_size(60)
        .without_plots()
}

criterion_group! {
    name = benches;
    config = config();
    targets = projections, refined_projections, denoised, sizes, channels, dtypes, layouts, outputs, levels, call,
        background::background, tiny::tiny
}
criterion_main!(benches);
