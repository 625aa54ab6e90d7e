//! Estimates of x0 from two tensors, mixed while they are loaded.

use fearless_simd::prelude::*;

use super::decode::{Sample, load_in_order, pair_len};
use super::evaluate::Map;
use super::fill;
use super::grid::{AnyImage, Grid, Image, transfer, with_image};
use super::sink::Picture;
use super::source::{Gathered, Mixed, Planes};
use crate::Latents;

/// A weighted sum of two images of one size. What is loaded of it is `f32`.
#[derive(Clone, Copy)]
pub(super) struct Estimate<'a> {
    terms: [Term<'a>; 2],
}

#[derive(Clone, Copy)]
struct Term<'a> {
    /// Which type the samples have is decided row by row and not when compiling:
    /// nine combinations of two types would be much code, for little speed.
    image: AnyImage<'a>,
    weight: f32,
}

impl<'a> Estimate<'a> {
    /// `None` if the latents are those of one tensor.
    pub(super) fn new(latents: &'a Latents<'_>) -> Option<Self> {
        let terms = latents.terms()?.map(|(samples, layout, weight)| Term {
            image: AnyImage::new(latents, samples, layout),
            weight,
        });
        Some(Self { terms })
    }

    /// To RGB8 without blocks of planar RGB, if both images lie in runs. Returns
    /// whether this was done and all latents are finite.
    pub(super) fn run_direct<S: Simd>(&self, simd: S, map: &Map<'_>, out: &mut [u8]) -> bool {
        let [x, y] = &self.terms;
        let weights = [x.weight, y.weight];
        if !fill::takes_mixed(map) {
            return self.run_direct_by_planes(simd, map, out);
        }
        match (&x.image, &y.image) {
            (AnyImage::F32(x), AnyImage::F32(y)) => run_mixed(simd, map, [x, y], weights, out),
            (AnyImage::F16(x), AnyImage::F16(y)) => run_mixed(simd, map, [x, y], weights, out),
            (AnyImage::Bf16(x), AnyImage::Bf16(y)) => run_mixed(simd, map, [x, y], weights, out),
            _ => self.run_direct_by_planes(simd, map, out),
        }
    }

    /// By way of short planes on the stack.
    fn run_direct_by_planes<S: Simd>(&self, simd: S, map: &Map<'_>, out: &mut [u8]) -> bool {
        let [x, y] = &self.terms;
        let run = with_image!(&x.image, image => image.run());
        let run = run.min(with_image!(&y.image, image => image.run()));
        let mut planes = Gathered::new();
        let step = Gathered::<f32>::pixels_per_plane::<S>(self.channels());
        if run < pair_len::<S>() || step == 0 {
            return false;
        }
        let mut finite = true;
        for (index, out) in out.chunks_exact_mut(run * 3).enumerate() {
            let mut done = 0;
            while done < run {
                // A rest that is no pair of vectors is made one by doing some pixels twice.
                let first = done.min(run - pair_len::<S>());
                let count = (run - first).min(step);
                self.mix_runs(simd, index * run + first, count, step, &mut planes.samples);
                let source = Planes {
                    samples: &planes.samples,
                    stride: step,
                };
                let out = &mut out[first * 3..(first + count) * 3];
                finite &= fill::from_planes(simd, map, source, count, Picture { out });
                done = first + count;
            }
        }
        finite
    }

    /// Mixes pixels from `first` on, which lie in runs, to planes `stride` apart.
    fn mix_runs<S: Simd>(
        &self,
        simd: S,
        first: usize,
        count: usize,
        stride: usize,
        planes: &mut [f32],
    ) {
        let [x, y] = &self.terms;
        let weights = [x.weight, y.weight];
        let planes = planes.chunks_exact_mut(stride).take(self.channels());
        for (c, plane) in planes.enumerate() {
            let plane = &mut plane[..count];
            with_image!(&x.image, x => with_image!(&y.image, y => {
                let (x, y) = (x.piece(c, first, count), y.piece(c, first, count));
                simd.vectorize(
                    #[inline(always)]
                    || mix(simd, x, y, weights, plane),
                );
            }));
        }
    }

    /// Pixels from `first` on of a channel, as many as there are places.
    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, c: usize, first: usize, places: &mut [f32]) {
        let [x, y] = &self.terms;
        x.set(simd, c, first, places);
        y.add(simd, c, first, places);
    }
}

