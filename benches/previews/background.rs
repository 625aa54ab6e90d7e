//! The time that a sampler's loop pays for previews on another thread.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use criterion::Criterion;
use latent_preview::{BackgroundPreviewer, Latents, PixelFormat, Preview, PreviewError};

use crate::{bench, group, linear, planar, samples};

/// FLUX.1's latent of a 1024x1024 picture.
const CHANNELS: usize = 16;
const SIDE: usize = 128;

/// The number of loops that sample at once.
const LOOPS: usize = 8;

/// The time of one of many loops between two previews: it waits for its model.
const STEP: Duration = Duration::from_micros(200);

fn spawn(
    handler: impl FnMut(usize, Result<Preview, PreviewError>) + Send + 'static,
) -> BackgroundPreviewer {
    BackgroundPreviewer::spawn(linear(CHANNELS), PixelFormat::Rgb8, handler).expect("a thread")
}

/// The cost of `show` to the loop, compared with a copy of the latent.
pub fn background(c: &mut Criterion) {
    let samples = samples(CHANNELS * SIDE * SIDE);
    let latents = planar(&samples, CHANNELS, SIDE);
    let mut group = group(c, "background", SIDE);
    bench(&mut group, "copy", vec![0.0; samples.len()], |out| {
        out.copy_from_slice(black_box(&samples));
    });
    group.bench_function("copy into a new buffer", |bencher| {
        bencher.iter(|| black_box(&samples).clone());
    });
    // The handler does not return while the benchmark runs, so each latent replaces another.
    let (release, is_released) = mpsc::channel::<()>();
    let busy = spawn(move |_, _| {
        let _ = is_released.recv();
    });
    group.bench_function("show, thread busy", |bencher| {
        bencher.iter(|| busy.show(0, black_box(&latents)));
    });
    drop(release);
    drop(busy);
    let all = spawn(|_, preview| drop(black_box(preview)));
    group.bench_function("show, thread makes previews", |bencher| {
        bencher.iter(|| all.show(0, black_box(&latents)));
    });
    drop(all);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 1..LOOPS {
            scope.spawn(|| sample(&latents, &is_over));
        }
        let mut copy = vec![0.0; samples.len()];
        group.bench_function("copy, beside 7 loops", |bencher| {
            bencher.iter(|| black_box(&mut copy).copy_from_slice(black_box(&samples)));
        });
        let one = spawn(|_, preview| drop(black_box(preview)));
        group.bench_function("show, one of 8 loops", |bencher| {
            bencher.iter(|| one.show(0, black_box(&latents)));
        });
        is_over.store(true, Ordering::Relaxed);
    });
    group.finish();
}

/// Another loop beside the measured one.
fn sample(latents: &Latents<'_>, is_over: &AtomicBool) {
    let background = spawn(|_, preview| drop(black_box(preview)));
    let mut step = 0;
    while !is_over.load(Ordering::Relaxed) {
        background.show(step, latents);
        step += 1;
        thread::sleep(STEP);
    }
}