/// Two images of one type, mixed in registers.
fn run_mixed<S: Simd, T: Sample>(
    simd: S,
    map: &Map<'_>,
    [x, y]: [&Image<'_, T>; 2],
    weights: [f32; 2],
    out: &mut [u8],
) -> bool {
    let run = x.run().min(y.run());
    if run < pair_len::<S>() {
        return false;
    }
    let mut finite = true;
    for (index, out) in out.chunks_exact_mut(run * 3).enumerate() {
        let planes = [x.planes(index * run), y.planes(index * run)];
        let source = Mixed { planes, weights };
        finite &= fill::from_mixed(simd, map, source, run, Picture { out });
    }
    finite
}

/// `weights[0] * x + weights[1] * y`
#[inline(always)]
fn mix<S: Simd, X: Sample, Y: Sample>(
    simd: S,
    x: &[X],
    y: &[Y],
    weights: [f32; 2],
    places: &mut [f32],
) {
    let x_weight = S::f32s::splat(simd, weights[0]);
    let y_weight = S::f32s::splat(simd, weights[1]);
    let pair = pair_len::<S>();
    let last = places.len() - pair;
    let mut first = 0;
    loop {
        let [x_low, x_high] = load_in_order(simd, &x[first..first + pair]);
        let [y_low, y_high] = load_in_order(simd, &y[first..first + pair]);
        let (low, high) = places[first..first + pair].split_at_mut(S::f32s::LEN);
        y_low.mul_add(y_weight, x_low * x_weight).store_slice(low);
        y_high
            .mul_add(y_weight, x_high * x_weight)
            .store_slice(high);
        if first == last {
            return;
        }
        first = (first + pair).min(last);
    }
}

impl Term<'_> {
    #[inline(always)]
    fn set<S: Simd>(&self, simd: S, c: usize, first: usize, places: &mut [f32]) {
        if self.weight == 0.0 {
            // What has no weight may even be infinite.
            places.fill(0.0);
            return;
        }
        let weight = S::f32s::splat(simd, self.weight);
        let count = places.len();
        with_image!(&self.image, image => image.for_pieces(
            c,
            first,
            count,
            #[inline(always)]
            |at, samples| {
                let places = &mut places[at..at + samples.len()];
                transfer(simd, samples, places, #[inline(always)]
                |[low, high], _| [low * weight, high * weight]);
            },
        ));
    }

    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, c: usize, first: usize, places: &mut [f32]) {
        if self.weight == 0.0 {
            return;
        }
        let weight = S::f32s::splat(simd, self.weight);
        let count = places.len();
        with_image!(&self.image, image => image.for_pieces(
            c,
            first,
            count,
            #[inline(always)]
            |at, samples| {
                let places = &mut places[at..at + samples.len()];
                transfer(simd, samples, places, #[inline(always)]
                |[low, high], before| {
                    [low.mul_add(weight, before[0]), high.mul_add(weight, before[1])]
                });
            },
        ));
    }

    fn sample(&self, c: usize, pixel: usize) -> f32 {
        if self.weight == 0.0 {
            return 0.0;
        }
        self.weight * with_image!(&self.image, image => image.sample(c, pixel))
    }
}

impl Grid for Estimate<'_> {
    type Sample = f32;

    fn channels(&self) -> usize {
        with_image!(&self.terms[0].image, image => image.channels())
    }

    fn width(&self) -> usize {
        with_image!(&self.terms[0].image, image => image.width())
    }

    fn pixels(&self) -> usize {
        with_image!(&self.terms[0].image, image => image.pixels())
    }

    /// Nothing lies anywhere before it is mixed.
    fn run(&self) -> usize {
        0
    }

    fn planes(&self, _first: usize) -> Planes<'_, f32> {
        Planes {
            samples: &[],
            stride: 0,
        }
    }

    fn sample(&self, c: usize, pixel: usize) -> f32 {
        let [x, y] = &self.terms;
        x.sample(c, pixel) + y.sample(c, pixel)
    }

    fn gather<S: Simd>(
        &self,
        simd: S,
        first: usize,
        count: usize,
        planes: &mut [f32],
        stride: usize,
    ) {
        simd.vectorize(
            #[inline(always)]
            || {
                let planes = planes.chunks_exact_mut(stride).take(self.channels());
                for (c, plane) in planes.enumerate() {
                    self.load(simd, c, first, &mut plane[..count]);
                }
            },
        );
    }

    #[inline(always)]
    fn load_row<S: Simd>(&self, simd: S, c: usize, y: usize, x: usize, places: &mut [f32]) {
        self.load(simd, c, y * self.width() + x, places);
    }
}
